"""`seq`, the order of commits: one row, moved under the one lock that orders them."""

from __future__ import annotations

import sqlalchemy as sa

from federation.storage.metadata import metadata

sequence = sa.Table(
    "sequence",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

NAME = "seq"
#: key of the advisory lock that orders commits on PostgreSQL
LOCK_KEY = 1


def last_seq(connection: sa.Connection) -> int:
    """The `seq` of the newest committed change; 0 before the first."""
    return connection.execute(sa.select(sequence.c.value).where(sequence.c.name == NAME)).scalar() or 0


def lock(connection: sa.Connection) -> None:
    """Holds the order of commits until this transaction ends; SQLite has it since BEGIN IMMEDIATE."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_KEY})")


def keep(connection: sa.Connection, value: int) -> None:
    """Writes the last number given out."""
    moved = connection.execute(sequence.update().where(sequence.c.name == NAME).values(value=value))
    if moved.rowcount == 0:
        connection.execute(sequence.insert().values(name=NAME, value=value))
