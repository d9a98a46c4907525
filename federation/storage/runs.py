"""Harvest runs: where each stands, what it counted, how it ended; and the pages that it committed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.storage.columns import Instant, Json
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction
from harvester.brake import Moved
from harvester.checkpoint import Checkpoint
from harvester.cost import Cost
from harvester.renames import Renaming

#: `held`: read to its end, and a person has to say what becomes of it; `settling`: they did, and it is being done
State = Literal["running", "postponed", "held", "settling", "ended"]
#: states in which no other run of the feed begins, and this one does not go on
HELD: tuple[State, ...] = ("held", "settling")


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has met so far."""

    pages: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    quarantined: int = 0
    #: records that came broken and were mended, or read as far as they could be
    repaired: int = 0
    #: what was live before the run, and what of it the runs of the last day deleted and changed
    before: Moved = Moved()
    #: records that were live and are deleted by the run
    withdrawn: int = 0
    #: live records that a list of everything did not name, deletions inferred from that, and such as are given yet
    absent: int = 0
    inferred: int = 0
    unlisted: int = 0
    #: descriptions that its changed records no longer give, those of its changed records that are refused besides, and
    #: how many it would open
    units_lost: int = 0
    refused_more: int = 0
    opened: int = 0
    #: from when on a list that does not name it either makes the first of the absent count as deleted; None = none does
    absent_until: datetime | None = None
    #: what of its new records is held already under other names
    renaming: Renaming = Renaming()

    @property
    def moved(self) -> Moved:
        """What the brake judges: the run, and what the runs of the last day did before it."""
        return self.before.and_more(
            deleted=self.withdrawn,
            changed=self.changed,
            units_lost=self.units_lost,
            refused_more=self.refused_more,
        )


run = sa.Table(
    "run",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("feed", sa.Text, sa.ForeignKey("feed.key"), nullable=False),
    #: 1, 2, 3 … within the feed
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    #: complete, incomplete or blocked; empty while the run goes on
    sa.Column("verdict", sa.Text, nullable=False),
    #: evidence of a complete run, reason of any other
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("missing", sa.Integer, nullable=False),
    sa.Column("counts", Json(Counts), nullable=False),
    sa.Column("cost", Json(Cost), nullable=False),
    sa.Column("checkpoint", Json(Checkpoint), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant, nullable=True),
    sa.UniqueConstraint("feed", "number"),
)

page = sa.Table(
    "page",
    metadata,
    sa.Column("run", sa.Integer, sa.ForeignKey("run.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.Integer, nullable=False),
    sa.Column("token_in", sa.Text, nullable=True),
    sa.Column("token_out", sa.Text, nullable=True),
    sa.Column("records", sa.Integer, nullable=False),
    sa.Column("fetched_at", Instant, nullable=False),
)


class StoredRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run, decoded."""

    id: int
    feed: str
    number: int
    state: State
    verdict: str
    reason: str
    missing: int
    counts: Counts
    cost: Cost
    checkpoint: Checkpoint
    started_at: datetime
    ended_at: datetime | None

    @property
    def why(self) -> str:
        """Why it ended as it did, or what it waits for."""
        return self.checkpoint.put_off_reason if self.state == "postponed" else self.reason

    @property
    def missing_identifiers(self) -> tuple[str, ...]:
        """What its lists are known to lack and could not be fetched, by name."""
        return tuple(name for listing in self.checkpoint.lists for name in listing.missing)


def latest(connection: sa.Connection, feed: str) -> StoredRun | None:
    """The feed's newest run."""
    return next(iter(of_feed(connection, feed, limit=1)), None)


def of_feed(connection: sa.Connection, feed: str, *, limit: int = 20) -> list[StoredRun]:
    """A feed's runs, newest first."""
    query = sa.select(run).where(run.c.feed == feed).order_by(run.c.number.desc()).limit(limit)
    return [StoredRun(**row) for row in connection.execute(query).mappings()]


def numbers(connection: sa.Connection, ids: Collection[int]) -> dict[int, int]:
    """Run -> its number within its feed."""
    rows = connection.execute(sa.select(run.c.id, run.c.number).where(run.c.id.in_(ids)))
    return {row.id: row.number for row in rows}


def next_id(connection: sa.Connection) -> int:
    """The number of the next run of the exchange."""
    return (connection.execute(sa.select(sa.func.max(run.c.id))).scalar() or 0) + 1


def start(tx: Transaction, started: StoredRun) -> None:
    """Writes a run that begins."""
    values = {name: getattr(started, name) for name in StoredRun.__struct_fields__}
    tx.connection.execute(run.insert().values(**values))


def is_first(connection: sa.Connection, run_id: int) -> bool:
    """Whether it is the first run of its feed."""
    return bool(connection.execute(sa.select(run.c.number).where(run.c.id == run_id)).scalar_one() == 1)


def last_complete(connection: sa.Connection) -> datetime | None:
    """When a run of any feed ended last with everything in; None where none did."""
    query = sa.select(sa.func.max(run.c.ended_at)).where(run.c.state == "ended", run.c.verdict == "complete")
    return connection.execute(query).scalar()


def verdicts(connection: sa.Connection) -> dict[str, int]:
    """Verdict -> how many runs ended so."""
    query = sa.select(run.c.verdict, sa.func.count()).where(run.c.state == "ended").group_by(run.c.verdict)
    return {row[0]: row[1] for row in connection.execute(query)}


def feeds_by_verdict(connection: sa.Connection, *, never: str) -> dict[str, int]:
    """Verdict of a feed's last ended run, or `never`, -> how many feeds."""
    last = sa.select(run.c.feed, sa.func.max(run.c.number).label("number")).where(run.c.state == "ended")
    ended = last.group_by(run.c.feed).subquery()
    mine = run.join(ended, (run.c.feed == ended.c.feed) & (run.c.number == ended.c.number))
    query = sa.select(run.c.verdict, sa.func.count()).select_from(mine).group_by(run.c.verdict)
    found = {row[0]: row[1] for row in connection.execute(query)}
    all_feeds = connection.execute(sa.select(sa.func.count()).select_from(metadata.tables["feed"])).scalar_one()
    return found | {never: all_feeds - sum(found.values())}


def last_complete_of_feeds(connection: sa.Connection) -> dict[str, datetime]:
    """Feed -> when a run of it ended last with everything in; feeds without one are absent."""
    query = sa.select(run.c.feed, sa.func.max(run.c.ended_at))
    complete = query.where(run.c.state == "ended", run.c.verdict == "complete").group_by(run.c.feed)
    return {row[0]: row[1] for row in connection.execute(complete)}


def keep(tx: Transaction, run_id: int, checkpoint: Checkpoint, state: State, counts: Counts) -> None:
    """Writes where a run stands."""
    changed = run.update().where(run.c.id == run_id)
    tx.connection.execute(changed.values(checkpoint=checkpoint, state=state, counts=counts))


def count(tx: Transaction, run_id: int, counts: Counts) -> None:
    """Writes what a run has met; it stands where it stood."""
    tx.connection.execute(run.update().where(run.c.id == run_id).values(counts=counts))


def spend(tx: Transaction, run_id: int, more: Cost) -> None:
    """Adds to what a run has cost."""
    if more == Cost():
        return
    known = tx.connection.execute(sa.select(run.c.cost).where(run.c.id == run_id)).scalar_one()
    tx.connection.execute(run.update().where(run.c.id == run_id).values(cost=known.plus(more)))


def end(tx: Transaction, run_id: int, verdict: str, reason: str, missing: int, *, state: State = "ended") -> None:
    """Writes a run's verdict; with the state `held` the one that it has once a person releases it."""
    ended = run.update().where(run.c.id == run_id)
    tx.connection.execute(ended.values(state=state, verdict=verdict, reason=reason, missing=missing, ended_at=tx.now))


def settled(tx: Transaction, run_id: int) -> None:
    """A run that was held is over."""
    tx.connection.execute(run.update().where(run.c.id == run_id).values(state="ended"))
