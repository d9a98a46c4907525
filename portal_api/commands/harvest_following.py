"""A feed whose folder another process serves: its harvest is asked for, and that process is watched at it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import msgspec

from federation.ledger.entry import OPERATOR
from federation.storage import feeds, holds, runs
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.holds import Hold
from federation.storage.runs import StoredRun
from harvester.settings import Limits
from portal_api.commands.output import Bar, progress
from portal_api.http.problems import BACKEND, FAULT, OK, RETRY

#: seconds between two looks
_LOOK = 0.5
_EXITS = {"complete": OK, "incomplete": FAULT, "blocked": BACKEND}


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """What is said at the end, and the exit code."""

    line: str
    exit_code: int


class _Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The feed and its newest run at one look."""

    feed: StoredFeed
    run: StoredRun | None
    hold: Hold | None = None

    @property
    def is_running(self) -> bool:
        """Whether there is a run to go on with."""
        return self.run is not None and self.run.state == "running"

    def has_answered(self, asked_at: datetime, *, tried_by: datetime) -> bool:
        """Whether a run has ended, is held or was put off since the feed was made due: each sets when it is due.

        tried_by   one that goes on by then was put off only for the while before a request is tried again
        """
        over = self.run is not None and self.run.state in ("ended", "postponed", "held")
        return over and self.feed.due_at != asked_at and not self.waits_until(tried_by)

    @property
    def is_put_off(self) -> bool:
        """Whether the run goes on at its time."""
        return self.run is not None and self.run.state == "postponed"

    def waits_until(self, moment: datetime) -> bool:
        """Whether the run was put off until then, or until earlier."""
        until = self.run.checkpoint.put_off_until if self.run and self.is_put_off else None
        return until is not None and until <= moment


def follow(store: Store, feed: StoredFeed, patience: float) -> Followed:
    """Makes the feed due, and waits for its run as long as something moves within `patience` seconds."""
    with store.transaction(actor=OPERATOR) as tx:
        feeds.ask_for_run(tx, feed.key)
        asked_at = tx.now
    seen = _look(store, feed)
    moved = time.monotonic()
    waiting = timedelta(seconds=min(patience, Limits().wait_seconds))
    with progress(feed.name) as bar:
        while not seen.has_answered(asked_at, tried_by=store.now() + waiting):
            if time.monotonic() - moved > patience:
                return _impatient(feed, patience, taken=seen.is_running)
            time.sleep(min(_LOOK, patience))
            last, seen = seen, _look(store, feed)
            is_still = last.run == seen.run and (not seen.is_put_off or seen.waits_until(store.now()))
            moved = moved if is_still else time.monotonic()
            _show(bar, seen.run)
    if seen.hold is not None:
        return Followed(line=held_line(seen.hold), exit_code=FAULT)
    return _told(seen.run)


def held_line(hold: Hold) -> str:
    """What is said of a run that waits for a person's word."""
    moved = hold.moved
    spoiled = f", {moved.units_lost} of {moved.units} descriptions lost" if moved.units_lost > 0 else ""
    spoiled += f", {moved.refused_more} more rejected" if moved.refused_more > 0 else ""
    return (
        f"held ({', '.join(hold.causes)}): of {moved.live} records {moved.deleted} deleted, {moved.changed} changed"
        f"{spoiled}; look: archive-exchange run show {hold.run}, then run release {hold.run} or run discard {hold.run}"
    )


def _look(store: Store, feed: StoredFeed) -> _Seen:
    with store.reading() as connection:
        return _Seen(
            feed=feeds.get(connection, feed.key) or feed,
            run=runs.latest(connection, feed.key),
            hold=holds.held_feed(connection, feed.key),
        )


def _show(bar: Bar, run: StoredRun | None) -> None:
    if run is not None:
        counts = run.counts
        bar.reach(counts.new + counts.changed + counts.unchanged + counts.deleted)


def _told(run: StoredRun | None) -> Followed:
    if run is None or run.state == "postponed":
        until = run.checkpoint.put_off_until if run else None
        reason = run.checkpoint.put_off_reason if run else ""
        at = f" until {until:%Y-%m-%d %H:%M:%S} UTC" if until else ""
        return Followed(line=f"put off{at} ({reason}); the server goes on with it then", exit_code=RETRY)
    line = f"{run.verdict} ({run.reason}); {run.counts.new} new, {run.counts.changed} changed"
    return Followed(line=line, exit_code=_EXITS.get(run.verdict, RETRY))


def _impatient(feed: StoredFeed, patience: float, *, taken: bool) -> Followed:
    what = "has not gone on with" if taken else "has not begun"
    line = (
        f"the process that holds the folder {what} the harvest of {feed.name} within {patience:g} s; "
        f"it stays asked for: archive-exchange feed show {feed.name}"
    )
    return Followed(line=line, exit_code=RETRY)
