"""Which records stand directly below one: the units of a finding aid, and records whose parent it is.

Their order is that of the finding aid, and of native identifiers with numbers read as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import msgspec
import sqlalchemy as sa

from federation.storage.catalogue_records import catalogue_record as row
from federation.storage.placements import placement
from mappings.schema.hierarchy import Hierarchy


class _Standing(msgspec.Struct, frozen=True):
    """Of a record its place alone."""

    hierarchy: Hierarchy | None = None


_standing = msgspec.json.Decoder(_Standing)
#: longer ones are read in parts: no number is as long as a code may be
_NUMBERS = re.compile(r"(\d{1,18})")


def directly_below(connection: sa.Connection, record_id: str, audiences: Collection[str]) -> list[str]:
    """Ids of the records directly below one, of those that one of `audiences` is for, in their order."""
    query = sa.select(row.c.feed, row.c.native_id, row.c.record).where(row.c.id == record_id, row.c.alive)
    above = connection.execute(query).first()
    if above is None:
        return []
    here, of_raw = _standing.decode(above.record).hierarchy, (above.feed, above.native_id)
    units = _units(connection, record_id, of_raw, audiences) if here is not None and here.child_count else ()
    return [*units, *_placed(connection, record_id, of_raw, audiences)]


def _units(
    connection: sa.Connection, record_id: str, of_raw: tuple[str, str], audiences: Collection[str]
) -> Iterator[str]:
    feed, native_id = of_raw
    query = sa.select(row.c.id, row.c.record).where(
        row.c.native_id == native_id, row.c.feed == feed, row.c.alive, row.c.audience.in_(audiences)
    )
    standing = ((found.id, _standing.decode(found.record).hierarchy) for found in connection.execute(query))
    below = [(at.order, name) for name, at in standing if at is not None and at.parent == record_id]
    return (name for _, name in sorted(below))


def _placed(
    connection: sa.Connection, record_id: str, of_raw: tuple[str, str], audiences: Collection[str]
) -> Iterator[str]:
    feed, native_id = of_raw
    upper, lower = placement.alias("upper"), placement.alias("lower")
    query = (
        sa.select(row.c.id, row.c.native_id)
        .join(lower, lower.c.record_id == row.c.id)
        .join(upper, (upper.c.feed == lower.c.feed) & (upper.c.native_id == lower.c.parent))
        .where(upper.c.feed == feed, upper.c.native_id == native_id, upper.c.record_id == record_id)
        .where(row.c.alive, row.c.audience.in_(audiences))
    )
    return (found.id for found in sorted(connection.execute(query), key=lambda found: _in_order(found.native_id)))


def _in_order(code: str) -> list[tuple[int, str]]:
    """A code by its parts: numbers as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBERS.split(code) if part]
