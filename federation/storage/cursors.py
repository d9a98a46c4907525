"""How far each stage has read its upstream; moved in the commit of the stage's own output."""

from __future__ import annotations

import sqlalchemy as sa

from federation.storage.bulk import Writing, upsert_many
from federation.storage.metadata import metadata

stage_cursor = sa.Table(
    "stage_cursor",
    metadata,
    sa.Column("stage", sa.Text, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)


def get(connection: sa.Connection, stage: str, part: int = 0) -> int:
    """The last `seq` that `stage` has taken in; 0 before the first."""
    where = (stage_cursor.c.stage == stage) & (stage_cursor.c.part == part)
    return connection.execute(sa.select(stage_cursor.c.seq).where(where)).scalar() or 0


def advance(tx: Writing, stage: str, seq: int, part: int = 0) -> None:
    """`stage` has taken in everything up to `seq`."""
    upsert_many(tx, stage_cursor, [{"stage": stage, "part": part, "seq": seq}], key=("stage", "part"))
