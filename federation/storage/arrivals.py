"""Which institutions' records came here lately: how many on which day, of those that everybody may know of."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
import sqlalchemy as sa

from federation.storage.catalogue_records import catalogue_record as row
from mappings.schema.access import PUBLIC

_DAY = sa.func.substr(sa.type_coerce(row.c.first_seen_at, sa.Text), 1, len("2026-11-28"))


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one institution on the last day on which something of it came."""

    institution: str
    day: date
    records: int


def arrivals(connection: sa.Connection, since: datetime) -> list[Arrival]:
    """The last arrivals of each institution, the newest first; none of an institution of which nothing came since."""
    query = (
        sa.select(row.c.institution, _DAY.label("day"), sa.func.count().label("records"))
        .where(row.c.audience == PUBLIC, row.c.alive, row.c.first_seen_at >= since)
        .group_by(row.c.institution, _DAY)
        .order_by(_DAY)
    )
    last = {
        found.institution: Arrival(
            institution=found.institution, day=date.fromisoformat(found.day), records=found.records
        )
        for found in connection.execute(query)
    }
    return sorted(last.values(), key=lambda each: (-each.day.toordinal(), -each.records, each.institution))
