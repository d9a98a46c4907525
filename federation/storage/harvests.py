"""What a harvest must keep, one transaction a page: records, page row, checkpoint (`harvester.ports.HarvestStore`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
import sqlalchemy as sa

from federation.ledger.entry import Entry
from federation.storage import covered, feeds, ledger, quarantine, raw_records, runs
from federation.storage.bulk import Row, upsert_many
from federation.storage.clashes import repeats_clashes
from federation.storage.columns import instant_text
from federation.storage.engine import Store
from federation.storage.raw_records import Held, raw_record, raw_record_version
from federation.storage.runs import Counts
from federation.storage.transactions import Transaction
from harvester.checkpoint import Checkpoint
from harvester.flags import repeated
from harvester.ports import Blocked, Complete, Incomplete, PageCommit, Tally, Verdict
from harvester.upsert import Word, decide
from mappings.schema.raw import RawRecord

_encoder = msgspec.json.Encoder()


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

    def __init__(self, store: Store, feed: feeds.StoredFeed, step: Step | None = None) -> None:
        self._store = store
        self._feed = feed
        self._step = step or WithoutJob()

    @repeats_clashes
    def open_run(self) -> Checkpoint:
        """The checkpoint of the run in hand, or of a new run that goes on from the last ended one."""
        with self._store.transaction() as tx:
            self._step.kept(tx)
            last = runs.latest(tx.connection, self._feed.key)
            if last is not None and last.state != "ended":
                runs.keep(tx, last.id, last.checkpoint, "running", last.counts)
                return last.checkpoint
            checkpoint = Checkpoint(run=runs.next_id(tx.connection), lists=last.checkpoint.lists if last else ())
            runs.start(tx, _started(self._feed.key, last.number + 1 if last else 1, checkpoint, tx.now))
            return checkpoint

    def marks(self, run: int, identifiers: Sequence[str]) -> Mapping[str, int]:
        """In which start of this run each identifier was last listed; those not listed yet are left out."""
        with self._store.reading() as connection:
            held = raw_records.held(connection, self._feed.key, identifiers)
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

    def commit_page(self, commit: PageCommit) -> Tally:
        """Writes a page with everything that depends on it."""
        with self._store.transaction() as tx:
            words, rows = _write_records(tx, self._feed.key, commit)
            self._record(tx, commit, rows)
            _write_page(tx, commit)
            quarantine.mend(tx, self._feed.key, [record.identifier for record in commit.records])
            met = quarantine.Place(feed=self._feed.key, run=commit.next.run, page=commit.number)
            quarantine.put(tx, met, commit.quarantined)
            tally = _tally(words)
            self._keep(tx, commit, tally)
            self._step.kept(tx)
        return tally

    @repeats_clashes
    def keep(self, checkpoint: Checkpoint) -> None:
        """Writes where the run stands at the end of a slice."""
        with self._store.transaction() as tx:
            runs.keep(tx, checkpoint.run, checkpoint, "running", _counts(tx.connection, checkpoint.run))
            self._learn(tx, checkpoint)
            self._step.kept(tx)

    @repeats_clashes
    def postpone(self, checkpoint: Checkpoint, until: datetime, reason: str) -> None:
        """Puts the rest of the run off until a time that outlives a restart."""
        with self._store.transaction() as tx:
            counts = _counts(tx.connection, checkpoint.run)
            runs.keep(tx, checkpoint.run, checkpoint, "postponed", counts)
            self._learn(tx, checkpoint)
            feeds.put_off(tx, self._feed.key, until)
            self._step.closed(tx)

    @repeats_clashes
    def end(self, checkpoint: Checkpoint, verdict: Verdict) -> None:
        """Ends the run with its verdict; the feed is due again after its usual time."""
        kind, reason, missing = _verdict(verdict)
        with self._store.transaction() as tx:
            runs.keep(tx, checkpoint.run, checkpoint, "ended", _counts(tx.connection, checkpoint.run))
            runs.end(tx, checkpoint.run, kind, reason, missing)
            self._learn(tx, checkpoint)
            ended = Entry(act="run.ended", object=f"run:{checkpoint.run}", institution=self._feed.institution)
            ledger.append(tx, [ended])
            feeds.harvested(tx, self._feed.key, tx.now + timedelta(seconds=self._feed.every_seconds))
            self._step.closed(tx)

    def _record(self, tx: Transaction, commit: PageCommit, rows: Sequence[Row]) -> None:
        raw = covered.covered("raw_record")
        members = [(raw.object_of(row), raw.digest(row)) for row in rows]
        name = f"page:{commit.next.run}/{commit.number}"
        ledger.append_batch(tx, act="page.committed", object=name, members=members, institution=self._feed.institution)

    def _keep(self, tx: Transaction, commit: PageCommit, tally: Tally) -> None:
        before = _counts(tx.connection, commit.next.run)
        counts = Counts(
            pages=before.pages + 1,
            new=before.new + tally.new,
            changed=before.changed + tally.changed,
            unchanged=before.unchanged + tally.unchanged,
            deleted=before.deleted + tally.deleted,
            quarantined=before.quarantined + len(commit.quarantined),
        )
        runs.keep(tx, commit.next.run, commit.next, "running", counts)
        self._learn(tx, commit.next)

    def _learn(self, tx: Transaction, checkpoint: Checkpoint) -> None:
        """What the run has learned is the feed's from here on."""
        if checkpoint.learned is not None:
            feeds.learn(tx, self._feed.key, checkpoint.learned)


def _tally(words: Mapping[str, Word]) -> Tally:
    met = Counter(words.values())
    return Tally(new=met["new"], changed=met["changed"], unchanged=met["unchanged"], deleted=met["deleted"])


def _started(feed: str, number: int, checkpoint: Checkpoint, now: datetime) -> runs.StoredRun:
    return runs.StoredRun(
        id=checkpoint.run,
        feed=feed,
        number=number,
        state="running",
        verdict="",
        reason="",
        missing=0,
        counts=Counts(),
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


def _write_records(tx: Transaction, feed: str, commit: PageCommit) -> tuple[Mapping[str, Word], Sequence[Row]]:
    """The word on each identifier that the run had not met before, and the rows that were written."""
    run = commit.next.run
    held = raw_records.held(tx.connection, feed, [record.identifier for record in commit.records])
    last_rid = raw_records.highest_rid(tx.connection)
    words: dict[str, Word] = {}
    rows: dict[str, Row] = {}
    for record, content in zip(commit.records, commit.content_sha256, strict=True):
        known = held.get(record.identifier)
        word = _word(known, record, content, run)
        if known is None or known.seen_run != run:
            words[record.identifier] = word
        if word in ("unchanged", "older"):
            continue
        rid = known.rid if known else last_rid + 1
        last_rid = max(last_rid, rid)
        written = repeated(record) if known and _is_repeated(known, record, run) else record
        rows[record.identifier] = _row(tx, written, content, rid, commit)
        held[record.identifier] = _now_held(record, content, rid, run)
    _supersede(tx, [known.rid for name, known in held.items() if name in rows])
    upsert_many(tx, raw_record, list(rows.values()), key=("rid",))
    _mark_seen(tx, feed, [name for name in held if name not in rows], run, commit.start)
    return words, list(rows.values())


def _is_repeated(known: Held, record: RawRecord, run: int) -> bool:
    return known.seen_run == run and (known.datestamp, known.deleted) == (record.datestamp, record.deleted)


def _word(known: Held | None, record: RawRecord, content: str, run: int) -> Word:
    if known is None:
        return decide(None, False, None, None, record, content, run)
    return decide(known.datestamp, known.deleted, known.content_sha256, known.seen_run, record, content, run)


def _now_held(record: RawRecord, content: str, rid: int, run: int) -> Held:
    return Held(
        rid=rid,
        identifier=record.identifier,
        datestamp=record.datestamp,
        deleted=record.deleted,
        payload_sha256=record.payload_sha256,
        content_sha256=content,
        seen_run=run,
        seen_list=0,
        seq=0,
    )


def _row(tx: Transaction, record: RawRecord, content: str, rid: int, commit: PageCommit) -> Row:
    return {
        "rid": rid,
        "feed": record.feed,
        "identifier": record.identifier,
        "datestamp": record.datestamp,
        "set_specs": _encoder.encode(record.set_specs).decode(),
        "deleted": record.deleted,
        "payload_sha256": record.payload_sha256,
        "content_sha256": content,
        "payload": record.payload,
        "charset": record.charset,
        "namespaces": _encoder.encode(record.namespaces).decode(),
        "format": record.format,
        "quality": record.quality,
        "repairs": _encoder.encode(record.repairs).decode(),
        "page": record.page,
        "ordinal": record.ordinal,
        "run": commit.next.run,
        "harvested": instant_text(record.harvested or tx.now),
        "seen_run": commit.next.run,
        "seen_list": commit.start,
        "seq": tx.next_seq(),
    }


def _supersede(tx: Transaction, rids: Sequence[int]) -> None:
    names = ["rid", "seq", "datestamp", "deleted", "payload_sha256", "payload", "charset", "namespaces", "run"]
    columns = [raw_record.c[name] for name in names]
    former = sa.select(*columns, sa.literal(instant_text(tx.now))).where(raw_record.c.rid.in_(rids))
    tx.connection.execute(raw_record_version.insert().from_select([*names, "superseded_at"], former))


def _mark_seen(tx: Transaction, feed: str, identifiers: Sequence[str], run: int, start: int) -> None:
    where = (raw_record.c.feed == feed) & raw_record.c.identifier.in_(identifiers)
    tx.connection.execute(raw_record.update().where(where).values(seen_run=run, seen_list=start))


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
