"""What people know of a feed: whether it describes anything twice."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from federation.storage import ledger
from federation.storage.bulk import upsert_many
from federation.storage.linkage import judgements
from federation.storage.linkage.tables import feed_link, link_record
from federation.storage.transactions import Transaction


def set_duplicate_free(tx: Transaction, feed: str, *, duplicate_free: bool) -> None:
    """States whether a feed describes anything twice; its records are linked again where that is news."""
    if (feed in duplicate_free_feeds(tx.connection)) == duplicate_free:
        return
    upsert_many(tx, feed_link, [{"feed": feed, "duplicate_free": duplicate_free}], key=("feed",))
    ledger.append_row(tx, "feed.changed", "feed_link", feed)
    judgements.relink(tx, _records(tx.connection, feed))


def duplicate_free_feeds(connection: sa.Connection) -> frozenset[str]:
    """Keys of the feeds that hold nothing twice."""
    query = sa.select(feed_link.c.feed).where(feed_link.c.duplicate_free)
    return frozenset(connection.execute(query).scalars())


def _records(connection: sa.Connection, feed: str) -> Sequence[str]:
    query = sa.select(link_record.c.record_id).where(link_record.c.feed == feed, link_record.c.alive)
    return list(connection.execute(query).scalars())
