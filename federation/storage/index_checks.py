"""When the search index was last held against the store, and whether it differed: told by the jobs that did it."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from federation.storage.jobs import job

#: kind of such a job; what differed stands where another job's error would
CHECK = "index.check"
EVERY = timedelta(days=1)

_LIVE, _OVER = ("ready", "leased", "parked"), ("done", "cancelled")


def is_due(connection: sa.Connection, now: datetime) -> bool:
    """Whether the index was written a day ago or before, and nobody has checked it since; `now` by the database."""
    before = now - EVERY
    checks = sa.select(job.c.id).where(job.c.lane == "index", job.c.kind == CHECK)
    asked = checks.where(job.c.state.in_(_LIVE) | (job.c.state.in_(_OVER) & (job.c.run_at > before)))
    written = sa.select(job.c.id).where(job.c.state == "done", job.c.lane == "index", job.c.run_at <= before)
    return not _any(connection, asked) and _any(connection, written)


def _any(connection: sa.Connection, query: sa.Select[tuple[int]]) -> bool:
    return connection.execute(query.limit(1)).first() is not None


def differed(connection: sa.Connection) -> bool | None:
    """Whether the last check found a difference; None where none was made within the week."""
    query = sa.select(job.c.error).where(job.c.state == "done", job.c.lane == "index", job.c.kind == CHECK)
    found = connection.execute(query.order_by(job.c.run_at.desc()).limit(1)).first()
    return None if found is None else bool(found.error)
