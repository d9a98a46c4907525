"""Files that institutions bring: received → checked → approved → applied, or refused; each kept whole, in parts.

A file lies in the database beside the records that it became, so one backup holds both and every worker reaches it.
What its check found is a report; what a person decided is in the ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.errors import RecordChanged, RequestRefused
from federation.ledger.entry import Act
from federation.storage import ledger
from federation.storage.clashes import repeats_clashes
from federation.storage.columns import Instant, Json
from federation.storage.engine import Store
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction
from mappings.schema.raw import RawRecord

#: a file is kept in parts of this size
PART_BYTES = 1 << 20
MOST_BYTES = 2 << 30
#: a file that is not here by then never comes
LONGEST_RECEIVING = timedelta(days=1)
#: of a file's name, which is shown and never opened
_NAME_LENGTH = 200

State = Literal["receiving", "received", "checked", "approved", "applied", "refused"]
#: `replace`: what the file does not hold is deleted; `add`: it stays
Mode = Literal["replace", "add"]


class FaultLine(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that could not be read."""

    reason: str
    #: byte, line or row
    position: int
    #: empty where it is not known
    identifier: str = ""
    #: the place in words where a number is not enough: sheet and row, member of a package
    where: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the check found: units = records + repeated + faulty, records = new + changed + unchanged + deleted."""

    #: `iso2709`, `xml`, `table` …, or `package`
    kind: str
    units: int = 0
    #: distinct identifiers
    records: int = 0
    #: units whose identifier comes again further down; the last one counts
    repeated: int = 0
    faulty: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    #: tombstones in the file, of records that are held or not; and those of records that are live
    deleted: int = 0
    withdrawn: int = 0
    #: records held live that the file does not name
    gone: int = 0
    #: records of the feed that are live now
    live: int = 0
    #: its bytes are those of the file that was applied last, which was read in another way: its source changed nothing
    is_reread: bool = False
    faults: tuple[FaultLine, ...] = ()
    #: the first records, as they would be stored
    samples: tuple[RawRecord, ...] = ()
    #: records of the file above them, which are not shown
    above: tuple[RawRecord, ...] = ()


upload = sa.Table(
    "upload",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("feed", sa.Text, sa.ForeignKey("feed.key"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    #: why it was refused; empty otherwise
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    #: deletions or changes over the brake were released by whoever approved it
    sa.Column("released", sa.Boolean, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("run", sa.Integer, nullable=True),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("report", Json(Report), nullable=True),
    #: by the exchange itself, not by a person
    sa.Column("fetched", sa.Boolean, nullable=False),
    #: how many records its source says that it holds; unknown where nobody says so
    sa.Column("claim", sa.Integer, nullable=True),
    #: how its units were read, as far as the crosswalk says (`harvester.files.units.Reading.manner`)
    sa.Column("manner", sa.Text, nullable=False),
    sa.Index("upload_feed", "feed", "id"),
    sa.Index("upload_state", "state", "id"),
)

upload_part = sa.Table(
    "upload_part",
    metadata,
    sa.Column("upload", sa.Integer, sa.ForeignKey("upload.id"), primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload, decoded."""

    id: int
    feed: str
    name: str
    mode: Mode
    state: State
    reason: str = ""
    detail: str = ""
    released: bool = False
    size_bytes: int = 0
    sha256: str = ""
    run: int | None = None
    received_at: datetime
    report: Report | None = None
    fetched: bool = False
    claim: int | None = None
    manner: str = ""


class UploadLine(msgspec.Struct, frozen=True, kw_only=True):
    """An upload by its number and names alone."""

    id: int
    feed: str
    name: str


Follow = Callable[[Transaction, Upload], None]


def _nothing(_tx: Transaction, _found: Upload) -> None:
    """Whoever brought the file goes on with it."""


def receive(
    store: Store,
    feed: str,
    institution: str,
    name: str,
    mode: Mode,
    parts: Iterable[bytes],
    *,
    actor: str,
    follow: Follow = _nothing,
    manner: str = "",
) -> Upload:
    """Keeps a file; one whose bytes the feed has in hand already, or applied last, is not kept again.

    manner   how the feed's files are read now; one that was read otherwise is kept again
    parts    the file's bytes in order, in pieces of any size
    follow   called in the transaction that has the whole file: asks for what follows
    raises   RequestRefused `too_large`, `file_empty`
    """
    begun = _begin(store, feed, institution, name, mode)
    hashed, size = hashlib.sha256(), 0
    for number, body in enumerate(_in_parts(parts)):
        hashed.update(body)
        size += len(body)
        if size > MOST_BYTES:
            _drop(store, begun.id, institution)
            raise RequestRefused("too_large", f"a file has at most {MOST_BYTES} bytes")
        with store.transaction() as tx:
            keep_part(tx, begun.id, number, body)
    if not size:
        _drop(store, begun.id, institution)
        raise RequestRefused("file_empty", "expected records, found an empty file")
    with store.reading() as connection:
        known = same_file(connection, feed, mode, hashed.hexdigest(), manner)
    if known is not None:
        _drop(store, begun.id, institution)
        return known
    whole = msgspec.structs.replace(begun, state="received", size_bytes=size, sha256=hashed.hexdigest())
    with store.transaction(actor=actor) as tx:
        put(tx, whole, "upload.received", institution)
        follow(tx, whole)
    return whole


@repeats_clashes
def _begin(store: Store, feed: str, institution: str, name: str, mode: Mode) -> Upload:
    _drop_broken_off(store, feed, institution)
    with store.transaction() as tx:
        return begin(tx, feed, institution, name, mode)


def begin(tx: Transaction, feed: str, institution: str, name: str, mode: Mode, *, fetched: bool = False) -> Upload:
    """A file that begins to come."""
    tx.in_order()
    number = (tx.connection.execute(sa.select(sa.func.max(upload.c.id))).scalar() or 0) + 1
    begun = Upload(
        id=number,
        feed=feed,
        name=name[:_NAME_LENGTH],
        mode=mode,
        state="receiving",
        fetched=fetched,
        received_at=tx.now,
    )
    tx.connection.execute(upload.insert().values(**msgspec.structs.asdict(begun)))
    ledger.append_row(tx, "upload.received", "upload", number, institution=institution)
    return begun


def keep_part(tx: Transaction, number: int, place: int, body: bytes) -> None:
    """Keeps one part of a file, `place` counted from 0."""
    tx.connection.execute(upload_part.insert().values(upload=number, number=place, body=body))


def _drop_broken_off(store: Store, feed: str, institution: str) -> None:
    """Files that a person began to bring and never ended."""
    before = store.now() - LONGEST_RECEIVING
    where = (
        (upload.c.feed == feed) & (upload.c.state == "receiving") & (upload.c.received_at < before) & ~upload.c.fetched
    )
    with store.reading() as connection:
        broken_off = list(connection.execute(sa.select(upload.c.id).where(where)).scalars())
    for number in broken_off:
        _drop(store, number, institution)


def _in_parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PART_BYTES:
            yield bytes(held[:PART_BYTES])
            del held[:PART_BYTES]
    if held:
        yield bytes(held)


@repeats_clashes
def _drop(store: Store, number: int, institution: str) -> None:
    with store.transaction() as tx:
        drop(tx, number, institution)


def drop(tx: Transaction, number: int, institution: str) -> None:
    """Drops a file that is not taken in, with its parts."""
    tx.connection.execute(upload_part.delete().where(upload_part.c.upload == number))
    tx.connection.execute(upload.delete().where(upload.c.id == number))
    ledger.append_row(tx, "upload.refused", "upload", number, institution=institution)


def same_file(connection: sa.Connection, feed: str, mode: Mode, sha256: str, manner: str) -> Upload | None:
    """The same file, to be read in the same way: in hand, or the last that was applied."""
    found = of_feed(connection, feed, limit=50)
    newest = next((each for each in found if each.state == "applied"), None)
    newest = newest if newest is not None and newest.manner == manner else None
    same = (each for each in found if (each.sha256, each.mode) == (sha256, mode))
    return next((each for each in same if each.state in ("received", "checked", "approved") or each == newest), None)


def last_applied(connection: sa.Connection, feed: str, mode: Mode | None = None) -> Upload | None:
    """The feed's file that was applied last, of those of one mode or of all."""
    where = (upload.c.feed == feed) & (upload.c.state == "applied")
    return next(iter(_read(connection, where if mode is None else where & (upload.c.mode == mode), 1)), None)


def put(tx: Transaction, wanted: Upload, act: Act, institution: str) -> None:
    """Writes what was decided of an upload, with its ledger entry."""
    values = msgspec.structs.asdict(wanted)
    tx.connection.execute(upload.update().where(upload.c.id == wanted.id).values(**values))
    ledger.append_row(tx, act, "upload", wanted.id, institution=institution)


def moved(tx: Transaction, number: int, expected: tuple[State, ...]) -> Upload:
    """The upload, if it stands in one of the states that are expected; raises RecordChanged."""
    found = get(tx.connection, number)
    if found is None or found.state not in expected:
        raise RecordChanged(f"upload:{number}")
    return found


def get(connection: sa.Connection, number: int) -> Upload | None:
    """One upload."""
    return next(iter(_read(connection, upload.c.id == number, 1)), None)


def discarded(tx: Transaction, run: int, institution: str) -> None:
    """The run of a file was discarded: the file counts as not applied, and may come again."""
    for found in _read(tx.connection, (upload.c.run == run) & (upload.c.state == "applied"), 1):
        put(tx, msgspec.structs.replace(found, state="refused", reason="discarded"), "upload.refused", institution)


def of_feed(connection: sa.Connection, feed: str, *, limit: int = 20) -> list[Upload]:
    """A feed's uploads, newest first, those still on their way aside."""
    return _read(connection, (upload.c.feed == feed) & (upload.c.state != "receiving"), limit)


def checked(connection: sa.Connection) -> list[UploadLine]:
    """Uploads of any feed that wait for a decision, newest first."""
    columns = [upload.c[name] for name in UploadLine.__struct_fields__]
    query = sa.select(*columns).where(upload.c.state == "checked").order_by(upload.c.id.desc())
    return [UploadLine(**row) for row in connection.execute(query).mappings()]


def released_runs(connection: sa.Connection, feed: str) -> set[int]:
    """Runs of files whose deletions or changes over the brake a person released."""
    where = (upload.c.feed == feed) & upload.c.released & upload.c.run.is_not(None)
    return set(connection.execute(sa.select(upload.c.run).where(where)).scalars())


def _read(connection: sa.Connection, where: sa.ColumnElement[bool], limit: int) -> list[Upload]:
    query = sa.select(upload).where(where).order_by(upload.c.id.desc()).limit(limit)
    return [Upload(**row) for row in connection.execute(query).mappings()]


def parts(store: Store, number: int) -> Iterator[bytes]:
    """A file's bytes, part by part."""
    place = 0
    while True:
        where = (upload_part.c.upload == number) & (upload_part.c.number == place)
        with store.reading() as connection:
            body = connection.execute(sa.select(upload_part.c.body).where(where)).scalar()
        if body is None:
            return
        yield bytes(body)
        place += 1


@contextmanager
def opened(store: Store, number: int) -> Iterator[Path]:
    """The file on the disk while the block runs."""
    with NamedTemporaryFile(prefix="exchange-upload-") as kept:
        for body in parts(store, number):
            kept.write(body)
        kept.flush()
        yield Path(kept.name)
