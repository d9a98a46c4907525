"""How far each stage has read its upstream; moved in the commit of the stage's own output."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from federation.storage.bulk import Value, upsert_many
from federation.storage.columns import Instant, instant_text
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

stage_cursor = sa.Table(
    "stage_cursor",
    metadata,
    sa.Column("stage", sa.Text, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    #: when it was last set to less than it had reached: what is read again has waited since then
    sa.Column("set_back_at", Instant, nullable=True, server_default=sa.text("NULL")),
)


#: part of a stage's row that holds no place: the number of what it writes with
_WRITES_WITH = -1


def get(connection: sa.Connection, stage: str, part: int = 0) -> int:
    """The last `seq` that `stage` has taken in; 0 before the first."""
    where = (stage_cursor.c.stage == stage) & (stage_cursor.c.part == part)
    return connection.execute(sa.select(stage_cursor.c.seq).where(where)).scalar() or 0


def set_back_at(connection: sa.Connection, stage: str) -> datetime | None:
    """When `stage` was last sent back to read anew what it had taken in; None where it never was."""
    where = (stage_cursor.c.stage == stage) & (stage_cursor.c.part == 0)
    return connection.execute(sa.select(stage_cursor.c.set_back_at).where(where)).scalar()


def advance(tx: Transaction, stage: str, seq: int, part: int = 0) -> None:
    """`stage` has taken in everything up to `seq`; what it had taken in beyond that waits again from now on."""
    row: dict[str, Value] = {"stage": stage, "part": part, "seq": seq}
    if seq < get(tx.connection, stage, part):
        row["set_back_at"] = instant_text(tx.now)
    upsert_many(tx, stage_cursor, [row], key=("stage", "part"))


def writes_with(connection: sa.Connection, stage: str) -> int:
    """The number of what `stage` last wrote with, as `set_writes_with` was told it; 0 where nobody told."""
    return get(connection, stage, _WRITES_WITH)


def set_writes_with(tx: Transaction, stage: str, number: int) -> None:
    """From now on `stage` writes with what has this number."""
    upsert_many(tx, stage_cursor, [{"stage": stage, "part": _WRITES_WITH, "seq": number}], key=("stage", "part"))
