"""What a harvest must keep, one transaction a page: records, page row, checkpoint (`harvester.ports.HarvestStore`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
import sqlalchemy as sa

from federation.ledger.entry import Entry, MemberChange
from federation.storage import (
    absences,
    feeds,
    held_records,
    holds,
    ledger,
    page_records,
    quarantine,
    raw_records,
    renames,
    runs,
    uploads,
)
from federation.storage.bulk import Row, upsert_many
from federation.storage.clashes import repeats_clashes
from federation.storage.columns import instant_text
from federation.storage.engine import Store
from federation.storage.holds import Hold
from federation.storage.page_records import Judged
from federation.storage.raw_records import Held
from federation.storage.runs import Counts
from federation.storage.transactions import Transaction
from harvester.brake import Moved, exceeded
from harvester.checkpoint import Checkpoint
from harvester.oaipmh.header import Header
from harvester.ports import Blocked, Complete, Incomplete, PageCommit, Tally, Verdict
from harvester.reconciling import INFERRED
from harvester.renames import Renaming, is_weighty
from harvester.upsert import Word
from mappings.schema.raw import RawRecord

#: how far back other runs of the feed count with a run under the brake
_DAY = timedelta(days=1)


class Step(Protocol):
    """The job that a slice is worked for; called last in each of its transactions."""

    def kept(self, tx: Transaction) -> None:
        """More of the run is kept, and the slice goes on."""

    def closed(self, tx: Transaction) -> None:
        """The run has ended or was put off."""


class WithoutJob:
    """A slice that is asked for by no job."""

    def kept(self, tx: Transaction) -> None:
        """Nothing else belongs into the commit."""

    def closed(self, tx: Transaction) -> None:
        """Nothing else belongs into the commit."""


class StoredHarvest:
    """The keeping of one feed's runs; each method is one transaction."""

    def __init__(
        self, store: Store, feed: feeds.StoredFeed, step: Step | None = None, *, is_braked: bool = True
    ) -> None:
        """Not braked, whatever comes is taken in; else as far as the feed's own limits go."""
        self._store = store
        self._feed = feed
        self._step = step or WithoutJob()
        self._brake = feed.brake if is_braked else None

    @repeats_clashes
    def open_run(self) -> Checkpoint:
        """The checkpoint of the run in hand, or of a new run that goes on from the last ended one.

        raises  RequestRefused `run_held` while a person has to say what becomes of the last run
        """
        with self._store.transaction() as tx:
            self._step.kept(tx)
            feeds.refuse_held(tx.connection, self._feed.key)
            return opened_run(tx, self._feed)

    def marks(self, run: int, identifiers: Sequence[str]) -> Mapping[str, int]:
        """In which start of this run each identifier was last listed; those not listed yet are left out."""
        with self._store.reading() as connection:
            held = raw_records.held(connection, self._feed.key, identifiers)
            held |= held_records.known(connection, self._feed.key, identifiers)
        return {name: record.seen_list for name, record in held.items() if record.seen_run == run}

    @repeats_clashes
    def retries(self, limit: int) -> Sequence[str]:
        """Identifiers in quarantine that are to be asked for alone by now."""
        with self._store.reading() as connection:
            return quarantine.due(connection, self._feed.key, self._store.now(), limit)

    def tried(self, checkpoint: Checkpoint, identifier: str) -> None:
        """The record was asked for alone in vain; keeps where the run stands with it."""
        with self._store.transaction() as tx:
            quarantine.tried(tx, self._feed.key, identifier)
            runs.keep(tx, checkpoint.run, checkpoint, "running", _counts(tx.connection, checkpoint.run))
            self._step.kept(tx)

    @repeats_clashes
    def compare(self, checkpoint: Checkpoint, headers: Sequence[Header]) -> Sequence[str]:
        """What of these is held otherwise, or not at all; the rest is seen."""
        names = [header.identifier for header in headers]
        with self._store.transaction() as tx:
            held = raw_records.held(tx.connection, self._feed.key, names)
            held |= held_records.known(tx.connection, self._feed.key, names)
            former = raw_records.former(tx.connection, self._feed.key, names)
            told = [each for each in headers if each.identifier not in former]
            other = [each.identifier for each in told if _is_other(held.get(each.identifier), each, checkpoint.run)]
            self._seek_rule(tx, checkpoint.run, {each.identifier: "" for each in told if each.identifier not in held})
            wanted = set(other)
            same = [name for name in names if name not in wanted]
            page_records.mark_seen(tx, self._feed.key, same, checkpoint.run, 0)
            self._step.kept(tx)
        return other

    @repeats_clashes
    def reconciled(self, checkpoint: Checkpoint, *, whole: bool, limit: int) -> Sequence[str]:
        """Notes which live records a list of everything did not name; gives those that two of them did not."""
        key = self._feed.key
        with self._store.transaction() as tx:
            absences.tried(tx, key, listed=whole)
            counts = _counts(tx.connection, checkpoint.run)
            absent = absences.compare(tx, key, checkpoint.run) if whole else counts.absent
            counted = msgspec.structs.replace(counts, absent=absent)
            runs.keep(tx, checkpoint.run, checkpoint, "running", counted)
            self._step.kept(tx)
            infers = whole and self._feed.deletion_rule != "never_inferred"
            return absences.doubtful(tx.connection, key, tx.now, limit) if infers else ()

    @repeats_clashes
    def given(self, checkpoint: Checkpoint, identifier: str) -> None:
        """A record that no list names was given all the same: it stays, with an issue."""
        with self._store.transaction() as tx:
            absences.give(tx, self._feed.key, identifier)
            counts = _counts(tx.connection, checkpoint.run)
            counted = msgspec.structs.replace(counts, unlisted=counts.unlisted + 1)
            runs.keep(tx, checkpoint.run, checkpoint, "running", counted)
            self._step.kept(tx)

    def commit_page(self, commit: PageCommit) -> Tally:
        """Writes a page with everything that depends on it."""
        with self._store.transaction() as tx:
            judged = page_records.judge(tx.connection, self._feed.key, commit)
            before, tally = _counts(tx.connection, commit.next.run), _tally(judged.words)
            renaming = self._renaming(tx, commit.next.run, before, judged.newcomers)
            tally = msgspec.structs.replace(tally, renamed=renaming.pairs > before.renaming.pairs)
            counts = msgspec.structs.replace(_counted(before, commit, tally, judged), renaming=renaming)
            is_held = self._is_held(tx, commit, counts, judged, renamed=tally.renamed)
            into = page_records.hold_back if is_held else page_records.take_in
            self._record(tx, commit, into(tx, self._feed.key, commit, judged))
            _write_page(tx, commit)
            if commit.next.reconcile in ("asking", "done"):
                gone = [record.identifier for record in commit.records if record.deleted]
                absences.settle(tx, self._feed.key, gone)
            quarantine.mend(tx, self._feed.key, [record.identifier for record in commit.records])
            met = quarantine.Place(feed=self._feed.key, run=commit.next.run, page=commit.number)
            quarantine.put(tx, met, commit.quarantined)
            runs.keep(tx, commit.next.run, commit.next, "running", counts)
            _learn(tx, self._feed, commit.next)
            self._step.kept(tx)
        return tally

    @repeats_clashes
    def keep(self, checkpoint: Checkpoint) -> None:
        """Writes where the run stands at the end of a slice."""
        with self._store.transaction() as tx:
            runs.keep(tx, checkpoint.run, checkpoint, "running", _counts(tx.connection, checkpoint.run))
            _learn(tx, self._feed, checkpoint)
            self._step.kept(tx)

    @repeats_clashes
    def postpone(self, checkpoint: Checkpoint, until: datetime, reason: str) -> None:
        """Puts the rest of the run off until a time that outlives a restart."""
        with self._store.transaction() as tx:
            put_off_run(tx, self._feed, checkpoint, until)
            self._step.closed(tx)

    @repeats_clashes
    def end(self, checkpoint: Checkpoint, verdict: Verdict) -> None:
        """Ends the run with its verdict, or leaves it held; the feed is due again after its usual time."""
        with self._store.transaction() as tx:
            end_run(tx, self._feed, checkpoint, verdict)
            self._step.closed(tx)

    def _seek_rule(self, tx: Transaction, run: int, newcomers: Mapping[str, str]) -> None:
        """Seeks in names alone what the feed's records may be called now."""
        before = _counts(tx.connection, run)
        found = self._renaming(tx, run, before, newcomers, count=False)
        if found != before.renaming:
            runs.count(tx, run, msgspec.structs.replace(before, renaming=found))

    def _renaming(
        self, tx: Transaction, run: int, before: Counts, newcomers: Mapping[str, str], *, count: bool = True
    ) -> Renaming:
        if self._brake is None or not before.before.live or not newcomers:
            return before.renaming
        return renames.noted(tx.connection, self._feed.key, run, newcomers, before.renaming, count=count)

    def _is_held(self, tx: Transaction, commit: PageCommit, counts: Counts, judged: Judged, *, renamed: bool) -> bool:
        """Whether the brake holds the page; the page that crosses a limit is the first.

        Of records that come under other names the first page is held already: how many there are shows in the end.
        """
        before = counts.before
        moved = Moved(
            live=before.live,
            deleted=before.deleted + counts.withdrawn + commit.doubtful,
            changed=before.changed + counts.changed,
        )
        causes = exceeded(moved, self._brake) if self._brake and judged.arrivals else ()
        causes = (*causes, "identifiers") if renamed else causes
        if not causes and holds.of_run(tx.connection, commit.next.run) is None:
            return False
        run, page = commit.next.run, commit.number
        held = Hold(run=run, feed=self._feed.key, causes=causes, page=page, moved=moved, begun_at=tx.now)
        holds.begin_or_go_on(tx, held, self._feed.institution)
        return True

    def _record(self, tx: Transaction, commit: PageCommit, members: Sequence[MemberChange]) -> None:
        name = f"page:{commit.next.run}/{commit.number}"
        ledger.append_batch(tx, act="page.committed", object=name, members=members, institution=self._feed.institution)


def opened_run(tx: Transaction, feed: feeds.StoredFeed) -> Checkpoint:
    """The checkpoint of the feed's run in hand, or of a new run that goes on from the last ended one."""
    last = runs.latest(tx.connection, feed.key)
    if last is not None and last.state != "ended":
        runs.keep(tx, last.id, last.checkpoint, "running", last.counts)
        return last.checkpoint
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
    runs.keep(tx, checkpoint.run, checkpoint, "ended", _counts(tx.connection, checkpoint.run))
    runs.end(tx, checkpoint.run, kind, reason, missing, state="held" if is_held else "ended")
    _learn(tx, feed, checkpoint)
    ended = Entry(act="run.ended", object=f"run:{checkpoint.run}", institution=feed.institution)
    ledger.append(tx, [ended])
    feeds.harvested(tx, feed.key, tx.now + timedelta(seconds=feed.every_seconds))
    if is_held:
        _let_go(tx, feed, checkpoint.run)


def _let_go(tx: Transaction, feed: feeds.StoredFeed, run: int) -> None:
    """Releases a run that was held for renamed records alone, where too few of the old names are gone."""
    hold, counts = holds.of_run(tx.connection, run), _counts(tx.connection, run)
    rule, live = counts.renaming.rule, counts.before.live
    if hold is None or hold.causes != ("identifiers",) or rule is None:
        return
    if not is_weighty(renames.held_pairs(tx.connection, feed.key, run, rule), live):
        holds.decide(tx, run, "released", feed.institution)


def put_off_run(tx: Transaction, feed: feeds.StoredFeed, checkpoint: Checkpoint, until: datetime) -> None:
    """Puts the rest of a run off until a time that outlives a restart."""
    runs.keep(tx, checkpoint.run, checkpoint, "postponed", _counts(tx.connection, checkpoint.run))
    _learn(tx, feed, checkpoint)
    feeds.put_off(tx, feed.key, until)


def _learn(tx: Transaction, feed: feeds.StoredFeed, checkpoint: Checkpoint) -> None:
    """What the run has learned is the feed's from here on."""
    if checkpoint.learned is not None:
        feeds.learn(tx, feed.key, checkpoint.learned)


def _tally(words: Mapping[str, Word]) -> Tally:
    met = Counter(words.values())
    return Tally(new=met["new"], changed=met["changed"], unchanged=met["unchanged"], deleted=met["deleted"])


def _counted(before: Counts, commit: PageCommit, tally: Tally, judged: Judged) -> Counts:
    """What a run has met with one page more."""
    return msgspec.structs.replace(
        before,
        pages=before.pages + 1,
        new=before.new + tally.new,
        changed=before.changed + tally.changed,
        unchanged=before.unchanged + tally.unchanged,
        deleted=before.deleted + tally.deleted,
        quarantined=before.quarantined + len(commit.quarantined),
        withdrawn=before.withdrawn + judged.withdrawn,
        inferred=before.inferred + sum(map(_is_inferred, commit.records)),
    )


def _is_inferred(record: RawRecord) -> bool:
    return record.deleted and any(issue.code == INFERRED for issue in record.repairs)


def _is_other(known: Held | None, header: Header, run: int) -> bool:
    """Whether something else is held than the header says; what the run has listed is as it says."""
    if known is None or header.deleted:
        return header.deleted != (known is None or known.deleted)
    return known.seen_run != run and (known.deleted or known.seen_datestamp != header.datestamp)


def moved_unasked(connection: sa.Connection, feed: str, now: datetime) -> Moved:
    """What was live a day ago, and what runs that nobody had to decide over have done to it since."""
    live = raw_records.count_live(connection, feed)
    recent = [run for run in runs.of_feed(connection, feed) if run.started_at > now - _DAY]
    released = uploads.released_runs(connection, feed)
    unasked = [run.counts for run in recent if run.id not in released and holds.of_run(connection, run.id) is None]
    return Moved(
        live=min((counts.before.live for counts in unasked if counts.before.live), default=live),
        deleted=sum(counts.withdrawn for counts in unasked if counts.before.live),
        changed=sum(counts.changed for counts in unasked if counts.before.live),
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
        checkpoint=checkpoint,
        started_at=now,
        ended_at=None,
    )


def _counts(connection: sa.Connection, run: int) -> Counts:
    return connection.execute(sa.select(runs.run.c.counts).where(runs.run.c.id == run)).scalar_one()  # type: ignore[no-any-return]


def _verdict(verdict: Verdict) -> tuple[str, str, int]:
    match verdict:
        case Complete(evidence=evidence):
            return "complete", evidence, 0
        case Incomplete(missing=missing, reason=reason):
            return "incomplete", reason, missing
        case Blocked(reason=reason):
            return "blocked", reason, 0


def _write_page(tx: Transaction, commit: PageCommit) -> None:
    row: Row = {
        "run": commit.next.run,
        "number": commit.number,
        "sha256": commit.sha256,
        "size_bytes": len(commit.body),
        "token_in": commit.token_in,
        "token_out": commit.token_out,
        "records": len(commit.records),
        "fetched_at": instant_text(commit.fetched_at),
    }
    upsert_many(tx, runs.page, [row], key=("run", "number"))
