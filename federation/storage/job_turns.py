"""Whose turn it is among due jobs: those of whom the fewest are in hand, so that nobody's many jobs hold up others.

Jobs with one turn key belong together, as the feeds of an institution do. Among jobs of one key the oldest is first; so
are they where nobody has a key.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def places(job: sa.Table, due: sa.ColumnElement[bool], lane: str) -> sa.Subquery:
    """`id` and `place` of the `due` jobs of a lane: how many of its turn key come before it or are in hand."""
    leased = (
        sa.select(job.c.turn_key, sa.func.count().label("number"))
        .where(job.c.state == "leased", job.c.lane == lane)
        .group_by(job.c.turn_key)
        .subquery()
    )
    nth: sa.ColumnElement[Any] = sa.func.row_number().over(
        partition_by=job.c.turn_key, order_by=(job.c.run_at, job.c.id)
    )
    in_hand = sa.func.coalesce(leased.c.number, 0)
    whole = job.outerjoin(leased, leased.c.turn_key == job.c.turn_key)
    return sa.select(job.c.id, (nth + in_hand).label("place")).select_from(whole).where(due).subquery()
