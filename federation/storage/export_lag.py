"""Whether a list of items is behind what the store holds, asked in one statement before every page of it."""

from __future__ import annotations

import sqlalchemy as sa

from federation.storage.catalogue_records import catalogue_record
from federation.storage.cursors import stage_cursor
from federation.storage.hosted import hosted_pending
from federation.storage.linkage.tables import LIVE, cluster_change, link_state


def _reached(stage: str, part: int = 0) -> sa.ColumnElement[int]:
    cursor = stage_cursor.c
    found = sa.select(cursor.seq).where(cursor.stage == stage, cursor.part == part).scalar_subquery()
    return sa.func.coalesce(found, 0)


def _a_record_after(stage: str, part: int = 0) -> sa.ColumnElement[bool]:
    return sa.exists().where(catalogue_record.c.seq > _reached(stage, part))


def _a_merged_one_after(stage: str) -> sa.ColumnElement[bool]:
    """Whether a record changed, or is joined otherwise, that a stage which follows clusters has not come by since."""
    return sa.or_(
        _a_record_after("key"),
        sa.exists().where(link_state.c.slot == LIVE, link_state.c.seq > _reached("link")),
        sa.exists().where(cluster_change.c.seq > _reached(stage)),
    )


_MERGED = sa.select(_a_merged_one_after("export"))
_ALONE = sa.select(_a_record_after("records"))
_ENRICHED = sa.select(sa.or_(_a_merged_one_after("enrich"), _a_record_after("enrich", 1)))
_HOSTED = sa.select(sa.exists().where(hosted_pending.c.rid.is_not(None)))


def is_behind(connection: sa.Connection) -> bool:
    """Whether a record changed, or is joined otherwise, that the export stage has not come by since."""
    return bool(connection.execute(_MERGED).scalar_one())


def records_behind(connection: sa.Connection) -> bool:
    """Whether a record changed that the stage which gives on each alone has not come by since."""
    return bool(connection.execute(_ALONE).scalar_one())


def enriched_behind(connection: sa.Connection) -> bool:
    """Whether a record changed, or is joined otherwise, that the stage which enriches has not come by since."""
    return bool(connection.execute(_ENRICHED).scalar_one())


def hosted_behind(connection: sa.Connection) -> bool:
    """Whether a record of a file changed that the stage which gives files back has not come by since."""
    return bool(connection.execute(_HOSTED).scalar_one())
