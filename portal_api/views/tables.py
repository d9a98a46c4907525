"""Lookup tables as their administrators see them: versions, rows, who uses them, and what they did not know."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.pipeline import lookup_tables as deeds
from federation.pipeline.lookup_tables import Miss, Use
from federation.storage import accounts, institutions, lookup_tables
from federation.storage.feeds import StoredFeed
from federation.storage.lookup_tables import LookupTable
from mappings.tables.rows import TableRow
from portal_api.errors import NotFound
from portal_api.reader import Reader
from portal_api.views.feeds import administered, administers, found_feed

#: rows that a page shows; files hold them all
SHOWN_ROWS = 500


class TableLine(msgspec.Struct, frozen=True, kw_only=True):
    """A table in the list."""

    name: str
    version: int
    institution: str
    institution_name: str
    rows: int
    #: crosswalks that live by a version of it
    live: int


class TablesView(msgspec.Struct, frozen=True, kw_only=True):
    """Every table of the reader's."""

    tables: tuple[TableLine, ...]
    #: slug and name of those for which the reader may begin one
    institutions: tuple[tuple[str, str], ...]


class TableVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version in a table's history."""

    version: int
    rows: int
    author: str
    message: str
    created_at: object


class TableView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a table."""

    name: str
    version: int
    latest: int
    institution: str
    count: int
    rows: tuple[TableRow, ...]
    versions: tuple[TableVersion, ...]
    uses: tuple[Use, ...]


class MissesView(msgspec.Struct, frozen=True, kw_only=True):
    """What tables did not know in a feed's records."""

    feed: str
    feed_name: str
    may_write: bool
    misses: tuple[Miss, ...]


def tables_view(connection: sa.Connection, reader: Reader) -> TablesView:
    """The tables of the institutions whose feeds the reader runs."""
    names = {line.slug: line.name for line in institutions.everyone(connection)}
    return TablesView(
        tables=tuple(
            TableLine(
                name=table.name,
                version=table.version,
                institution=table.institution,
                institution_name=names.get(table.institution, table.institution),
                rows=len(table.rows),
                live=sum(use.number == 0 for use in deeds.uses(connection, table.name)),
            )
            for table in lookup_tables.everyone(connection)
            if administers(reader, table.institution)
        ),
        institutions=tuple((line.slug, line.name) for line in administered(connection, reader)),
    )


def found_table(connection: sa.Connection, reader: Reader, name: str, version: int = 0) -> LookupTable:
    """A version of a table, the newest without a number; raises NotFound where it is not the reader's."""
    table = lookup_tables.get(connection, name, version) if version else lookup_tables.latest(connection, name)
    if table is None or not administers(reader, table.institution):
        raise NotFound
    return table


def table_view(connection: sa.Connection, reader: Reader, name: str, version: int = 0) -> TableView:
    """A version of a table with its history and its uses; raises NotFound."""
    table = found_table(connection, reader, name, version)
    people = {account.id: account.name for account in accounts.everyone(connection)}
    every = lookup_tables.versions(connection, name)
    return TableView(
        name=table.name,
        version=table.version,
        latest=every[0].version,
        institution=table.institution,
        count=len(table.rows),
        rows=table.rows[:SHOWN_ROWS],
        versions=tuple(
            TableVersion(
                version=each.version,
                rows=len(each.rows),
                author=people.get(each.author, each.author),
                message=each.message,
                created_at=each.created_at,
            )
            for each in every
        ),
        uses=tuple(use for use in deeds.uses(connection, name) if _is_theirs(connection, reader, use)),
    )


def _is_theirs(connection: sa.Connection, reader: Reader, use: Use) -> bool:
    try:
        return bool(found_feed(connection, reader, use.feed))
    except NotFound:
        return False


def misses_view(connection: sa.Connection, reader: Reader, key: str) -> MissesView:
    """What tables did not know in the records of a feed; raises NotFound."""
    feed: StoredFeed = found_feed(connection, reader, key)
    return MissesView(
        feed=feed.key,
        feed_name=feed.name,
        may_write=feed.state != "retired",
        misses=deeds.misses(connection, feed),
    )
