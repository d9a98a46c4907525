"""When what a stage reads changed first behind the place that it reached: since when that waits.

What a stage reads anew, as its cursor was set back, has waited since then, however old it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from federation.storage import cursors
from federation.storage.catalogue_records import catalogue_record
from federation.storage.linkage.tables import cluster_change
from federation.storage.raw_records import raw_record

#: None where nothing waits
Since = Callable[[sa.Connection], datetime | None]


def of_raw_records(stage: str) -> Since:
    """Since when the first raw record waits for the stage."""
    return _first(stage, raw_record.c.seq, raw_record.c.harvested)


def of_catalogue_records(stage: str) -> Since:
    """Since when the first catalogue record waits for the stage."""
    return _first(stage, catalogue_record.c.seq, catalogue_record.c.updated_at)


def of_clusters(stage: str) -> Since:
    """Since when the first change of a cluster waits for the stage."""
    return _first(stage, cluster_change.c.seq, cluster_change.c.at)


def _first(stage: str, seq: sa.Column[int], at: sa.Column[datetime]) -> Since:
    def since(connection: sa.Connection) -> datetime | None:
        query = sa.select(at).where(seq > cursors.get(connection, stage)).order_by(seq).limit(1)
        changed = connection.execute(query).scalar()
        if changed is None:
            return None
        return max(changed, cursors.set_back_at(connection, stage) or changed)

    return since
