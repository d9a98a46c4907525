"""Raw records of many units: whether everybody may have every one of them, found without holding them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from federation.storage.catalogue_records import access_of, catalogue_record
from federation.storage.closed_records import not_open
from mappings.schema.access import PUBLIC, Access

#: records in memory at a time
_AT_ONCE = 50


def is_open(access: Access) -> bool:
    """Whether the whole description is for everybody, and nothing is said against the material."""
    return access.line == "full" and access.status in ("open", "unknown")


def open_units(connection: sa.Connection, feed: str, native_ids: Sequence[str]) -> dict[str, int]:
    """How many living units each raw record has, of those all of whose units are open to everybody."""
    columns = catalogue_record.c
    of_raw = (columns.feed == feed) & columns.native_id.in_(native_ids) & columns.alive
    count = sa.select(columns.native_id, sa.func.count()).where(of_raw).group_by(columns.native_id)
    counted = connection.execute(count).all()
    closed = _closed(connection, of_raw)
    return {name: units for name, units in counted if name not in closed}


def _closed(connection: sa.Connection, of_raw: sa.ColumnElement[bool]) -> Collection[str]:
    columns = catalogue_record.c
    query = sa.select(columns.native_id, columns.audience, columns.record).where(of_raw, not_open())
    found: set[str] = set()
    for name, audience, record in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
        if name not in found and (audience != PUBLIC or not is_open(access_of(record))):
            found.add(name)
    return found
