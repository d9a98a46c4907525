"""When copies of the store were made: what a monitor asks, who would else have to read the whole ledger."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from federation.storage.bulk import upsert_many
from federation.storage.columns import Instant, instant_text
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

backup_made = sa.Table(
    "backup_made",
    metadata,
    #: entries of the ledger in the copy
    sa.Column("ledger_size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("made_at", Instant, nullable=False),
)


def note(tx: Transaction, ledger_size: int) -> None:
    """A copy is whole, at the time of `tx`."""
    upsert_many(tx, backup_made, [{"ledger_size": ledger_size, "made_at": instant_text(tx.now)}], key=("ledger_size",))


def last(connection: sa.Connection) -> datetime | None:
    """When the newest copy was made; None where there is none."""
    found: datetime | None = connection.execute(sa.select(sa.func.max(backup_made.c.made_at))).scalar()
    return found
