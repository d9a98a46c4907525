"""Catalogue records of which somebody may see nothing, or not all: for what has to let go of them."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.storage.catalogue_records import access_of, catalogue_record
from mappings.schema.access import PUBLIC, Access


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """A record of which somebody may see nothing, or not all."""

    id: str
    institution: str
    alive: bool
    access: Access


#: what stands in a record's JSON where not everybody sees all of it, and elsewhere by chance
_CLOSED = ('%"line":"reduced"%', '%"line":"hidden"%', '%"status":"restricted"%', '%"status":"closed"%')


def not_open() -> sa.ColumnElement[bool]:
    """What holds of every living record that is hidden or not shown whole, and by chance of others."""
    partly = sa.or_(*(catalogue_record.c.record.like(pattern) for pattern in _CLOSED))
    return (catalogue_record.c.audience != PUBLIC) | partly


def closed_since(connection: sa.Connection, seq: int, last: int, limit: int) -> tuple[list[Closed], int]:
    """Of the records that changed after `seq`, up to `last`, those that are gone, hidden or not shown whole.

    The second is the `seq` up to which there are no others.
    """
    changed = (catalogue_record.c.seq > seq) & (catalogue_record.c.seq <= last)
    columns = [catalogue_record.c[name] for name in ("id", "institution", "alive", "record", "seq")]
    query = sa.select(*columns).where(changed, ~catalogue_record.c.alive | not_open())
    rows = connection.execute(query.order_by(catalogue_record.c.seq).limit(limit)).all()
    found = [
        Closed(id=row.id, institution=row.institution, alive=row.alive, access=access_of(row.record)) for row in rows
    ]
    return found, rows[-1].seq if len(rows) == limit else last
