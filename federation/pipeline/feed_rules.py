"""What a feed may do unasked: how much it deletes, changes and spoils, and what counts as deleted."""

from __future__ import annotations

from typing import get_args

import msgspec

from federation.errors import RequestRefused
from federation.storage import feeds
from federation.storage.feeds import StoredFeed
from federation.storage.transactions import Transaction
from harvester.brake import Brake
from harvester.feeds import DeletionRule

#: records that may always go through, at most
MOST_RECORDS = 1_000_000


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of a feed as a person sets them; None leaves one as it is."""

    #: `declared`, `sweep` or `never_inferred`
    deletions: str | None = None
    #: 0 to 100; of the live records, what may be deleted and changed
    deleted_percent: float | None = None
    changed_percent: float | None = None
    #: of the descriptions in the catalogue, what changed records may no longer give; of the live records, what may be
    #: refused once it is changed
    fallen_percent: float | None = None
    refused_percent: float | None = None
    #: so many always go through
    records: int | None = None
    #: `hold` or `pass`: records that the source opens
    opens: str | None = None


def set_rules(tx: Transaction, feed: StoredFeed, wanted: Rules) -> StoredFeed:
    """Has the feed go by `wanted` from its next page on.

    raises  RequestRefused: `deletions_invalid`, `percent_invalid`, `records_invalid`, `opens_invalid`
    """
    brake = Brake(
        deleted=_share("deleted", wanted.deleted_percent, feed.brake.deleted),
        changed=_share("changed", wanted.changed_percent, feed.brake.changed),
        fallen=_share("fallen", wanted.fallen_percent, feed.brake.fallen),
        refused=_share("refused", wanted.refused_percent, feed.brake.refused),
        records=_records(wanted.records, feed.brake.records),
        opens=_opens(wanted.opens, before=feed.brake.opens),
    )
    changed = msgspec.structs.replace(feed, brake=brake, deletion_rule=_rule(wanted.deletions, feed.deletion_rule))
    feeds.change(tx, changed)
    return changed


def _rule(text: str | None, before: DeletionRule) -> DeletionRule:
    known: tuple[DeletionRule, ...] = get_args(DeletionRule)
    found = before if text is None else next((each for each in known if each == text), None)
    if found is None:
        raise RequestRefused("deletions_invalid", f"deletions: expected one of {', '.join(known)}, found {text!r}")
    return found


def _share(what: str, percent: float | None, before: float) -> float:
    if percent is None:
        return before
    if not 0 <= percent <= 100:
        raise RequestRefused("percent_invalid", f"{what}: expected 0 to 100 percent, found {percent:g}")
    return percent / 100


def _opens(text: str | None, *, before: bool) -> bool:
    if text is None:
        return before
    if text not in ("hold", "pass"):
        raise RequestRefused("opens_invalid", f"opens: expected hold or pass, found {text!r}")
    return text == "pass"


def _records(number: int | None, before: int) -> int:
    if number is None:
        return before
    if not 0 <= number <= MOST_RECORDS:
        raise RequestRefused("records_invalid", f"records: expected 0 to {MOST_RECORDS} records, found {number}")
    return number
