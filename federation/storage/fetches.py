"""What the fetches of a feed's files must keep (`harvester.fetching.run.FetchStore`), each transaction by itself.

A file that is fetched comes as one that is brought does, part by part; the run that takes it in begins with its first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from federation.storage import absences, breakers, feeds, runs, uploads
from federation.storage.bulk import upsert_many
from federation.storage.clashes import repeats_clashes
from federation.storage.columns import Json, json_text
from federation.storage.engine import Store
from federation.storage.feed_runs import counts_of, end_run, opened_run, pause_of, put_off_run
from federation.storage.feeds import StoredFeed
from federation.storage.harvests import Step, WithoutJob
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction
from federation.storage.uploads import Upload
from harvester.checkpoint import Checkpoint
from harvester.cost import Meter
from harvester.failures import UNANSWERED
from harvester.fetching.pieces import Brought, Memory, Piece, Place, Unchanged
from harvester.ports import Blocked, Complete

#: evidence of a run whose source said that nothing is new, and why a file is set aside that a newer one replaces
UNCHANGED, SUPERSEDED = "unchanged", "superseded"

fetch = sa.Table(
    "fetch",
    metadata,
    sa.Column("feed", sa.Text, sa.ForeignKey("feed.key"), primary_key=True),
    #: the file that is coming; unknown while none is
    sa.Column("upload", sa.Integer, nullable=True),
    sa.Column("memory", Json(Memory), nullable=False),
)


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a feed's fetches."""

    upload: int | None = None
    memory: Memory = Memory()


class StoredFetch:
    """The keeping of one feed's fetches.

    follow   called in the transaction that has a whole file: asks for its check
    manner   how the feed's files are read now
    settle   called before the end of a run whose source gives the last file again: takes what that did not name, a day
             ago, for deleted
    meter    what counts what the fetch costs, which is kept with the run that it begins
    """

    def __init__(
        self,
        store: Store,
        feed: StoredFeed,
        follow: Callable[[Transaction, Upload], None],
        settle: Callable[[Checkpoint], object],
        step: Step | None = None,
        *,
        meter: Meter | None = None,
        manner: str = "",
    ) -> None:
        self._manner = manner
        self._store, self._feed, self._follow, self._settle = store, feed, follow, settle
        self._step, self._meter = step or WithoutJob(), meter or Meter()

    def open(self) -> Memory | None:
        """What earlier fetches know; None while a file is still being taken in.

        A file that waits for a person's word keeps back what is added to it, not what replaces it.

        raises  RequestRefused `run_held` while a person has to say what becomes of the last run
        """
        with self._store.reading() as connection:
            feeds.refuse_held(connection, self._feed.key)
            row, standing = _get(connection, self._feed.key), absences.of_feed(connection, self._feed.key)
            states = {found.state for found in uploads.of_feed(connection, self._feed.key)}
            last = uploads.last_applied(connection, self._feed.key)
        waiting = {"received", "approved"} | ({"checked"} if self._feed.source in ("inbox", "resourcesync") else set())
        if states & waiting:
            return None
        is_otherwise = last is not None and last.fetched and last.manner != self._manner
        known = row.memory.without_last() if is_otherwise and row.memory.place is None else row.memory
        relists = absences.asks_again(standing, self._feed.deletion_rule, self._store.now())
        return msgspec.structs.replace(known, relists=relists)

    @repeats_clashes
    def keep(self, piece: Piece) -> None:
        """Keeps a piece; the first of a file begins it, and the run that takes it in."""
        with self._keeping() as tx:
            number = self._file(tx, anew=piece.anew)
            uploads.keep_part(tx, number, piece.place.pieces - 1, piece.body)
            memory = _get(tx.connection, self._feed.key).memory
            _put(tx, self._feed.key, _Row(upload=number, memory=msgspec.structs.replace(memory, place=piece.place)))
            self._open(tx)
            breakers.answered(tx, self._feed.base_url)
            self._step.kept(tx)

    def brought(self, found: Brought) -> int:
        """The whole file is handed on; one that was taken in before is dropped, which gives 0."""
        with self._store.reading() as connection:
            number = _get(connection, self._feed.key).upload
        assert number is not None
        size, sha256 = _measured(self._store, number)
        with self._store.reading() as connection:
            is_same = uploads.same_file(connection, self._feed.key, found.mode, sha256, self._manner) is not None
        if is_same:
            self.unchanged(Unchanged(memory=found.memory, still_whole=found.mode == "replace"))
            return 0
        self._hand_on(found, number, size, sha256)
        return number

    def unchanged(self, found: Unchanged) -> None:
        """Nothing new; a run says so where the source did."""
        checkpoint = self._listed_again(said=found.said) if found.still_whole else None
        if checkpoint is not None:
            self._settle(checkpoint)
        self._end(found.memory, unchanged=found.said)

    @repeats_clashes
    def _hand_on(self, found: Brought, number: int, size: int, sha256: str) -> None:
        with self._keeping() as tx:
            self._supersede(tx)
            begun = uploads.get(tx.connection, number)
            assert begun is not None
            whole = msgspec.structs.replace(
                begun,
                name=found.name[:200],
                mode=found.mode,
                state="received",
                size_bytes=size,
                sha256=sha256,
                claim=found.claim,
                detail=found.note[:500],
            )
            uploads.put(tx, whole, "upload.received", self._feed.institution)
            self._open(tx)
            self._follow(tx, whole)
            _put(tx, self._feed.key, _Row(memory=found.memory))
            feeds.harvested(tx, self._feed.key, tx.now + timedelta(seconds=self._feed.every_seconds))
            self._step.closed(tx)

    @repeats_clashes
    def postpone(self, place: Place, until: datetime, reason: str, *, is_silent: bool = False) -> None:
        """Puts the fetch off until a time that outlives a restart."""
        with self._keeping() as tx:
            row = _get(tx.connection, self._feed.key)
            _put(
                tx,
                self._feed.key,
                msgspec.structs.replace(row, memory=msgspec.structs.replace(row.memory, place=place)),
            )
            checkpoint = self._open(tx)
            put_off_run(tx, self._feed, _with(checkpoint.put_off(until, reason), place.fault), until)
            if is_silent:
                breakers.failed(tx, self._feed.base_url, until)
            self._step.closed(tx)

    @repeats_clashes
    def wait(self, until: datetime) -> None:
        """Another file of the feed is still being taken in."""
        with self._store.transaction() as tx:
            feeds.put_off(tx, self._feed.key, until)
            self._step.closed(tx)

    @repeats_clashes
    def blocked(self, reason: str, memory: Memory | None = None, *, fault: str = "", is_silent: bool = False) -> None:
        """The fetch ends as a run that says why; what came of the file is dropped."""
        with self._keeping() as tx:
            before = self._dropped(tx)
            _put(tx, self._feed.key, _Row(memory=before if memory is None else memory))
            if self._is_taken_in(tx):
                feeds.harvested(tx, self._feed.key, tx.now + pause_of(tx, self._feed, Blocked(reason=reason)))
            else:
                end_run(tx, self._feed, _with(self._open(tx).resumed(), fault), Blocked(reason=reason))
            if is_silent:
                breakers.failed(tx, self._feed.base_url)
            elif reason not in UNANSWERED:
                breakers.answered(tx, self._feed.base_url)
            self._step.closed(tx)

    @repeats_clashes
    def _listed_again(self, *, said: bool) -> Checkpoint | None:
        """The last file that was the whole feed is given again: so is what it named, and nothing else.

        gives  the run in which that is to be settled; None where nothing is
        """
        key = self._feed.key
        with self._keeping() as tx:
            standing = absences.of_feed(tx.connection, key)
            if not standing.last_was_whole or self._is_taken_in(tx):
                return None
            absences.tried(tx, key, listed=True)
            if not (standing.absent and (said or absences.are_due(tx.connection, key, tx.now))):
                return None
            checkpoint = self._open(tx)
            until = None if self._feed.deletion_rule == "never_inferred" else standing.first_due
            met = msgspec.structs.replace(counts_of(tx.connection, checkpoint.run), absent=standing.absent)
            runs.count(tx, checkpoint.run, msgspec.structs.replace(met, absent_until=until))
            self._step.kept(tx)
        return checkpoint

    @contextmanager
    def _keeping(self) -> Iterator[Transaction]:
        """A transaction that may keep what the fetch has cost until now, too (`_open`)."""
        with self._meter.taking(), self._store.transaction() as tx:
            yield tx

    def _open(self, tx: Transaction) -> Checkpoint:
        """The run in hand, or a new one, with what the fetch has cost until now; what was wrong before is behind it."""
        checkpoint = opened_run(tx, self._feed)
        if checkpoint.fault:
            checkpoint = _with(checkpoint, "")
            runs.keep(tx, checkpoint.run, checkpoint, "running", counts_of(tx.connection, checkpoint.run))
        runs.spend(tx, checkpoint.run, self._meter.taken())
        return checkpoint

    @repeats_clashes
    def _end(self, memory: Memory, *, unchanged: bool) -> None:
        with self._keeping() as tx:
            self._dropped(tx)
            _put(tx, self._feed.key, _Row(memory=memory))
            breakers.answered(tx, self._feed.base_url)
            last = runs.latest(tx.connection, self._feed.key)
            is_open = last is not None and last.state != "ended"
            if (unchanged or is_open) and not self._is_taken_in(tx):
                end_run(tx, self._feed, self._open(tx).resumed(), Complete(evidence=UNCHANGED))
            else:
                feeds.harvested(tx, self._feed.key, tx.now + timedelta(seconds=self._feed.every_seconds))
            self._step.closed(tx)

    def _is_taken_in(self, tx: Transaction) -> bool:
        """Whether an earlier file has the run: it waits for a person's word, or for its job."""
        return any(found.state in ("checked", "approved") for found in uploads.of_feed(tx.connection, self._feed.key))

    def _file(self, tx: Transaction, *, anew: bool) -> int:
        """Number of the file that is coming."""
        number = _get(tx.connection, self._feed.key).upload
        if number is not None and not anew and uploads.get(tx.connection, number) is not None:
            return number
        self._dropped(tx)
        begun = uploads.begin(tx, self._feed.key, self._feed.institution, self._feed.name, "replace", fetched=True)
        return begun.id

    def _dropped(self, tx: Transaction) -> Memory:
        """What is remembered once the file that is coming is dropped."""
        row = _get(tx.connection, self._feed.key)
        if row.upload is not None and uploads.get(tx.connection, row.upload) is not None:
            uploads.drop(tx, row.upload, self._feed.institution)
        return msgspec.structs.replace(row.memory, place=None)

    def _supersede(self, tx: Transaction) -> None:
        """A file that waits for a person's word is set aside for a newer one."""
        for found in uploads.of_feed(tx.connection, self._feed.key):
            if found.state == "checked":
                aside = msgspec.structs.replace(found, state="refused", reason=SUPERSEDED)
                uploads.put(tx, aside, "upload.refused", self._feed.institution)


def _with(checkpoint: Checkpoint, fault: str) -> Checkpoint:
    """The run, with what was wrong with the answer that came last."""
    return msgspec.structs.replace(checkpoint, fault=fault)


def _put(tx: Transaction, feed: str, row: _Row) -> None:
    values = {"feed": feed, "upload": row.upload, "memory": json_text(row.memory)}
    upsert_many(tx, fetch, [values], key=("feed",))


def _get(connection: sa.Connection, feed: str) -> _Row:
    query = sa.select(fetch.c.upload, fetch.c.memory).where(fetch.c.feed == feed)
    found = connection.execute(query).mappings().first()
    return _Row(**found) if found else _Row()


def forget_refused(tx: Transaction, feed: str) -> None:
    """The last file could not be read: its source is asked for it again, and it is no base for what is added to it."""
    row = _get(tx.connection, feed)
    memory = msgspec.structs.replace(row.memory, etag="", modified="", newest_full=row.memory.full_before, synced=None)
    _put(tx, feed, msgspec.structs.replace(row, memory=memory))


def _measured(store: Store, number: int) -> tuple[int, str]:
    hashed, size = hashlib.sha256(), 0
    for body in uploads.parts(store, number):
        hashed.update(body)
        size += len(body)
    return size, hashed.hexdigest()
