"""A feed's run from its begin to its end: opened, put off, ended; whatever fills it."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.ledger.entry import Entry
from federation.storage import (
    absences,
    breakers,
    feeds,
    held_records,
    holds,
    ledger,
    quarantine,
    raw_records,
    renames,
    runs,
    uploads,
)
from federation.storage.runs import Counts
from federation.storage.transactions import Transaction
from harvester.brake import OPENS, Moved
from harvester.capping import CAPPED
from harvester.checkpoint import Checkpoint
from harvester.cost import Cost
from harvester.failures import UNANSWERED
from harvester.ports import Blocked, Complete, Incomplete, Verdict
from harvester.reconciling import is_whole
from harvester.redirects import secured, without_secure
from harvester.renames import is_weighty
from harvester.retry import BOT_WALL, UNAVAILABLE

#: how far back other runs of the feed count with a run under the brake; how often a blocked feed is tried
_DAY = timedelta(days=1)
#: after how long a source is visited again that turned one visit away, two in a row, three and more (harvesting, 4)
_NEXT_VISITS = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))


def opened_run(tx: Transaction, feed: feeds.StoredFeed) -> Checkpoint:
    """The checkpoint of the feed's run in hand, or of a new run that goes on from the last ended one."""
    last = runs.latest(tx.connection, feed.key)
    if last is not None and last.state != "ended":
        runs.keep(tx, last.id, last.checkpoint, "running", last.counts)
        return last.checkpoint
    tx.in_order()
    checkpoint = Checkpoint(run=runs.next_id(tx.connection), lists=last.checkpoint.lists if last else ())
    before = moved_unasked(tx.connection, feed.key, tx.now)
    if before.live and feed.source == "oai" and _is_due(tx, feed):
        checkpoint = msgspec.structs.replace(checkpoint, reconcile="due")
    runs.start(tx, _started(feed.key, last.number + 1 if last else 1, checkpoint, before, tx.now))
    return checkpoint


def _is_due(tx: Transaction, feed: feeds.StoredFeed) -> bool:
    return absences.is_due(tx.connection, feed.key, feed.profile, tx.now, rule=feed.deletion_rule)


def end_run(tx: Transaction, feed: feeds.StoredFeed, checkpoint: Checkpoint, verdict: Verdict) -> None:
    """Ends a run with its verdict, or leaves it held; the feed is due again after its usual time."""
    kind, reason, missing = _verdict(verdict)
    is_held = holds.of_run(tx.connection, checkpoint.run) is not None
    runs.keep(tx, checkpoint.run, checkpoint, "ended", counts_of(tx.connection, checkpoint.run))
    _note_lacks(tx, feed, checkpoint, verdict)
    runs.end(tx, checkpoint.run, kind, reason, missing, state="held" if is_held else "ended")
    learn(tx, feed, checkpoint)
    ended = Entry(act="run.ended", object=f"run:{checkpoint.run}", institution=feed.institution)
    ledger.append(tx, [ended])
    feeds.harvested(tx, feed.key, tx.now + pause_of(tx, feed, verdict))
    is_silent = verdict == Blocked(reason=reason, is_silent=True)
    if is_silent or reason not in UNANSWERED:
        _note_answers(tx, feed, checkpoint, is_silent)
    if is_held:
        _let_go(tx, feed, checkpoint.run)


def _note_answers(tx: Transaction, feed: feeds.StoredFeed, checkpoint: Checkpoint, is_silent: bool) -> None:
    """What the run says of its repository, whatever other feeds that has: it answers, or it does not."""
    if feed.source != "oai":
        return
    if is_silent:
        breakers.failed(tx, feed.base_url, checkpoint.put_off_until)
    else:
        breakers.answered(tx, feed.base_url)


def kept_run(tx: Transaction, feed: feeds.StoredFeed, checkpoint: Checkpoint) -> None:
    """Keeps where a run stands at the end of a slice."""
    runs.keep(tx, checkpoint.run, checkpoint, "running", counts_of(tx.connection, checkpoint.run))
    learn(tx, feed, checkpoint)
    if checkpoint.pages:
        _note_answers(tx, feed, checkpoint, is_silent=False)


def _note_lacks(tx: Transaction, feed: feeds.StoredFeed, checkpoint: Checkpoint, verdict: Verdict) -> None:
    """What the lists name and the run could not have is the feed's until it comes; a whole list ends what lacked."""
    missing = [name for listing in checkpoint.lists for name in listing.missing]
    place = quarantine.Place(feed=feed.key, run=checkpoint.run, page=checkpoint.pages)
    quarantine.lack(tx, place, list(dict.fromkeys(missing)))
    if not isinstance(verdict, Complete) or feed.source != "oai" or not checkpoint.lists:
        return
    if all(listing.since is None for listing in checkpoint.lists if not listing.reconciles):
        quarantine.settle(tx, feed.key)
    elif is_whole(checkpoint, feed.set_specs):
        quarantine.settle_unheld(tx, feed.key)


def pause_of(tx: Transaction, feed: feeds.StoredFeed, verdict: Verdict) -> timedelta:
    """How long the feed rests: its usual time, but for a source that let nothing be done."""
    match verdict:
        # a bound of the feed's own, and a folder of this machine, are no source's word
        case Blocked(reason=reason) if reason not in CAPPED and feed.source != "inbox":
            return _pause_blocked(tx, feed, reason)
    return timedelta(seconds=feed.every_seconds)


def _pause_blocked(tx: Transaction, feed: feeds.StoredFeed, reason: str) -> timedelta:
    """How long a source is left alone that let nothing be done, whatever the feed's usual time: a day.

    One that turned its last visits away is seen a few times before.
    """
    if reason != BOT_WALL:
        return _DAY
    turned_away = sum(1 for _ in takewhile(lambda run: run.reason == BOT_WALL, runs.of_feed(tx.connection, feed.key)))
    return _NEXT_VISITS[min(max(turned_away, 1), len(_NEXT_VISITS)) - 1]


def _let_go(tx: Transaction, feed: feeds.StoredFeed, run: int) -> None:
    """Releases a run that was held for renamed records alone, where too few of the old names are gone.

    So it does one that was held for records that were opened, where the rest of it took all of them back.
    """
    hold, counts = holds.of_run(tx.connection, run), counts_of(tx.connection, run)
    rule, live = counts.renaming.rule, counts.before.live
    causes = hold.causes if hold else ()
    if causes == ("identifiers",) and rule is not None:
        is_over = not is_weighty(renames.held_pairs(tx.connection, feed.key, run, rule), live)
    else:
        is_over = causes == (OPENS,) and not held_records.counts(tx.connection, run).total
    if is_over:
        holds.decide(tx, run, "released", feed.institution)


def put_off_run(tx: Transaction, feed: feeds.StoredFeed, checkpoint: Checkpoint, until: datetime) -> None:
    """Puts the rest of a run off until a time that outlives a restart."""
    runs.keep(tx, checkpoint.run, checkpoint, "postponed", counts_of(tx.connection, checkpoint.run))
    learn(tx, feed, checkpoint)
    feeds.put_off(tx, feed.key, until)
    if checkpoint.put_off_reason == UNAVAILABLE:
        _note_answers(tx, feed, checkpoint, is_silent=True)


def learn(tx: Transaction, feed: feeds.StoredFeed, checkpoint: Checkpoint) -> None:
    """What the run has learned is the feed's from here on."""
    if checkpoint.learned is not None:
        feeds.learn(tx, feed.key, checkpoint.learned)


def ask_plain(tx: Transaction, feed: feeds.StoredFeed) -> None:
    """Forgets that the feed's repository is asked over https; a run in hand that was put off forgets it too.

    raises  RequestRefused `not_secured` where it is asked at the feed's own address
    """
    if not secured(feed.base_url, feed.profile):
        raise RequestRefused("not_secured", f"{feed.name} is asked at its own address already")
    feeds.learn(tx, feed.key, without_secure(feed.profile))
    last = runs.latest(tx.connection, feed.key)
    if last is not None and last.state != "ended" and last.checkpoint.learned is not None:
        plain = msgspec.structs.replace(last.checkpoint, learned=without_secure(last.checkpoint.learned))
        runs.keep(tx, last.id, plain, last.state, last.counts)
    ledger.append_row(tx, "feed.changed", "feed", feed.key, institution=feed.institution)


def moved_unasked(connection: sa.Connection, feed: str, now: datetime) -> Moved:
    """What was live a day ago, and what runs that nobody had to decide over have done to it since."""
    live = raw_records.count_live(connection, feed)
    recent = [run for run in runs.of_feed(connection, feed) if run.started_at > now - _DAY]
    released = uploads.released_runs(connection, feed)
    unasked = [run.counts for run in recent if run.id not in released and holds.of_run(connection, run.id) is None]
    first = next((counts.before for counts in reversed(unasked) if counts.before.units), Moved())
    return Moved(
        live=min((counts.before.live for counts in unasked if counts.before.live), default=live),
        units=first.units,
        refused=first.refused,
        deleted=sum(counts.withdrawn for counts in unasked if counts.before.live),
        changed=sum(counts.changed for counts in unasked if counts.before.live),
        units_lost=sum(counts.units_lost for counts in unasked),
        refused_more=sum(counts.refused_more for counts in unasked),
    )


def _started(feed: str, number: int, checkpoint: Checkpoint, before: Moved, now: datetime) -> runs.StoredRun:
    return runs.StoredRun(
        id=checkpoint.run,
        feed=feed,
        number=number,
        state="running",
        verdict="",
        reason="",
        missing=0,
        counts=Counts(before=before),
        cost=Cost(),
        checkpoint=checkpoint,
        started_at=now,
        ended_at=None,
    )


def counts_of(connection: sa.Connection, run: int) -> Counts:
    """What a run has met so far."""
    return connection.execute(sa.select(runs.run.c.counts).where(runs.run.c.id == run)).scalar_one()  # type: ignore[no-any-return]


def _verdict(verdict: Verdict) -> tuple[str, str, int]:
    match verdict:
        case Complete(evidence=evidence):
            return "complete", evidence, 0
        case Incomplete(missing=missing, reason=reason):
            return "incomplete", reason, missing
        case Blocked(reason=reason):
            return "blocked", reason, 0
