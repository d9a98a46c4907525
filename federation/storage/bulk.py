"""Many rows in one statement: what makes a batch cheap on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

import sqlalchemy as sa

#: what the drivers take as it is
Value = str | int | float | bytes | None
Row = Mapping[str, Value]
#: what a statement names rows by
T = TypeVar("T", int, str)

#: SQLite takes 32,766 parameters a statement, PostgreSQL 65,535
MOST_PARAMETERS = 32_000
MOST_ROWS = 500


class Writing(Protocol):
    """A transaction as the functions here need it."""

    @property
    def connection(self) -> sa.Connection:
        """What it writes through."""


def upsert_many(tx: Writing, table: sa.Table, rows: Sequence[Row], *, key: Sequence[str]) -> None:
    """Inserts `rows`; where one with the same `key` stands, its other columns are overwritten.

    rows   all with the same columns, values as the drivers take them (text for `Instant` and `Json` columns);
           of two with one key the later wins
    key    columns of the primary key or of a unique constraint
    """
    if not rows:
        return
    _write(tx.connection, table, _last_by_key(rows, tuple(key)), tuple(key))


def insert_many(tx: Writing, table: sa.Table, rows: Sequence[Row]) -> None:
    """Inserts `rows`, all with the same columns; a row that stands already is an error."""
    if rows:
        _write(tx.connection, table, rows, None)


def parted(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Values in order, at most `size` at a time: a statement takes no more."""
    ordered = sorted(values)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def _last_by_key(rows: Sequence[Row], key: tuple[str, ...]) -> Sequence[Row]:
    if len(key) == 1:
        (column,) = key
        by_key: dict[object, Row] = {row[column]: row for row in rows}
    else:
        by_key = {tuple(row[column] for column in key): row for row in rows}
    return rows if len(by_key) == len(rows) else list(by_key.values())


def _write(connection: sa.Connection, table: sa.Table, rows: Sequence[Row], key: tuple[str, ...] | None) -> None:
    columns = tuple(rows[0])
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    most = min(MOST_ROWS, MOST_PARAMETERS // len(columns))
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        statement = _statement(mark, table.name, columns, key, len(part))
        connection.exec_driver_sql(statement, tuple([row[column] for row in part for column in columns]))


@lru_cache(maxsize=256)
def _statement(mark: str, table: str, columns: tuple[str, ...], key: tuple[str, ...] | None, count: int) -> str:
    row = "(" + ",".join([mark] * len(columns)) + ")"
    names = ",".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES {",".join([row] * count)}' + _on_conflict(columns, key)


def _on_conflict(columns: tuple[str, ...], key: tuple[str, ...] | None) -> str:
    if key is None:
        return ""
    target = ",".join(f'"{column}"' for column in key)
    others = [column for column in columns if column not in key]
    if not others:
        return f" ON CONFLICT ({target}) DO NOTHING"
    return f" ON CONFLICT ({target}) DO UPDATE SET " + ",".join(f'"{name}"=excluded."{name}"' for name in others)
