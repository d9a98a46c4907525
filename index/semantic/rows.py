"""Whose each row of vectors is, what languages there are and how far the changes are taken in: one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

ROWS = "rows.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS row (
    number INTEGER PRIMARY KEY, cluster_id TEXT UNIQUE, tongue INTEGER, digest BLOB, stamp INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS row_stamp ON row (stamp);
CREATE INDEX IF NOT EXISTS row_free ON row (number) WHERE cluster_id IS NULL;
CREATE TABLE IF NOT EXISTS tongue (
    number INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, count INTEGER NOT NULL, total BLOB NOT NULL,
    centre BLOB NOT NULL, centred_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS state (
    one INTEGER PRIMARY KEY CHECK (one = 1), stamp INTEGER NOT NULL, centres INTEGER NOT NULL,
    first INTEGER, last INTEGER, size INTEGER NOT NULL, neutral BLOB NOT NULL
);
"""


def opened(folder: Path) -> sqlite3.Connection:
    """The rows of a folder; every statement is its own transaction until one is begun."""
    connection = sqlite3.connect(folder / ROWS, isolation_level=None, timeout=10, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


@contextmanager
def transaction(rows: sqlite3.Connection) -> Iterator[None]:
    """All that the block writes, or nothing."""
    rows.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        rows.execute("ROLLBACK")
        raise
    rows.execute("COMMIT")


def counted(rows: sqlite3.Connection) -> int:
    """How many rows are somebody's."""
    found: int = rows.execute("SELECT count(cluster_id) FROM row").fetchone()[0]
    return found


def digests(rows: sqlite3.Connection, cluster_ids: Collection[str]) -> dict[str, bytes]:
    """Of those that have a row the digest of its text."""
    query = f"SELECT cluster_id, digest FROM row WHERE {_AMONG}"
    return dict(rows.execute(query, (_told(cluster_ids),)))


def held(rows: sqlite3.Connection, cluster_ids: Collection[str]) -> list[tuple[int, int]]:
    """Row and language of those that have a row."""
    return list(rows.execute(f"SELECT number, tongue FROM row WHERE {_AMONG}", (_told(cluster_ids),)))


def freed(rows: sqlite3.Connection, cluster_ids: Collection[str], stamp: int) -> None:
    """From now on their rows are nobody's."""
    rows.execute(f"UPDATE row SET cluster_id = NULL, stamp = ? WHERE {_AMONG}", (stamp, _told(cluster_ids)))


def free(rows: sqlite3.Connection, wanted: int, stamp: int) -> Iterable[int]:
    """Rows that were nobody's before this commit, then new ones: a vector that is in use is never written over."""
    query = "SELECT number FROM row WHERE cluster_id IS NULL AND stamp < ? ORDER BY number LIMIT ?"
    found = [number for (number,) in rows.execute(query, (stamp, wanted))]
    (last,) = rows.execute("SELECT coalesce(max(number), -1) FROM row").fetchone()
    return [*found, *range(last + 1, last + 1 + wanted - len(found))]


_AMONG = "cluster_id IN (SELECT value FROM json_each(?))"


def _told(names: Collection[str]) -> str:
    return msgspec.json.encode(list(names)).decode()
