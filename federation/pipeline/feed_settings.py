"""How a feed is asked, as a person sets it: how often, how fast, sets left out, quiet hours, look-back, ports, caps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from federation.errors import RequestRefused
from federation.pipeline.feed_pins import pin_values
from federation.storage import crosswalks, feeds, runs
from federation.storage.feeds import StoredFeed
from federation.storage.transactions import Transaction
from harvester.caps import Caps
from harvester.oaipmh.sets import is_excluded, is_set_spec
from harvester.quiet_hours import QuietHours, read_quiet_hours
from harvester.schedule import LONGEST, SHORTEST
from harvester.slices import QUIET_HOURS

LONGEST_LOOK_BACK_DAYS = 366
#: of one page: a feed may say up to 2 GiB (harvesting, 2)
MOST_MEBIBYTES = 2_048
MOST_PAGES, MOST_RECORDS = 1_000_000, 100_000_000
_MOST_PORTS, _LAST_PORT = 10, 65_535
#: seconds between two requests that a person can ask for
MOST_INTERVAL_SECONDS = 600.0


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a feed as a person says them; None leaves one as it is."""

    #: setSpecs whose records, and those of the sets below them, are left out
    exclude: Sequence[str] | None = None
    #: such as `22:00-06:00 Europe/Rome`; empty = none
    quiet_hours: str | None = None
    look_back_days: int | None = None
    #: beside 80 and 443
    ports: Sequence[int] | None = None
    page_mebibytes: int | None = None
    #: of one run; 0 = as many as there are
    pages: int | None = None
    records: int | None = None
    #: between two harvests
    every_seconds: int | None = None
    #: between two requests at least
    interval_seconds: float | None = None
    #: how late changes appear in its lists, in the place of what was learned; -1: it is learned
    lag_seconds: int | None = None


def settings_of(feed: StoredFeed, wanted: Wanted) -> StoredFeed:
    """The feed with these settings.

    raises  RequestRefused: `exclude_invalid`, `quiet_hours_invalid`, `look_back_invalid`, `ports_invalid`,
            `page_mebibytes_invalid`, `pages_invalid`, `records_invalid`, `every_invalid`, `interval_invalid`
    """
    caps = Caps(
        page_mebibytes=_number("page_mebibytes", wanted.page_mebibytes, feed.caps.page_mebibytes, 1, MOST_MEBIBYTES),
        pages=_number("pages", wanted.pages, feed.caps.pages, 0, MOST_PAGES),
        records=_number("records", wanted.records, feed.caps.records, 0, MOST_RECORDS),
    )
    if feed.source == "upload" and (caps.pages or caps.records):
        name = "pages" if caps.pages else "records"
        raise RequestRefused(
            f"{name}_invalid", "expected a feed that is asked: files that are brought are looked at by a person"
        )
    return msgspec.structs.replace(
        feed,
        set_exclude=feed.set_exclude if wanted.exclude is None else _exclude(feed, wanted.exclude),
        quiet_hours=feed.quiet_hours if wanted.quiet_hours is None else _quiet(wanted.quiet_hours),
        look_back_days=_number("look_back", wanted.look_back_days, feed.look_back_days, 0, LONGEST_LOOK_BACK_DAYS),
        ports=feed.ports if wanted.ports is None else ports_of(wanted.ports),
        caps=caps,
        every_seconds=_number("every", wanted.every_seconds, feed.every_seconds, SHORTEST, LONGEST),
        min_interval_seconds=_interval(feed, wanted.interval_seconds),
    )


def set_settings(tx: Transaction, feed: StoredFeed, wanted: Wanted) -> StoredFeed:
    """Has the feed go by `wanted` from its next request on; where other sets are left out, its records are mapped anew.

    raises  RequestRefused as `settings_of`, `pin_invalid`
    """
    changed = settings_of(feed, wanted)
    feeds.change(tx, changed)
    if wanted.lag_seconds is not None:
        changed = pin_values(tx, changed, {"lag_seconds": str(wanted.lag_seconds) if wanted.lag_seconds >= 0 else ""})
    if changed.set_exclude != feed.set_exclude:
        crosswalks.begin_remapping(tx, feed.key)
    if changed.every_seconds != feed.every_seconds:
        feeds.sooner(tx, feed.key, tx.now + timedelta(seconds=changed.every_seconds))
    if changed.quiet_hours != feed.quiet_hours and _waits_for_them(tx, feed.key):
        feeds.put_off(tx, feed.key, tx.now)
    return changed


def _waits_for_them(tx: Transaction, key: str) -> bool:
    """Whether a run of the feed was put off until its quiet hours end."""
    run = runs.latest(tx.connection, key)
    return run is not None and run.state == "postponed" and run.checkpoint.put_off_reason == QUIET_HOURS


def _number(name: str, stated: int | None, before: int, least: int, most: int) -> int:
    if stated is None:
        return before
    if not least <= stated <= most:
        raise RequestRefused(f"{name}_invalid", f"{name}: expected {least} to {most}, found {stated}")
    return stated


def _interval(feed: StoredFeed, stated: float | None) -> float:
    if stated is None:
        return feed.min_interval_seconds
    if not 0 <= stated <= MOST_INTERVAL_SECONDS:
        expected = f"expected 0 to {MOST_INTERVAL_SECONDS:g} seconds between two requests"
        raise RequestRefused("interval_invalid", f"interval: {expected}, found {stated:g}")
    return stated


def _exclude(feed: StoredFeed, stated: Sequence[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(stated))
    if found and feed.source != "oai":
        raise RequestRefused("exclude_invalid", "expected an OAI-PMH repository: nothing else has sets")
    for each in found:
        if not is_set_spec(each):
            expected = "letters, digits, colons and - _ . ! ~ * ' ( )"
            raise RequestRefused("exclude_invalid", f"expected {expected} in a set, found {each!r}")
    if feed.set_specs and all(is_excluded((each,), found) for each in feed.set_specs):
        raise RequestRefused("exclude_invalid", "expected a set that is left to be asked for, found that none is")
    return found


def _quiet(stated: str) -> QuietHours | None:
    found = read_quiet_hours(stated) if stated else None
    if stated and found is None:
        expected = "expected hours and their zone, such as 22:00-06:00 Europe/Rome, not a whole day"
        raise RequestRefused("quiet_hours_invalid", f"{expected}; found {stated[:60]!r}")
    return found


def ports_of(stated: Sequence[int]) -> tuple[int, ...]:
    """The ports, each once; raises RequestRefused `ports_invalid`."""
    found = tuple(dict.fromkeys(stated))
    if len(found) > _MOST_PORTS or not all(1 <= each <= _LAST_PORT for each in found):
        raise RequestRefused("ports_invalid", f"expected at most {_MOST_PORTS} ports of 1 to {_LAST_PORT}")
    return found
