"""Whether exported items are behind what the store holds, asked in one statement before every page of a list."""

from __future__ import annotations

import sqlalchemy as sa

from federation.storage.catalogue_records import catalogue_record
from federation.storage.cursors import stage_cursor
from federation.storage.linkage.tables import LIVE, cluster_change, link_state


def _reached(stage: str) -> sa.ColumnElement[int]:
    cursor = stage_cursor.c
    found = sa.select(cursor.seq).where(cursor.stage == stage, cursor.part == 0).scalar_subquery()
    return sa.func.coalesce(found, 0)


_WAITS = sa.select(
    sa.or_(
        sa.exists().where(catalogue_record.c.seq > _reached("key")),
        sa.exists().where(link_state.c.slot == LIVE, link_state.c.seq > _reached("link")),
        sa.exists().where(cluster_change.c.seq > _reached("export")),
    )
)


def is_behind(connection: sa.Connection) -> bool:
    """Whether a record changed, or is joined otherwise, that the export stage has not come by since."""
    return bool(connection.execute(_WAITS).scalar_one())
