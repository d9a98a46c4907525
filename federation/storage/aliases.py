"""Identifiers that records had before a rekey, each with the one that it has since: what was given out resolves."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from federation.storage.bulk import Row, parted, upsert_many
from federation.storage.columns import Instant, instant_text
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

record_alias = sa.Table(
    "record_alias",
    metadata,
    #: as it was given out
    sa.Column("record_id", sa.Text, primary_key=True),
    sa.Column("renamed", sa.Text, nullable=False),
    sa.Column("feed", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("record_alias_renamed", "renamed"),
)
_PART = 500


def add(tx: Transaction, feed: str, renamed: Mapping[str, str]) -> None:
    """Keeps old identifiers with the new ones; what led to an old one leads to the new one from now on."""
    table = record_alias.c
    for old, new in renamed.items():
        tx.connection.execute(record_alias.update().where(table.renamed == old).values(renamed=new))
    at = instant_text(tx.now)
    rows: list[Row] = [{"record_id": old, "renamed": new, "feed": feed, "at": at} for old, new in renamed.items()]
    upsert_many(tx, record_alias, rows, key=("record_id",))
    drop(tx, list(renamed.values()))


def drop(tx: Transaction, record_ids: Collection[str]) -> None:
    """These are no former identifiers any more: they stand again."""
    for part in parted(record_ids, _PART):
        tx.connection.execute(record_alias.delete().where(record_alias.c.record_id.in_(part)))


def feeds_with(connection: sa.Connection, feeds: Collection[str]) -> set[str]:
    """Those of `feeds` that have been rekeyed."""
    query = sa.select(record_alias.c.feed).where(record_alias.c.feed.in_(feeds)).distinct()
    return set(connection.execute(query).scalars())


def renamed(connection: sa.Connection, record_id: str) -> str | None:
    """The identifier that a record has since; None where it was never renamed."""
    query = sa.select(record_alias.c.renamed).where(record_alias.c.record_id == record_id)
    found: str | None = connection.execute(query).scalar()
    return found
