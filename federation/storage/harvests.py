"""What a harvest must keep, one transaction a page: records, page row, checkpoint (`harvester.ports.HarvestStore`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

import msgspec

from federation.ledger.entry import MemberChange
from federation.storage import (
    absences,
    feeds,
    held_records,
    holds,
    ledger,
    page_bodies,
    page_records,
    quarantine,
    raw_records,
    renames,
    runs,
    weighing,
)
from federation.storage.bulk import Row, upsert_many
from federation.storage.clashes import repeats_clashes
from federation.storage.columns import instant_text
from federation.storage.engine import Store
from federation.storage.feed_runs import counts_of, end_run, kept_run, learn, opened_run, put_off_run
from federation.storage.holds import Hold
from federation.storage.page_records import Judged
from federation.storage.raw_records import Held
from federation.storage.runs import Counts
from federation.storage.transactions import Transaction
from federation.storage.weighing import Weigh, WeighedPage, weighed_page
from harvester.brake import OPENS, Cause, Weighed, exceeded, spoiled
from harvester.checkpoint import Checkpoint
from harvester.cost import Meter
from harvester.oaipmh.header import Header
from harvester.ports import Changed, PageCommit, Tally, Verdict
from harvester.reconciling import INFERRED
from harvester.renames import Renaming
from harvester.upsert import Word
from mappings.schema.raw import RawRecord

#: qualities of what did not come as it should
_REPAIRED = frozenset({"cleaned", "recovered"})


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
        self,
        store: Store,
        feed: feeds.StoredFeed,
        step: Step | None = None,
        *,
        meter: Meter | None = None,
        is_braked: bool = True,
        weigh: Weigh | None = None,
        holds_output: bool = True,
    ) -> None:
        """Not braked, however much comes is taken in; else as far as the feed's own limits go.

        meter         what counts what the run costs
        weigh         tells what becomes of changed records in the catalogue; without it, whatever does is taken in
        holds_output  unless the output may fall and rejects may rise; what opens a record is held all the same
        """
        self._holds_output = holds_output
        self._weigh = weigh
        self._meter = meter or Meter()
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
            tx.in_order()
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

    @repeats_clashes
    def tried(self, checkpoint: Checkpoint, identifier: str) -> None:
        """The record was asked for alone in vain; keeps where the run stands with it."""
        with self._keeping(checkpoint.run) as tx:
            quarantine.tried(tx, self._feed.key, identifier)
            runs.keep(tx, checkpoint.run, checkpoint, "running", counts_of(tx.connection, checkpoint.run))
            self._step.kept(tx)

    @repeats_clashes
    def compare(self, checkpoint: Checkpoint, headers: Sequence[Header]) -> Sequence[str]:
        """What of these is held otherwise, or not at all; the rest is seen."""
        names = [header.identifier for header in headers]
        with self._keeping(checkpoint.run) as tx:
            held = raw_records.held(tx.connection, self._feed.key, names)
            held |= held_records.known(tx.connection, self._feed.key, names)
            former = raw_records.former(tx.connection, self._feed.key, names)
            told = [each for each in headers if each.identifier not in former]
            other = [each.identifier for each in told if _is_other(held.get(each.identifier), each, checkpoint.run)]
            self._seek_rule(tx, checkpoint.run, {each.identifier: "" for each in told if each.identifier not in held})
            wanted = set(other)
            same = [name for name in names if name not in wanted]
            page_records.mark_seen(tx, self._feed.key, same, checkpoint.run, 0)
            absences.named(tx, self._feed.key, names)
            self._step.kept(tx)
        return other

    @repeats_clashes
    def reconciled(self, checkpoint: Checkpoint, *, whole: bool, limit: int) -> Sequence[str]:
        """Notes which live records a list of everything did not name; gives those that two of them did not."""
        key = self._feed.key
        with self._keeping(checkpoint.run) as tx:
            absences.tried(tx, key, listed=whole)
            counts = counts_of(tx.connection, checkpoint.run)
            infers = whole and self._feed.deletion_rule != "never_inferred"
            absent = absences.compare(tx, key, checkpoint.run) if whole else counts.absent
            until = absences.first_due(tx.connection, key) if infers else None
            counted = msgspec.structs.replace(counts, absent=absent, absent_until=until)
            runs.keep(tx, checkpoint.run, checkpoint, "running", counted)
            self._step.kept(tx)
            return absences.doubtful(tx.connection, key, tx.now, limit) if infers else ()

    def named(self, checkpoint: Checkpoint) -> str | None:
        """A live record that the run's lists named."""
        with self._store.reading() as connection:
            return raw_records.seen_in(connection, self._feed.key, checkpoint.run)

    @repeats_clashes
    def given(self, checkpoint: Checkpoint, identifier: str) -> None:
        """A record that no list names was given all the same: it stays, with an issue."""
        with self._keeping(checkpoint.run) as tx:
            absences.give(tx, self._feed.key, identifier)
            counts = counts_of(tx.connection, checkpoint.run)
            counted = msgspec.structs.replace(counts, unlisted=counts.unlisted + 1)
            runs.keep(tx, checkpoint.run, checkpoint, "running", counted)
            self._step.kept(tx)

    def to_weigh(self, commit: PageCommit) -> Changed:
        """The page's records that are other forms of what stands; of a first harvest none."""
        if self._weigh is None:
            return ()
        with self._store.reading() as connection:
            is_first = runs.is_first(connection, commit.next.run)
            return () if is_first else weighing.changed(connection, self._feed.key, commit)

    async def weigh(self, changed: Changed) -> Sequence[Weighed]:
        """What these are in the catalogue, and would be."""
        return await self._weigh(changed) if self._weigh is not None else ()

    @repeats_clashes
    def commit_page(self, commit: PageCommit) -> Tally:
        """Writes a page with everything that depends on it."""
        packed = page_bodies.packed(commit.body)
        with self._keeping(commit.next.run) as tx:
            judged = page_records.judge(tx.connection, self._feed.key, commit)
            tx.give_way()
            before, tally = counts_of(tx.connection, commit.next.run), _tally(judged.words)
            renaming = self._renaming(tx, commit.next.run, before, judged.newcomers)
            is_renamed = renaming.pairs > before.renaming.pairs
            tally = msgspec.structs.replace(tally, renamed=is_renamed, stamps=judged.stamps)
            counts = msgspec.structs.replace(_counted(before, commit, tally, judged), renaming=renaming)
            weighed = weighed_page(tx.connection, self._feed, commit, judged, counts.before)
            counts = weighed.counted(counts)
            causes = self._causes(counts, commit, judged, weighed.opened, renamed=tally.renamed)
            self._record(tx, commit, self._into(tx, commit, judged, self._held(tx, commit, counts, causes), weighed))
            tx.give_way()
            _write_page(tx, commit)
            page_bodies.put(tx, commit.sha256, packed, for_ever=_is_repaired(commit))
            self._note_absences(tx, commit)
            quarantine.mend(tx, self._feed.key, [record.identifier for record in commit.records])
            met = quarantine.Place(feed=self._feed.key, run=commit.next.run, page=commit.number)
            quarantine.put(tx, met, commit.quarantined)
            tx.give_way()
            runs.keep(tx, commit.next.run, commit.next, "running", counts)
            learn(tx, self._feed, commit.next)
            self._step.kept(tx)
            tx.give_way()
        return tally

    @repeats_clashes
    def keep(self, checkpoint: Checkpoint) -> None:
        """Writes where the run stands at the end of a slice."""
        with self._keeping(checkpoint.run) as tx:
            kept_run(tx, self._feed, checkpoint)
            self._step.kept(tx)

    @repeats_clashes
    def postpone(self, checkpoint: Checkpoint, until: datetime, reason: str) -> None:
        """Puts the rest of the run off until a time that outlives a restart."""
        with self._keeping(checkpoint.run) as tx:
            put_off_run(tx, self._feed, checkpoint, until)
            self._step.closed(tx)

    @repeats_clashes
    def end(self, checkpoint: Checkpoint, verdict: Verdict) -> None:
        """Ends the run with its verdict, or leaves it held; the feed is due again after its usual time."""
        with self._keeping(checkpoint.run) as tx:
            end_run(tx, self._feed, checkpoint, verdict)
            self._step.closed(tx)

    @contextmanager
    def _keeping(self, run: int) -> Iterator[Transaction]:
        """A transaction that keeps what the run has cost until now, too."""
        self._store.give_way()
        with self._meter.working(), self._meter.taking(), self._store.transaction() as tx:
            # new records are numbered behind the highest one, whichever feed that is of; and who waits for the order
            # with rows in hand that others want meets them in a circle
            tx.in_order()
            runs.spend(tx, run, self._meter.taken())
            yield tx

    def _note_absences(self, tx: Transaction, commit: PageCommit) -> None:
        """What a list names is not absent; what was asked for alone is, where that did not give it."""
        if commit.next.reconcile in ("asking", "done"):
            absences.settle(tx, self._feed.key, [record.identifier for record in commit.records if record.deleted])
        else:
            absences.named(tx, self._feed.key, [record.identifier for record in commit.records])

    def _seek_rule(self, tx: Transaction, run: int, newcomers: Mapping[str, str]) -> None:
        """Seeks in names alone what the feed's records may be called now."""
        before = counts_of(tx.connection, run)
        found = self._renaming(tx, run, before, newcomers, count=False)
        if found != before.renaming:
            runs.count(tx, run, msgspec.structs.replace(before, renaming=found))

    def _renaming(
        self, tx: Transaction, run: int, before: Counts, newcomers: Mapping[str, str], *, count: bool = True
    ) -> Renaming:
        if self._brake is None or not before.before.live or not newcomers:
            return before.renaming
        live, known = before.before.live, before.renaming
        return renames.noted(tx.connection, self._feed.key, run, newcomers, known, live=live, count=count)

    def _causes(
        self, counts: Counts, commit: PageCommit, judged: Judged, opened: Collection[str], *, renamed: bool
    ) -> tuple[Cause, ...]:
        """Which limits the run crosses with the page.

        Of records that come under other names the first page is held already: how many there are shows in the end.
        """
        moved = counts.moved.and_more(deleted=commit.doubtful)
        causes = exceeded(moved, self._brake) if self._brake and judged.arrivals else ()
        causes = (*causes, *spoiled(moved, self._feed.brake)) if self._spoils and judged.arrivals else causes
        causes = (*causes, "identifiers") if renamed else causes
        return (*causes, OPENS) if opened else causes

    @property
    def _spoils(self) -> bool:
        return self._weigh is not None and self._holds_output

    def _held(self, tx: Transaction, commit: PageCommit, counts: Counts, causes: tuple[Cause, ...]) -> frozenset[Cause]:
        """Why the run is held with the page, which crosses a limit for the first time or comes behind one that did."""
        known = holds.of_run(tx.connection, commit.next.run)
        if not causes and known is None:
            return frozenset()
        held = Hold(
            run=commit.next.run,
            feed=self._feed.key,
            causes=causes,
            page=commit.number,
            moved=counts.moved.and_more(deleted=commit.doubtful),
            begun_at=tx.now,
        )
        holds.begin_or_go_on(tx, held, self._feed.institution)
        return frozenset((*causes, *(known.causes if known else ())))

    def _into(
        self, tx: Transaction, commit: PageCommit, judged: Judged, held: Collection[Cause], weighed: WeighedPage
    ) -> list[MemberChange]:
        """The page taken in or held back; where records alone are opened, those are held, and the others taken in."""
        key = self._feed.key
        if not held:
            return page_records.take_in(tx, key, commit, judged)
        if set(held) != {OPENS}:
            return page_records.hold_back(tx, key, commit, judged)
        rest, aside = judged.parted(weighed.opened)
        members = held_records.replace(tx, commit.next.run, [each.rid for each in rest.arrivals.values()])
        members += page_records.take_in(tx, key, commit, rest)
        held_records.mark_seen(tx, key, rest.seen, commit.start)
        return members + page_records.hold_back(tx, key, commit, aside)

    def _record(self, tx: Transaction, commit: PageCommit, members: Sequence[MemberChange]) -> None:
        name = f"page:{commit.next.run}/{commit.number}"
        ledger.append_batch(tx, act="page.committed", object=name, members=members, institution=self._feed.institution)


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
        repaired=before.repaired + sum(record.quality in _REPAIRED for record in commit.records),
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


def _is_repaired(commit: PageCommit) -> bool:
    """Whether something of the page did not come as it should."""
    return bool(commit.quarantined) or any(record.quality in _REPAIRED for record in commit.records)


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
