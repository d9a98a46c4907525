"""Records that a person has taken out of every channel: what is harvested of them is kept, and shown to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from federation.storage import ledger
from federation.storage.columns import Instant
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

#: why such a record is skipped
WITHHELD = "withheld"
LONGEST_REASON = 500

withheld = sa.Table(
    "withheld",
    metadata,
    sa.Column("feed", sa.Text, sa.ForeignKey("feed.key"), primary_key=True),
    #: native: what a harvest brings again under it stays out
    sa.Column("identifier", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, nullable=False),
    #: a person's words, for those who administer the feed
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """One record that is withheld."""

    feed: str
    identifier: str
    record_id: str
    reason: str
    at: datetime


def put(tx: Transaction, row: Withheld, institution: str) -> None:
    """Withholds a record that is not withheld yet."""
    tx.connection.execute(withheld.insert().values(**msgspec.structs.asdict(row)))
    ledger.append_row(tx, "record.withheld", "withheld", row.feed, row.identifier, institution=institution)


def lift(tx: Transaction, row: Withheld, institution: str) -> None:
    """A record is withheld no longer."""
    where = (withheld.c.feed == row.feed) & (withheld.c.identifier == row.identifier)
    tx.connection.execute(withheld.delete().where(where))
    ledger.append_row(tx, "record.released", "withheld", row.feed, row.identifier, institution=institution)


def renamed(row: Withheld, identifier: str, record: str) -> Withheld:
    """The same of the record under another identifier."""
    return msgspec.structs.replace(row, identifier=identifier, record_id=record)


def rename(tx: Transaction, feed: str, old: str, new: str) -> None:
    """What is withheld under one identifier is withheld under another; nothing where it is not."""
    where = (withheld.c.feed == feed) & (withheld.c.identifier == old)
    if tx.connection.execute(withheld.update().where(where).values(identifier=new)).rowcount:
        for name in (old, new):
            ledger.append_row(tx, "record.withheld", "withheld", feed, name)


def get(connection: sa.Connection, record_id: str) -> Withheld | None:
    """The record of this identifier, if it is withheld."""
    return next(iter(_read(connection, withheld.c.record_id == record_id)), None)


def listed(connection: sa.Connection, feed: str | None = None) -> list[Withheld]:
    """What is withheld of a feed, or of all, the last first."""
    return _read(connection, sa.true() if feed is None else withheld.c.feed == feed)


def of_one_act(connection: sa.Connection, row: Withheld) -> list[Withheld]:
    """`row`, and what was withheld in the same act: the records of one thing."""
    return _read(connection, (withheld.c.at == row.at) & (withheld.c.reason == row.reason))


def among(connection: sa.Connection, names: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of `names` (feed and identifier) that are withheld."""
    feeds = {feed for feed, _ in names}
    query = sa.select(withheld.c.feed, withheld.c.identifier).where(withheld.c.feed.in_(feeds))
    return {(feed, name) for feed, name in connection.execute(query)} & set(names) if feeds else set()


def _read(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Withheld]:
    rows = connection.execute(sa.select(withheld).where(where).order_by(withheld.c.at.desc())).mappings()
    return [Withheld(**row) for row in rows]
