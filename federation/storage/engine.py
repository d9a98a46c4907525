"""The store: one database, opened so that what it acknowledges is on the disk.

SQLite: WAL, `synchronous=FULL`; writers of all processes of a folder queue on a file lock instead of polling a busy
database, readers are read-only connections. PostgreSQL: READ COMMITTED. What a transaction may do stands in
`transactions`; which tables there are is each aggregate's.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from federation.errors import StoreRefused
from federation.ledger.entry import SYSTEM
from federation.storage.clock import DatabaseClock
from federation.storage.metadata import HEAD, schema_revision, whole
from federation.storage.private import make_file, make_folder
from federation.storage.transactions import Now, Transaction

DATABASE = "exchange.db"
#: the write-ahead log is cut back to this once it was read into the database
WAL_BYTES = 64 * 1024 * 1024
#: readers that may be open at once in one process
MOST_READERS = 16

#: key of the advisory lock under which a PostgreSQL schema is changed
ALTERING = 3


def utc_now() -> datetime:
    """The wall clock, aware and UTC."""
    return datetime.now(UTC)


def embedded_url(folder: Path) -> str:
    """The address of the SQLite database in a data folder."""
    return sa.URL.create("sqlite", database=str(folder / DATABASE)).render_as_string()


def _untold(_seconds: float) -> None:
    """Nobody asks how long commits take."""


def _nobody_waits() -> None:
    """There is nobody in this process whom long work would keep waiting."""


class Store:
    """One database. Every method may be called from any thread; none of them is async."""

    def __init__(self, url: str, *, now: Now = utc_now, database_now: Now | None = None) -> None:
        """Opens `url` (SQLAlchemy's form); raises StoreRefused where it could lose what it acknowledges.

        now            the clock of this process
        database_now   in place of the database's own
        """
        self.url = url
        self._now, self._database_now = now, database_now
        self._database_clock = DatabaseClock()
        parsed = sa.make_url(url)
        self.dialect = parsed.get_backend_name()
        if self.dialect == "sqlite":
            self._path = Path(str(parsed.database)).absolute()
            make_folder(self._path.parent)
            # its log and its index of that log take the mode of the file
            make_file(self._path)
            self._writer, self._readers = _sqlite_engines(self._path)
            self._unsynced = _sqlite_writer(self._path, _on_unsynced_connect)
        elif self.dialect == "postgresql":
            self._path = Path()
            self._writer = sa.create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
            self._readers = self._unsynced = self._writer
        else:
            raise StoreRefused("not_a_store", f"expected sqlite or postgresql, found {self.dialect}")
        #: told how long each commit took, in seconds
        self.on_commit: Callable[[float], None] = _untold
        #: called between the parts of long work, for a moment's wait where somebody in this process is to go first
        self.give_way: Callable[[], None] = _nobody_waits
        self._lock = threading.Lock()
        self._own = threading.local()

    def now(self) -> datetime:
        """The clock of this process, aware and UTC."""
        return self._now()

    def database_now(self, connection: sa.Connection) -> datetime:
        """The clock by which jobs are due and leased: PostgreSQL's own; embedded, that of this machine."""
        if self._database_now is not None:
            return self._database_now()
        if self.dialect != "postgresql":
            return self._now()
        return self._database_clock.now(connection)

    @contextmanager
    def transaction(self, *, actor: str = SYSTEM) -> Iterator[Transaction]:
        """One write transaction: committed when the block ends, rolled back when it raises.

        actor    who acts, as the ledger names them
        raises   RuntimeError inside another transaction of the same thread, which would wait for itself
        """
        with self._turn(), self._writer.begin() as connection:
            asked = partial(self.database_now, connection)
            tx = Transaction(connection, self._now(), actor, database_now=asked, give_way=self.give_way)
            yield tx
            tx.close()
            began = time.monotonic()
        self.on_commit(time.monotonic() - began)
        for callback in tx.callbacks:
            callback()

    @contextmanager
    def fleeting(self) -> Iterator[Transaction]:
        """One write transaction that does not wait for the disk: the machine's end may undo it, that of a process not.

        For what is over by then; what other tables hold beside it is as safe as ever. The ledger is told of nothing.
        """
        with self._turn(), self._unsynced.begin() as connection:
            if self.dialect == "postgresql":
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
            yield Transaction(connection, self._now(), database_now=partial(self.database_now, connection))

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A read-only view of one moment."""
        with self._readers.connect() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def altering(self) -> Iterator[sa.Connection]:
        """One transaction for changes of the schema itself; PostgreSQL lets one process alter at a time."""
        with self._turn(), self._writer.begin() as connection:
            if self.dialect == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ALTERING})")
            yield connection

    def create_schema(self) -> None:
        """Makes the tables that are missing; a store whose tables stand is left as it is."""
        with self.altering() as connection:
            whole().create_all(connection)
            if connection.execute(sa.select(schema_revision)).first() is None:
                connection.execute(schema_revision.insert().values(version_num=HEAD))

    def backup_to(self, path: Path) -> None:
        """Copies an embedded database as it stands at one moment, while others write."""
        with closing(sqlite3.connect(path)) as copy, closing(_connect(self._path, "ro")) as source:
            source.backup(copy)

    def close(self) -> None:
        """Gives back every connection."""
        self._readers.dispose()
        self._unsynced.dispose()
        self._writer.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if getattr(self._own, "writing", False):
            raise RuntimeError("a transaction was begun inside another one")
        self._own.writing = True
        try:
            with self._queued():
                yield
        finally:
            self._own.writing = False

    @contextmanager
    def _queued(self) -> Iterator[None]:
        """The writer's turn among the threads of this process and among processes."""
        if self.dialect != "sqlite":
            yield
            return
        with self._lock, self._path.with_name(self._path.name + ".write").open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield


def _sqlite_engines(path: Path) -> tuple[sa.Engine, sa.Engine]:
    writer = _sqlite_writer(path, _on_writer_connect)
    with writer.connect():
        pass
    readers = sa.create_engine(
        "sqlite://",
        creator=lambda: _connect(path, "ro"),
        poolclass=QueuePool,
        pool_size=MOST_READERS,
        max_overflow=0,
    )
    sa.event.listen(readers, "connect", _on_reader_connect)
    sa.event.listen(readers, "begin", _begin_deferred)
    return writer, readers


def _sqlite_writer(path: Path, on_connect: Callable[[sqlite3.Connection, object], None]) -> sa.Engine:
    """One connection that writes, made once it is wanted."""
    writer = sa.create_engine("sqlite://", creator=lambda: _connect(path, "rwc"), poolclass=sa.pool.StaticPool)
    sa.event.listen(writer, "connect", on_connect)
    sa.event.listen(writer, "begin", _begin_immediate)
    return writer


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, check_same_thread=False)


def _on_writer_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"journal_size_limit={WAL_BYTES}"):
        connection.execute(f"PRAGMA {pragma}")
    _harden(connection)
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        raise StoreRefused("not_durable", "expected the write-ahead log, which this file system does not carry")


def _on_unsynced_connect(connection: sqlite3.Connection, record: object) -> None:
    _on_writer_connect(connection, record)
    # of a write-ahead log: whole transactions may be lost from its end, and nothing else
    connection.execute("PRAGMA synchronous=NORMAL")


def _on_reader_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only=ON")
    _harden(connection)


def _harden(connection: sqlite3.Connection) -> None:
    for pragma in ("busy_timeout=5000", "trusted_schema=OFF", "mmap_size=0"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
