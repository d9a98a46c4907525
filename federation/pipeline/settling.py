"""A person's word about a run that the brake holds, and what follows from it, a batch at a time (harvesting, 5).

Released, its held records become the present ones and go the way of all records; without deletions, those that would
delete are left out. Discarded, they are dropped, what the run had replaced before the hold is put back, and the next
run asks from where this one did; where records alone were held because they would be opened, nothing else is put back.
What is settled twice stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.ledger.entry import MemberChange
from federation.pipeline import renaming
from federation.pipeline.progress import BATCH, Close, Progress, without_job
from federation.storage import (
    absences,
    feeds,
    fetches,
    held_records,
    holds,
    ledger,
    page_records,
    run_reports,
    runs,
    uploads,
)
from federation.storage.bulk import Row
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.holds import Decision, Hold
from federation.storage.raw_versions import replaced_by
from federation.storage.runs import StoredRun
from federation.storage.transactions import Transaction
from harvester.brake import OPENS

STAGE = "settle"
#: reason of a run whose records were dropped
DISCARDED = "discarded"


def release(tx: Transaction, run: int, *, deletions: bool = True) -> None:
    """What a run holds is meant, with or without its deletions; raises RequestRefused as `discard`, `feed_retired`."""
    feed = _feed_of(tx, run)
    if feed.state == "retired":
        raise RequestRefused("feed_retired", f"{feed.name} is retired, which is for good: discard the run")
    _decide(tx, run, "released" if deletions else "released_without_deletions", feed)


def confirm_renaming(tx: Transaction, run: int) -> None:
    """What a run holds as new is what was held before, under other identifiers; the rest of it is meant.

    raises  RequestRefused as `release`; `not_renamed` where no such records were found in the run
    """
    if renaming.rule_of(tx.connection, run) is None:
        raise RequestRefused("not_renamed", f"run {run} brings no records that are held under other identifiers")
    feed = _feed_of(tx, run)
    if feed.state == "retired":
        raise RequestRefused("feed_retired", f"{feed.name} is retired, which is for good: discard the run")
    _decide(tx, run, "renamed", feed)


def discard(tx: Transaction, run: int) -> None:
    """What a run holds is not meant; raises RequestRefused: `no_such_run`, `not_held`."""
    _decide(tx, run, "discarded", _feed_of(tx, run))


def _decide(tx: Transaction, run: int, decision: Decision, feed: StoredFeed) -> None:
    holds.decide(tx, run, decision, feed.institution)


def _feed_of(tx: Transaction, run: int) -> StoredFeed:
    found = run_reports.get(tx.connection, run)
    feed = feeds.get(tx.connection, found.feed) if found else None
    if feed is None:
        raise RequestRefused("no_such_run", f"there is no run {run}")
    return feed


def waiting(connection: sa.Connection) -> int:
    """How many records, and ends of runs, decisions have still to be carried out over."""
    hold = holds.settling(connection)
    return 0 if hold is None else held_records.counts(connection, hold.run).total + 1


@repeats_clashes
def settle_batch(store: Store, *, limit: int = BATCH, close: Close = without_job) -> Progress:
    """Carries out a decision over the next `limit` records, or ends the run where none is left."""
    with store.transaction() as tx:
        hold = holds.settling(tx.connection)
        done = 0 if hold is None else _settle(tx, hold, limit)
        progress = Progress(done=done, behind=hold is not None)
        close(tx, progress)
    return progress


def _settle(tx: Transaction, hold: Hold, limit: int) -> int:
    """How many records were settled; at 0 the run is over."""
    held = held_records.first(tx.connection, hold.run, limit)
    back: Sequence[Row] = ()
    if not held and hold.decision == "discarded" and set(hold.causes) != {OPENS}:
        back = replaced_by(tx.connection, hold.feed, hold.run, limit)
    if not held and not back:
        _end(tx, hold)
        return 0
    wanted = back or [row for row in held if _is_wanted(row, hold.decision)]
    gone: list[MemberChange] = []
    if hold.decision == "renamed":
        wanted, gone = renaming.renamed(tx, wanted, hold)
    rows: list[Row] = [_standing(tx, row, hold) for row in wanted]
    members: list[MemberChange] = [*held_records.drop(tx, held), *gone, *page_records.write(tx, rows)]
    ledger.append_batch(tx, act="run.settled", object=f"batch:settle/{tx.next_seq()}", members=members)
    return len(held) or len(back)


def _is_wanted(row: Row, decision: Decision) -> bool:
    return decision in ("released", "renamed") or (
        decision == "released_without_deletions" and row["effect"] != "deleted"
    )


def _standing(tx: Transaction, row: Row, hold: Hold) -> Row:
    """The row as it is to stand; the run has seen it."""
    kept = {name: value for name, value in row.items() if name != "effect"}
    return {**kept, "seen_run": hold.run, "seen_datestamp": kept["datestamp"], "seq": tx.next_seq()}


def _end(tx: Transaction, hold: Hold) -> None:
    runs.settled(tx, hold.run)
    run, feed = run_reports.get(tx.connection, hold.run), feeds.get(tx.connection, hold.feed)
    if run is None or feed is None:
        return
    if hold.decision == "discarded":
        _forget(tx, run)
        absences.forget(tx, feed.key)
        uploads.discarded(tx, run.id, feed.institution)
        if feed.is_fetched:
            fetches.forget_refused(tx, feed.key)
    feeds.harvested(tx, feed.key, tx.now + timedelta(seconds=feed.every_seconds))


def _forget(tx: Transaction, run: StoredRun) -> None:
    """The lists of a discarded run count as not read: the next run asks from where this one did.

    A file of it is asked for again, too.
    """
    lists = tuple(msgspec.structs.replace(listing, ended=False) for listing in run.checkpoint.lists)
    forgotten = msgspec.structs.replace(run.checkpoint, lists=lists)
    runs.keep(tx, run.id, forgotten, "ended", run.counts)
    runs.end(tx, run.id, "blocked", DISCARDED, 0)
