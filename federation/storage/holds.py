"""Runs that the brake holds: why, what they would do, and what a person decided (harvesting, 5).

A hold begins with the page that crosses a limit and ends when every record of it went on or was dropped. Until then no
other run of the feed begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.ledger.entry import Act
from federation.storage import ledger, runs
from federation.storage.columns import Instant, Json
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction
from harvester.brake import Cause, Moved

Decision = Literal["", "released", "released_without_deletions", "renamed", "discarded"]

hold = sa.Table(
    "hold",
    metadata,
    sa.Column("run", sa.Integer, sa.ForeignKey("run.id"), primary_key=True, autoincrement=False),
    sa.Column("feed", sa.Text, nullable=False),
    #: which limits were crossed
    sa.Column("causes", Json(tuple[Cause, ...]), nullable=False),
    #: number of the first page whose records are held
    sa.Column("page", sa.Integer, nullable=False),
    #: what the run does altogether, what came before the hold included
    sa.Column("moved", Json(Moved), nullable=False),
    sa.Column("begun_at", Instant, nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("decided_at", Instant, nullable=True),
)


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A hold, decoded."""

    run: int
    feed: str
    causes: tuple[Cause, ...]
    page: int
    moved: Moved
    begun_at: datetime
    decision: Decision = ""
    decided_at: datetime | None = None


def of_run(connection: sa.Connection, run: int) -> Hold | None:
    """The hold of a run; None where the brake left it alone."""
    return next(iter(_read(connection, hold.c.run == run)), None)


def held_feed(connection: sa.Connection, feed: str) -> Hold | None:
    """The hold for which no run of the feed begins."""
    return next(iter(_read(connection, (hold.c.feed == feed) & hold.c.run.in_(_waiting()))), None)


def settling(connection: sa.Connection) -> Hold | None:
    """The first hold over which a person decided and that is not settled yet."""
    decided = sa.select(runs.run.c.id).where(runs.run.c.state == "settling")
    return next(iter(_read(connection, hold.c.run.in_(decided))), None)


def begin_or_go_on(tx: Transaction, begun: Hold, institution: str) -> None:
    """Writes that a run is held from a page on, or what it does by now."""
    known = of_run(tx.connection, begun.run)
    if known is None:
        values = {name: getattr(begun, name) for name in Hold.__struct_fields__}
        tx.connection.execute(hold.insert().values(**values))
        ledger.append_row(tx, "run.held", hold.name, begun.run, institution=institution)
        return
    causes = tuple(dict.fromkeys((*known.causes, *begun.causes)))
    tx.connection.execute(hold.update().where(hold.c.run == begun.run).values(moved=begun.moved, causes=causes))


def decide(tx: Transaction, run: int, decision: Decision, institution: str) -> None:
    """Writes a person's decision; raises RequestRefused where the run is not held, or was decided over."""
    known = of_run(tx.connection, run)
    if known is None or run not in _held_runs(tx.connection):
        raise RequestRefused("not_held", f"run {run} is not held")
    tx.connection.execute(hold.update().where(hold.c.run == run).values(decision=decision, decided_at=tx.now))
    tx.connection.execute(runs.run.update().where(runs.run.c.id == run).values(state="settling"))
    act: Act = "run.discarded" if decision == "discarded" else "run.released"
    ledger.append_row(tx, act, hold.name, run, institution=institution)


def _held_runs(connection: sa.Connection) -> Sequence[int]:
    return connection.execute(sa.select(runs.run.c.id).where(runs.run.c.state == "held")).scalars().all()


def _waiting() -> sa.Select[tuple[int]]:
    return sa.select(runs.run.c.id).where(runs.run.c.state.in_(runs.HELD))


def _read(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Hold]:
    columns = [hold.c[name] for name in Hold.__struct_fields__]
    rows = connection.execute(sa.select(*columns).where(where).order_by(hold.c.run)).mappings()
    return [Hold(**row) for row in rows]
