"""Reconciliation: a list of everything, by its headers, that what is held is compared with (harvesting, 5); pure.

A repository that keeps no tombstones for good says of a deletion only by not naming the record any more. So from time
to time everything is listed anew by headers, beside the lists of what changed. What such lists do not name twice, a day
apart, is asked for alone; only where its repository then denies it, it counts as deleted. A repository that gives no
single record, not even one that it lists, cannot be asked: there the two lists decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from harvester.checkpoint import Checkpoint, Listing
from harvester.evidence import of_list
from harvester.feeds import Feed
from harvester.oaipmh.page import Page
from harvester.ports import Complete
from harvester.windows import Reach, Window, plan
from mappings.schema.issue import issue
from mappings.schema.raw import RawRecord

#: issue of a tombstone that its repository did not send; its excerpt is a `Ground`
INFERRED = "deletion_inferred"
#: SHA-256 of nothing, which is what is left of a record
GONE_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

#: why a record that no list names counts as deleted: denied, no more in a set of the feed, or not to be asked for
Ground = Literal["idDoesNotExist", "left_set", "unlisted_twice"]


def begun(checkpoint: Checkpoint, feed: Feed, reach: Reach) -> Checkpoint:
    """The run with a list of all headers for each of its sets."""
    added = tuple(_listing(name, reach) for name in feed.set_specs or ("",))
    return msgspec.structs.replace(checkpoint, lists=(*checkpoint.lists, *added), reconcile="listing")


def _listing(set_spec: str, reach: Reach) -> Listing:
    first, *rest = plan(Window(), reach)
    # as if asked anew, so that no size that is stated for a window counts for the whole
    return Listing(set_spec=set_spec, reconciles=True, sweep="headers", restarts=1, window=first, windows=tuple(rest))


def is_whole(checkpoint: Checkpoint, set_specs: Sequence[str]) -> bool:
    """Whether the run has listed everything that a feed of these sets is of, and reached every end of it."""
    whole = [listing for listing in checkpoint.lists if listing.since is None]
    proved = {listing.set_spec for listing in whole if isinstance(of_list(listing), Complete)}
    return proved >= set(set_specs or ("",))


def asking(checkpoint: Checkpoint, names: Sequence[str]) -> Checkpoint:
    """The run with these still to be asked for, because no list names them."""
    return msgspec.structs.replace(checkpoint, reconcile="asking" if names else "done", doubtful=tuple(names))


def asked(checkpoint: Checkpoint) -> Checkpoint:
    """The run after the first of them was asked for."""
    return asking(checkpoint, checkpoint.doubtful[1:])


def ground(page: Page, name: str, feed: Feed) -> Ground | None:
    """Why the answer to a request for one record makes it count as deleted; None where it does not."""
    found = next((record for record in page.records if record.identifier == name), None)
    if found is None:
        return "idDoesNotExist" if "idDoesNotExist" in [error.code for error in page.errors] else None
    if not feed.set_specs or found.deleted or any(_is_within(spec, feed) for spec in found.set_specs):
        return None
    return "left_set"


def gives(page: Page, name: str) -> bool:
    """Whether the answer to a request for one record is that record."""
    return name in {record.identifier for record in page.records}


def refuses(page: Page, name: str) -> bool:
    """Whether the answer to a request for one record that is listed says that none is ever given alone.

    One that went away meanwhile is denied, and one that cannot be read is given all the same.
    """
    is_denied = any(error.code == "idDoesNotExist" for error in page.errors)
    return not (gives(page, name) or page.quarantined or is_denied)


def gone(feed: Feed, names: Sequence[str], at: datetime) -> Page:
    """The tombstones of records that two lists of everything did not name, as a page."""
    records = tuple(tombstone(feed, name, "unlisted_twice", at) for name in names)
    return Page(records=records, content_sha256=(GONE_SHA256,) * len(records))


def _is_within(set_spec: str, feed: Feed) -> bool:
    """Whether the set is one of the feed's, or below one (OAI-PMH 2.0, 2.6)."""
    return any(set_spec == wanted or set_spec.startswith(f"{wanted}:") for wanted in feed.set_specs)


def tombstone(feed: Feed, name: str, why: Ground, at: datetime) -> RawRecord:
    """The record as deleted, with what that is inferred from."""
    return RawRecord(
        feed=feed.key,
        identifier=name,
        datestamp=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        deleted=True,
        payload="",
        payload_sha256=GONE_SHA256,
        repairs=(issue(INFERRED, excerpt=why),),
    )
