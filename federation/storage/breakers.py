"""Repositories that answer nothing: how often in a row, and until when no feed at their address asks again.

A repository may have many feeds, each of a set of it. Once one of them has asked in vain as often as is tried, the
others leave it alone as well: it is tried after 5 minutes, then after twice as long each time, up to 6 hours
(harvesting, 4).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from federation.storage.bulk import Row, upsert_many
from federation.storage.columns import Instant, instant_text
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction
from harvester.retry import trial
from harvester.settings import Limits

breaker = sa.Table(
    "breaker",
    metadata,
    sa.Column("base_url", sa.Text, primary_key=True),
    #: times in a row that it was asked in vain
    sa.Column("failures", sa.Integer, nullable=False),
    #: nobody asks before
    sa.Column("until", Instant, nullable=False),
)


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A repository that answers nothing."""

    failures: int
    until: datetime


def of(connection: sa.Connection, base_url: str) -> Open | None:
    """What is known of the repository at an address; None where it answers."""
    query = sa.select(breaker.c.failures, breaker.c.until).where(breaker.c.base_url == base_url)
    row = connection.execute(query).mappings().first()
    return Open(**row) if row is not None else None


def closed_until(connection: sa.Connection, base_url: str, now: datetime) -> datetime | None:
    """Until when the repository is not asked; None where it may be."""
    found = of(connection, base_url)
    return found.until if found is not None and found.until > now else None


def failed(tx: Transaction, base_url: str, until: datetime | None = None) -> None:
    """The repository was asked in vain once more; `until`: when whoever asked asks again."""
    known = of(tx.connection, base_url)
    failures = known.failures if known is not None else 0
    later = until or tx.now + timedelta(seconds=trial(failures, Limits()).seconds)
    row: Row = {"base_url": base_url, "failures": failures + 1, "until": instant_text(later)}
    upsert_many(tx, breaker, [row], key=("base_url",))


def answered(tx: Transaction, base_url: str) -> None:
    """The repository answers, or somebody wants it asked at once."""
    tx.connection.execute(breaker.delete().where(breaker.c.base_url == base_url))
