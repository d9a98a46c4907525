"""Jobs: the one table that says what work there is, who has it in hand, and how it went (design, reliability 1).

A job is ready, leased, parked, done or cancelled. Its dedupe key is unique among ready jobs, so a change that arrives
while its job runs is not swallowed; its group key is unique among leased ones. Whoever took a job names it with its
fence: once it was given to somebody else nothing of the former attempt is kept. What a job does stands elsewhere.
Every time here is by the database's clock, so that machines whose clocks differ take nothing from one another.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from federation.errors import LeaseLost, RequestRefused
from federation.ledger.entry import Act, Entry
from federation.storage import ledger
from federation.storage.columns import Instant, Json
from federation.storage.job_turns import places
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

Lane = Literal["interactive", "harvest", "process", "index", "housekeeping"]
State = Literal["ready", "leased", "parked", "done", "cancelled"]

LEASE = timedelta(seconds=120)
#: how long finished jobs are kept
KEPT = timedelta(days=7)
MOST_ATTEMPTS = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)
#: of the arguments, in bytes; payload does not travel in a job
MOST_ARGUMENTS = 4096
MOST_ERROR = 500
#: finished jobs dropped at a time
MOST_DROPPED = 1000

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")

job = sa.Table(
    "job",
    metadata,
    sa.Column("id", _BIG, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("arguments", Json(dict[str, str | int]), nullable=False),
    sa.Column("dedupe_key", sa.Text, nullable=False),
    sa.Column("group_key", sa.Text, nullable=False),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("run_at", Instant, nullable=False),
    sa.Column("lease_until", Instant, nullable=True),
    #: host, process and moment of start of whoever has it
    sa.Column("owner", sa.Text, nullable=False),
    #: counts how often it was given out
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    #: it may have ended a process: it shares none with other work
    sa.Column("solo", sa.Boolean, nullable=False),
    #: when a wake-up for it was last sent
    sa.Column("sent_at", Instant, nullable=True),
    #: job or ledger entry that led to it
    sa.Column("cause", sa.Text, nullable=False),
    #: code and text of what went wrong last, or what a check found
    sa.Column("error", sa.Text, nullable=False),
    #: jobs of one key take turns with those of others; empty where nobody does
    sa.Column("turn_key", sa.Text, nullable=False, server_default=""),
    sa.Index(
        "job_one_ready",
        "dedupe_key",
        unique=True,
        sqlite_where=sa.text("state = 'ready'"),
        postgresql_where=sa.text("state = 'ready'"),
    ),
    sa.Index(
        "job_one_leased",
        "group_key",
        unique=True,
        sqlite_where=sa.text("state = 'leased'"),
        postgresql_where=sa.text("state = 'leased'"),
    ),
    sa.Index("job_due", "state", "lane", "run_at"),
)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A row, decoded."""

    id: int
    kind: str
    arguments: dict[str, str | int]
    dedupe_key: str
    group_key: str
    lane: Lane
    state: State
    run_at: datetime
    lease_until: datetime | None
    owner: str
    fence: int
    attempt: int
    solo: bool
    cause: str
    error: str


_COLUMNS = [job.c[name] for name in Job.__struct_fields__]

#: made once, as it ends every step
_FINISHED = (
    job.update()
    .where(job.c.id == sa.bindparam("of"), job.c.fence == sa.bindparam("with"), job.c.state == "leased")
    .values(state="done", lease_until=None, run_at=sa.bindparam("at", type_=Instant), attempt=0, solo=False)
)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A job that is asked for."""

    kind: str
    lane: Lane
    #: of two ready jobs with one key there is one
    dedupe_key: str
    #: of two jobs with one key one is in hand
    group_key: str
    arguments: Mapping[str, str | int] = {}
    #: by the database's clock; None = now
    run_at: datetime | None = None
    cause: str = ""
    #: whose it is, where those of many take turns
    turn_key: str = ""


def enqueue(tx: Transaction, wanted: Wanted) -> None:
    """Asks for a job, in the transaction that makes it necessary; beside a ready twin the earlier time is kept.

    raises  ValueError where the arguments exceed 4 KiB
    """
    if len(msgspec.json.encode(wanted.arguments)) > MOST_ARGUMENTS:
        raise ValueError(f"arguments of a job have at most {MOST_ARGUMENTS} bytes")
    values = {
        "kind": wanted.kind,
        "arguments": dict(wanted.arguments),
        "dedupe_key": wanted.dedupe_key,
        "group_key": wanted.group_key,
        "lane": wanted.lane,
        "state": "ready",
        "run_at": wanted.run_at or tx.database_now,
        "owner": "",
        "fence": 0,
        "attempt": 0,
        "solo": False,
        "cause": wanted.cause,
        "error": "",
        "turn_key": wanted.turn_key,
    }
    build = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    statement = build(job).values(values)
    earlier = sa.case((statement.excluded.run_at < job.c.run_at, statement.excluded.run_at), else_=job.c.run_at)
    ready = sa.text("state = 'ready'")
    tx.connection.execute(
        statement.on_conflict_do_update(index_elements=["dedupe_key"], index_where=ready, set_={"run_at": earlier})
    )


def claim(tx: Transaction, lane: Lane, owner: str, limit: int) -> list[Job]:
    """Takes up to `limit` due jobs of a lane whose groups are free, in turns; the caller's until the lease runs out."""
    busy = sa.select(job.c.group_key).where(job.c.state == "leased")
    is_due = (job.c.state == "ready") & (job.c.lane == lane) & (job.c.run_at <= tx.database_now)
    turns = places(job, is_due & job.c.group_key.not_in(busy), lane)
    query = (
        sa.select(job.c.id, job.c.group_key)
        .join(turns, turns.c.id == job.c.id)
        .where(job.c.state == "ready")
        .order_by(turns.c.place, job.c.run_at, job.c.id)
        .limit(max(limit * 4, 20))
        .with_for_update(skip_locked=True, of=job)
    )
    taken: dict[str, int] = {}
    for number, group in tx.connection.execute(query):
        if len(taken) < limit:
            taken.setdefault(group, number)
    return _leased(tx, list(taken.values()), owner)


def _leased(tx: Transaction, numbers: list[int], owner: str) -> list[Job]:
    """Leases ready jobs in one statement, without those of whose group somebody else has just taken one."""
    if not numbers or tx.connection.dialect.name != "postgresql":
        return _lease(tx, numbers, owner)
    try:
        with tx.connection.begin_nested():
            return _lease(tx, numbers, owner)
    except IntegrityError:
        alone = ([number] for number in numbers if len(numbers) > 1)
        return [job for number in alone for job in _leased(tx, number, owner)]


def _lease(tx: Transaction, numbers: list[int], owner: str) -> list[Job]:
    leased = (
        job.update()
        .where(job.c.id.in_(numbers), job.c.state == "ready")
        .values(
            state="leased",
            owner=owner,
            fence=job.c.fence + 1,
            attempt=job.c.attempt + 1,
            lease_until=tx.database_now + LEASE,
            error="",
        )
    )
    found = {row["id"]: Job(**row) for row in tx.connection.execute(leased.returning(*_COLUMNS)).mappings()}
    return [found[number] for number in numbers if number in found]


def check(tx: Transaction, held: Job) -> None:
    """Holds the job until this transaction ends; raises LeaseLost where it was given to somebody else."""
    query = sa.select(job.c.id).where(*_held(held)).with_for_update()
    if tx.connection.execute(query).first() is None:
        raise LeaseLost(held.id, held.fence)


def heartbeat(tx: Transaction, held: Collection[Job]) -> frozenset[int]:
    """Prolongs leases; gives the numbers of the jobs that are still held."""
    kept = [each.id for each in held if _change(tx, each, lease_until=tx.database_now + LEASE)]
    return frozenset(kept)


def finish(tx: Transaction, held: Job, told: str = "") -> None:
    """The job is done, and found what is `told`; raises LeaseLost where it was given to somebody else."""
    if told:
        _change(tx, held, error=told[:MOST_ERROR])
    done = tx.connection.execute(_FINISHED, {"of": held.id, "with": held.fence, "at": tx.database_now})
    if done.rowcount != 1:
        raise LeaseLost(held.id, held.fence)


def refuse(tx: Transaction, held: Job, error: str) -> None:
    """The job cannot be done, however often it is tried: it ends unworked; raises LeaseLost as `finish`."""
    changes = {"state": "cancelled", "lease_until": None, "run_at": tx.database_now, "error": error[:MOST_ERROR]}
    if not _change(tx, held, **changes):
        raise LeaseLost(held.id, held.fence)


def postpone(tx: Transaction, held: Job, until: datetime, *, solo: bool = False) -> None:
    """Gives the job back for later, which counts as no failure; beside a ready twin it ends.

    until   by the database's clock
    """
    _back(tx, held, until, attempt=0, solo=solo, error="")


def fail(tx: Transaction, held: Job, error: str, chance: random.Random) -> None:
    """Gives the job back after a failure, each time for longer; the fifth time it is parked."""
    text = error[:MOST_ERROR]
    if held.attempt >= MOST_ATTEMPTS:
        if not _change(tx, held, state="parked", lease_until=None, run_at=tx.database_now, error=text):
            raise LeaseLost(held.id, held.fence)
        return
    _back(tx, held, tx.database_now + wait(held.attempt, chance), attempt=held.attempt, solo=held.solo, error=text)


def wait(attempt: int, chance: random.Random) -> timedelta:
    """How long a job rests after its `attempt`-th failure: 50 to 100 % of 15 s, 1 min, 4 min, 16 min, at most 1 h."""
    full: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 4 ** (attempt - 1))
    return full * chance.uniform(0.5, 1.0)


def release(tx: Transaction, held: Job) -> None:
    """Gives back a job that was not worked to its end, as if it had not been taken; one that is lost is left."""
    twin = _has_ready_twin(tx, held)
    _change(tx, held, **_ready_or_done(tx.database_now, twin), attempt=max(held.attempt - 1, 0))


def release_all(tx: Transaction, owner: str | None = None) -> int:
    """Gives back every job in hand, or every one of `owner`: whoever had them works them no more."""
    where = job.c.state == "leased"
    held = _read(tx.connection, where if owner is None else where & (job.c.owner == owner))
    for each in held:
        release(tx, each)
    return len(held)


def sweep(tx: Transaction, chance: random.Random) -> int:
    """Gives back jobs whose lease has run out, to be worked alone; drops what was finished a week ago."""
    lost = _read(tx.connection, (job.c.state == "leased") & (job.c.lease_until < tx.database_now))
    for each in lost:
        fail(tx, msgspec.structs.replace(each, solo=True), "lease_run_out", chance)
    ended = job.c.state.in_(("done", "cancelled")) & (job.c.run_at < tx.database_now - KEPT)
    old = sa.select(job.c.id).where(ended).limit(MOST_DROPPED)
    tx.connection.execute(job.delete().where(job.c.id.in_(old)))
    return len(lost)


def retry(tx: Transaction, number: int) -> None:
    """Has a parked or waiting job run now; a person's act. Raises RequestRefused where it is neither."""
    found = _waiting(tx, number)
    twin = _has_ready_twin(tx, found)
    changes = job.update().where(job.c.id == number)
    tx.connection.execute(changes.values(**_ready_or_done(tx.database_now, twin), attempt=0))
    _record(tx, "job.retried", found)


def cancel(tx: Transaction, number: int) -> None:
    """Ends a parked or waiting job unworked; a person's act. Raises RequestRefused where it is neither."""
    found = _waiting(tx, number)
    tx.connection.execute(job.update().where(job.c.id == number).values(state="cancelled", run_at=tx.database_now))
    _record(tx, "job.cancelled", found)


def _waiting(tx: Transaction, number: int) -> Job:
    found = get(tx.connection, number)
    if found is None:
        raise RequestRefused("no_such_job", f"there is no job {number}")
    if found.state not in ("ready", "parked"):
        raise RequestRefused("job_not_waiting", f"expected job {number} to be ready or parked, it is {found.state}")
    return found


def _record(tx: Transaction, act: Act, found: Job) -> None:
    ledger.append(tx, [Entry(act=act, object=f"job:{found.id}", actor=tx.actor)])


def _held(held: Job) -> tuple[sa.ColumnElement[bool], ...]:
    return (job.c.id == held.id, job.c.fence == held.fence, job.c.state == "leased")


def _change(tx: Transaction, held: Job, **values: object) -> bool:
    """Changes a job that is still held with its fence; False where it is not."""
    return tx.connection.execute(job.update().where(*_held(held)).values(**values)).rowcount == 1


def _back(tx: Transaction, held: Job, at: datetime, *, attempt: int, solo: bool, error: str) -> None:
    twin = _has_ready_twin(tx, held)
    if not _change(tx, held, **_ready_or_done(at, twin), attempt=attempt, solo=solo, error=error):
        raise LeaseLost(held.id, held.fence)


def _has_ready_twin(tx: Transaction, held: Job) -> bool:
    query = sa.select(job.c.id).where(job.c.dedupe_key == held.dedupe_key, job.c.state == "ready", job.c.id != held.id)
    return tx.connection.execute(query.with_for_update()).first() is not None


def _ready_or_done(at: datetime, twin: bool) -> dict[str, object]:
    return {"state": "done" if twin else "ready", "run_at": at, "lease_until": None}


def get(connection: sa.Connection, number: int) -> Job | None:
    """A job by its number."""
    return next(iter(_read(connection, job.c.id == number)), None)


def ready(connection: sa.Connection, dedupe_key: str) -> Job:
    """The ready job of a dedupe key, of which there is one."""
    return _read(connection, (job.c.dedupe_key == dedupe_key) & (job.c.state == "ready"))[0]


def is_due(connection: sa.Connection, now: datetime) -> bool:
    """Whether a ready job is due, or a lease has run out; `now` by the database's clock."""
    due = (job.c.state == "ready") & (job.c.run_at <= now)
    lost = (job.c.state == "leased") & (job.c.lease_until < now)
    return connection.execute(sa.select(job.c.id).where(due | lost).limit(1)).first() is not None


def live(connection: sa.Connection) -> list[Job]:
    """Jobs that are not over, oldest first."""
    return _read(connection, job.c.state.in_(("ready", "leased", "parked")))


def listed(
    connection: sa.Connection, *, lane: Lane | None = None, state: State | None = None, limit: int = 100
) -> list[Job]:
    """Jobs of a lane, in a state, or any; newest first."""
    where: sa.ColumnElement[bool] = sa.true()
    if lane is not None:
        where &= job.c.lane == lane
    if state is not None:
        where &= job.c.state == state
    return _read(connection, where, newest=limit)


def counts(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """(lane, state) -> how many jobs."""
    query = sa.select(job.c.lane, job.c.state, sa.func.count()).group_by(job.c.lane, job.c.state)
    return {(lane, state): number for lane, state, number in connection.execute(query)}


def oldest_due(connection: sa.Connection, now: datetime) -> dict[str, datetime]:
    """Lane -> since when its oldest due job waits; `now` by the database's clock."""
    query = sa.select(job.c.lane, sa.func.min(job.c.run_at)).where(job.c.state == "ready", job.c.run_at <= now)
    return {row[0]: row[1] for row in connection.execute(query.group_by(job.c.lane))}


def _read(connection: sa.Connection, where: sa.ColumnElement[bool], newest: int = 0) -> list[Job]:
    query = sa.select(*_COLUMNS).where(where).order_by(job.c.id.desc() if newest else job.c.id)
    return [Job(**row) for row in connection.execute(query.limit(newest or None)).mappings()]
