"""Lookup tables that people keep, version by version; none is ever changed, so that a crosswalk stands on its pins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
import sqlalchemy as sa

from federation.storage import ledger
from federation.storage.columns import Instant, Json
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction
from mappings.engine.tables import Table
from mappings.tables.rows import TableRow, table_of

lookup_table = sa.Table(
    "lookup_table",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    #: slug of whose table it is
    sa.Column("institution", sa.Text, sa.ForeignKey("institution.slug"), nullable=False),
    sa.Column("rows", Json(tuple[TableRow, ...]), nullable=False),
    #: account of who wrote it, or `operator`
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)


class LookupTable(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a table."""

    name: str
    version: int
    institution: str
    rows: tuple[TableRow, ...]
    author: str
    message: str = ""
    created_at: datetime

    @property
    def label(self) -> str:
        """`name@version`, as crosswalks pin it."""
        return f"{self.name}@{self.version}"


def add(tx: Transaction, table: LookupTable) -> None:
    """Adds a version."""
    tx.connection.execute(lookup_table.insert().values(**{name: getattr(table, name) for name in _NAMES}))
    ledger.append_row(tx, "table.saved", "lookup_table", table.name, table.version, institution=table.institution)


def latest(connection: sa.Connection, name: str) -> LookupTable | None:
    """The newest version of a table."""
    return next(iter(_read(connection, lookup_table.c.name == name, limit=1)), None)


def get(connection: sa.Connection, name: str, version: int) -> LookupTable | None:
    """One version of a table."""
    where = (lookup_table.c.name == name) & (lookup_table.c.version == version)
    return next(iter(_read(connection, where)), None)


def versions(connection: sa.Connection, name: str) -> list[LookupTable]:
    """Every version of a table, newest first."""
    return _read(connection, lookup_table.c.name == name)


def everyone(connection: sa.Connection) -> list[LookupTable]:
    """The newest version of every table, by name."""
    newest = sa.select(lookup_table.c.name, sa.func.max(lookup_table.c.version).label("version"))
    each = newest.group_by(lookup_table.c.name).subquery()
    is_newest = (lookup_table.c.name == each.c.name) & (lookup_table.c.version == each.c.version)
    query = sa.select(lookup_table).join(each, is_newest).order_by(lookup_table.c.name)
    return [LookupTable(**row) for row in connection.execute(query).mappings()]


def tables(connection: sa.Connection, labels: Iterable[str]) -> tuple[Table, ...]:
    """Those of `name@version` that people keep, as rules look them up."""
    wanted = [label.partition("@") for label in labels]
    found = [get(connection, name, int(version)) for name, _, version in wanted if _is_number(version)]
    return tuple(table_of(each.name, each.version, each.rows) for each in found if each is not None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _read(connection: sa.Connection, where: sa.ColumnElement[bool], *, limit: int | None = None) -> list[LookupTable]:
    query = sa.select(lookup_table).where(where).order_by(lookup_table.c.name, lookup_table.c.version.desc())
    return [LookupTable(**row) for row in connection.execute(query.limit(limit)).mappings()]


_NAMES = tuple(column.name for column in lookup_table.columns)
