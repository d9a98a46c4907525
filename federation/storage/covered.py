"""Which rows the ledger answers for, and what their digest is taken over.

Covered is what cannot be made again: raw records, and what people decided. Columns that only say how far the work has
come (when a feed is due, when a record was last listed) are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa

from federation.storage.metadata import metadata, whole

#: table -> its columns that no entry answers for
_COVERED: dict[str, frozenset[str]] = {
    "institution": frozenset(),
    "institution_key": frozenset(),
    "feed": frozenset({"due_at", "profile"}),
    "raw_record": frozenset({"seen_run", "seen_list", "seen_datestamp"}),
    "held_record": frozenset({"seen_list"}),
    "hold": frozenset({"moved", "causes"}),
    "upload": frozenset({"report"}),
    "account": frozenset({"signed_in_at"}),
    "role_grant": frozenset(),
    "api_key": frozenset(),
    "crosswalk_version": frozenset(),
    "lookup_table": frozenset(),
    "best_bet": frozenset(),
    "withheld": frozenset(),
    "feed_link": frozenset(),
    "judgement": frozenset(),
    "judgement_member": frozenset(),
}
#: of a raw record the ledger speaks by its name, not by its number
_KEYS: dict[str, tuple[str, ...]] = {
    "raw_record": ("feed", "identifier"),
    "held_record": ("feed", "identifier"),
}

_encoder = msgspec.json.Encoder()
#: what a digest is taken over as it is
_PLAIN = frozenset({str, int, bytes, float, type(None)})


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """A covered table."""

    table: str
    key: tuple[str, ...]
    #: of the digest, in order
    columns: tuple[str, ...]
    #: columns that came later -> what rows from before them have, which is no part of the digest
    later: dict[str, object] = {}

    def object_of(self, row: Mapping[str, object]) -> str:
        """The name under which entries speak of `row`."""
        return self.named(*[row[column] for column in self.key])

    def named(self, *key: object) -> str:
        """The name under which entries speak of the row with this key."""
        return f"{self.table}:" + "/".join([str(part) for part in key])

    def digest(self, row: Mapping[str, object]) -> bytes:
        """SHA-256 of a row given as the driver takes and returns it; raises ValueError for text that is not UTF-8."""
        # most of a page's rows are text and numbers: they are not worth a call each
        values = [value if type(value) in _PLAIN else _plain(value) for value in map(row.__getitem__, self.columns)]
        changed = {name: value for name, kept in self.later.items() if (value := _plain(row[name])) != kept}
        if changed:
            values.append(changed)
        return hashlib.sha256(_encoder.encode(values)).digest()


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else bytes(value) if isinstance(value, memoryview) else value


@cache
def covered(table: str) -> Covered:
    """A covered table by its name."""
    return _made(metadata.tables[table])


def is_covered(object_name: str) -> bool:
    """Whether a row of a covered table is named."""
    return object_name.partition(":")[0] in _COVERED


def everything() -> list[Covered]:
    """Every covered table that this version has."""
    known = whole().tables
    return [_made(known[name]) for name in _COVERED if name in known]


def _made(table: sa.Table) -> Covered:
    key = _KEYS.get(table.name) or tuple(column.name for column in table.primary_key.columns)
    answered = [column for column in table.columns if column.name not in _COVERED[table.name]]
    columns = tuple(column.name for column in answered if column.server_default is None)
    later = {column.name: _kept(column) for column in answered if column.server_default is not None}
    return Covered(table=table.name, key=key, columns=columns, later=later)


def _kept(column: sa.Column[Any]) -> object:
    """What the database gives the rows from before a column, as a driver returns it."""
    assert isinstance(column.server_default, sa.DefaultClause)
    written = str(column.server_default.arg)
    if written == "NULL":
        return None
    return int(written) if isinstance(column.type, sa.Integer | sa.Boolean) else written


def read(connection: sa.Connection, wanted: Covered, key: tuple[object, ...]) -> Mapping[str, object] | None:
    """One row as the driver gives it; None where there is none."""
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    where = " AND ".join(f'"{column}" = {mark}' for column in wanted.key)
    found = connection.exec_driver_sql(f"{_select(wanted)} WHERE {where}", key).mappings().first()
    return dict(found) if found is not None else None


def rows(connection: sa.Connection, wanted: Covered) -> Iterator[Mapping[str, object]]:
    """Every row as the driver gives it."""
    options = {"stream_results": True, "max_row_buffer": 500}
    found = connection.execution_options(**options).exec_driver_sql(_select(wanted))
    names = tuple(found.keys())
    for row in found:
        yield dict(zip(names, row, strict=True))


@contextmanager
def every_text(connection: sa.Connection) -> Iterator[None]:
    """Has text that is not UTF-8 read with its bytes as lone surrogates, where the database lets such text in."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None
    kept, driver.text_factory = driver.text_factory, _text
    try:
        yield
    finally:
        driver.text_factory = kept


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _select(wanted: Covered) -> str:
    columns = ", ".join(f'"{column}"' for column in dict.fromkeys((*wanted.key, *wanted.columns, *wanted.later)))
    return f'SELECT {columns} FROM "{wanted.table}"'
