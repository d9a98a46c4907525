"""The sets that stored raw records of a feed are in, as their repository calls them."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from federation.storage.raw_records import raw_record

_specs = msgspec.json.Decoder(tuple[str, ...])


def sets_of_feed(connection: Connection, feed: str, limit: int = 100) -> tuple[str, ...]:
    """The first sets by name, of records that are in at most `limit` different ways."""
    query = select(raw_record.c.set_specs).where(raw_record.c.feed == feed).distinct().limit(limit)
    named = {name for text in connection.execute(query).scalars() for name in _specs.decode(text)}
    return tuple(sorted(named)[:limit])
