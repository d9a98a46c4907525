"""Which records stand directly below one: the units of a finding aid, and records whose parent it is.

Their order is that of the finding aid, and of native identifiers with numbers read as numbers. It is kept as `place`
with every record that stands below another, so that a page of thousands reads only what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from federation.storage.bulk import Value
from federation.storage.catalogue_records import catalogue_record as row
from mappings.schema.hierarchy import Hierarchy
from mappings.schema.record import CatalogueRecord, Source

#: of a record that stands below no other
NOWHERE: Mapping[str, Value] = {"parent": "", "place": b""}
#: longer ones are read in parts: no number is as long as a code may be
_NUMBERS = re.compile(r"(\d{1,18})")
#: of a code as it is ordered: what follows tells no two apart, and an index takes no more
_BYTES = 400
_MOST_UNITS = 2**32 - 1
_UNIT, _PLACED = b"\0", b"\1"
#: text stands before a number
_TEXT, _NUMBER = b"\1", b"\2"


class _Standing(msgspec.Struct, frozen=True):
    """Of a record its place alone."""

    source: Source
    hierarchy: Hierarchy | None = None


_standing = msgspec.json.Decoder(_Standing)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One of the records below another, and where it stands among them."""

    id: str
    place: bytes


def stands(record: CatalogueRecord | _Standing) -> Mapping[str, Value]:
    """What is kept of where a record stands: `parent`, the id of the record above, and `place` among its siblings."""
    at = record.hierarchy
    if at is None or at.parent is None:
        return NOWHERE
    return {"parent": at.parent, "place": _place(at.order, record.source.native_id)}


def _place(order: int, native_id: str) -> bytes:
    """Units of the same finding aid, counted from 1, come first."""
    if order:
        return _UNIT + min(order, _MOST_UNITS).to_bytes(4)
    return (_PLACED + b"".join(_part(part) for part in _NUMBERS.split(native_id) if part))[:_BYTES]


def _part(part: str) -> bytes:
    """Orders as text does, or as a number of that many digits."""
    if part.isdecimal():
        digits = str(int(part)).encode()
        return _NUMBER + bytes([len(digits)]) + digits
    return _TEXT + part.encode(errors="replace") + b"\0"


def _below(parent: str, audiences: Collection[str]) -> sa.ColumnElement[bool]:
    # the index holds no others: that is said again for the database to see
    return (row.c.parent == parent) & (row.c.parent != "") & row.c.audience.in_(audiences)


def count(connection: sa.Connection, parent: str, audiences: Collection[str]) -> int:
    """How many records stand directly below one, of those that one of `audiences` is for."""
    return connection.execute(sa.select(sa.func.count()).where(_below(parent, audiences))).scalar_one()


def directly_below(
    connection: sa.Connection, parent: str, audiences: Collection[str], *, after: int = 0, limit: int
) -> list[str]:
    """Ids of at most `limit` of the records directly below one, in their order and without the first `after`."""
    query = sa.select(row.c.id).where(_below(parent, audiences)).order_by(row.c.place, row.c.id)
    return list(connection.execute(query.offset(after).limit(limit)).scalars())


def steps_below(
    connection: sa.Connection, parent: str, audiences: Collection[str], *, after: Step | None, limit: int
) -> list[Step]:
    """At most `limit` of the records directly below one, in their order and behind `after`."""
    query = sa.select(row.c.id, row.c.place).where(_below(parent, audiences)).order_by(row.c.place, row.c.id)
    if after is not None:
        query = query.where(_key() > _key_of(after))
    return [Step(id=found.id, place=bytes(found.place)) for found in connection.execute(query.limit(limit))]


def parents_among(connection: sa.Connection, record_ids: Collection[str], audiences: Collection[str]) -> set[str]:
    """Those of some records that others stand below."""
    below = row.c.parent.in_(record_ids) & (row.c.parent != "") & row.c.audience.in_(audiences)
    return set(connection.execute(sa.select(row.c.parent).where(below).distinct()).scalars())


def step(connection: sa.Connection, record_id: str, audiences: Collection[str]) -> tuple[str, Step]:
    """Id of the record above one, and its own place there.

    The first is empty for one that stands above all, and for one that none of `audiences` may know of.
    """
    known = (row.c.id == record_id) & row.c.audience.in_(audiences)
    found = connection.execute(sa.select(row.c.parent, row.c.place).where(known)).first()
    if found is None:
        return "", Step(id=record_id, place=b"")
    return found.parent, Step(id=record_id, place=bytes(found.place) if found.parent else b"")


def before(connection: sa.Connection, parent: str, audiences: Collection[str], at: Step) -> int:
    """How many of the records directly below one stand before a place."""
    earlier = _key() < _key_of(at)
    return connection.execute(sa.select(sa.func.count()).where(_below(parent, audiences), earlier)).scalar_one()


def _key() -> sa.Tuple:
    return sa.tuple_(row.c.place, row.c.id)


def _key_of(at: Step) -> sa.Tuple:
    return sa.tuple_(sa.literal(at.place), sa.literal(at.id))


def fill(connection: sa.Connection) -> None:
    """Says of the records from before `parent` and `place` were kept where they stand."""
    above = row.c.alive & row.c.record.like('%"hierarchy":%"parent":%')
    query = sa.select(row.c.id, row.c.record).where(above)
    change = row.update().where(row.c.id == sa.bindparam("of_id"))
    change = change.values(parent=sa.bindparam("new_parent"), place=sa.bindparam("new_place"))
    for part in connection.execute(query).partitions(1_000):
        connection.execute(change, _filled(part))


def _filled(part: Sequence[Any]) -> list[dict[str, Value]]:
    found = ((each.id, stands(_standing.decode(each.record))) for each in part)
    return [{"of_id": name, "new_parent": at["parent"], "new_place": at["place"]} for name, at in found]
