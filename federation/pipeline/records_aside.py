"""The records of a file set aside by name in a temporary database, so that a file of any size may have parents.

The database has no name, grows on the disk beside its small cache, and goes with the connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from types import TracebackType

import msgspec

from mappings.schema.raw import RawRecord

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(RawRecord).decode


class RecordsAside:
    """Records by their native identifiers; of several that are called the same the last counts."""

    def __init__(self, records: Iterable[RawRecord]) -> None:
        """`records` are read to their end, and none of them is kept in memory."""
        self._database = sqlite3.connect("")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE record (name BLOB PRIMARY KEY, raw BLOB NOT NULL) WITHOUT ROWID")
        rows = ((_key(raw.identifier), _encode(raw)) for raw in records)
        self._database.executemany("INSERT OR REPLACE INTO record VALUES (?, ?)", rows)

    def __enter__(self) -> RecordsAside:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._database.close()

    def named(self, feed: str, native_id: str) -> str:
        """The name that was asked for; a file knows no former ones."""
        return native_id

    def raw(self, feed: str, native_id: str) -> RawRecord | None:
        """The record."""
        row = self._database.execute("SELECT raw FROM record WHERE name = ?", (_key(native_id),)).fetchone()
        return _decode(row[0]) if row else None

    def withholds(self, feed: str, native_id: str) -> bool:
        """Nobody withholds anything of a file."""
        return False


def _key(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
