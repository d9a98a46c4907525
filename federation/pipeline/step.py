"""The only code that runs work: a claimed job's effect, cursor, ledger entry, next jobs and end are one commit.

Which jobs there are for stages and feeds, and which of them are missing, is known here; who claims them, and where they
run, is the runner's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from yarl import URL

from federation.errors import LeaseLost
from federation.pipeline import index_acts, upload_run, uploads
from federation.pipeline.progress import Progress
from federation.pipeline.stages import STAGES, Batch, Surroundings
from federation.storage import feeds, jobs, set_aside
from federation.storage.clashes import repeats_clashes
from federation.storage.feeds import StoredFeed
from federation.storage.jobs import Job, Wanted
from federation.storage.opened import store_of
from federation.storage.outages import is_outage
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction
from index.errors import BackendUnavailable, GenerationRefused, GenerationUnsound, NoGeneration

log = logging.getLogger(__name__)

#: kind of a job that goes on with one feed's run; a stage's jobs have the stage's name
HARVEST = "harvest.slice"
#: how long a job waits where the database or the disk does not serve it
OUTAGE_SECONDS = 30.0
#: the stage that takes up what a harvest brings, and how long pages gather for it: each batch of a stage is a commit,
#: which those of all harvests wait for
MAP, GATHER_SECONDS = "map", 2.0
#: argument of such a job: the feed's key
FEED = "feed"


class Worked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The step is done and committed."""

    progress: Progress


class Lost(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The job was given to somebody else meanwhile: nothing of the step was kept."""


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The step raised; nothing of it was kept."""

    error: str


class Broken(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The step failed over what it was about, not for an outside circumstance; nothing of it was kept."""

    error: str


Outcome = Worked | Lost | Failed | Broken

#: what no record is to blame for: the database, the disk, the network, an index that does not prove right
_CIRCUMSTANCES = (
    OperationalError,
    InterfaceError,
    InternalError,
    ProgrammingError,
    PoolTimeout,
    OSError,
    GenerationUnsound,
)


class Closing:
    """Ends a stage's job in the commit of its batch."""

    def __init__(self, held: Job) -> None:
        self._held = held
        self.closed = False

    def __call__(self, tx: Transaction, progress: Progress) -> None:
        """Asks for what follows, and ends the job; raises LeaseLost where it was given to somebody else."""
        stage = STAGES[self._held.kind]
        follows = ((stage.name,) if progress.behind else ()) + (stage.wakes if progress.done else ())
        arm(tx, *follows, cause=f"job:{self._held.id}")
        jobs.finish(tx, self._held)
        self.closed = True


class HarvestStep:
    """What a feed's slice commits besides: its lease, checked, and the mapping of what it brought."""

    def __init__(self, held: Job) -> None:
        self._held = held

    def kept(self, tx: Transaction) -> None:
        """A page: it is to be mapped, with those that come soon after it.

        Raises LeaseLost where the job was given to somebody else.
        """
        arm(tx, MAP, cause=f"job:{self._held.id}", run_at=tx.database_now + timedelta(seconds=GATHER_SECONDS))
        jobs.check(tx, self._held)

    def closed(self, tx: Transaction) -> None:
        """The run ended or waits: no more pages come soon. The feed says when it is due again."""
        arm(tx, MAP, cause=f"job:{self._held.id}")
        jobs.finish(tx, self._held)


def run(url: str, held: Job, surroundings: Surroundings, limit: int) -> Outcome:
    """Works one batch of a stage; in a worker process."""
    if held.kind in uploads.KINDS:
        return _done(url, held, lambda: _take_in(url, held))
    if held.kind in index_acts.KINDS:
        return _done(url, held, lambda: _act(url, held, surroundings))
    closing = Closing(held)
    batch = Batch(url=url, surroundings=surroundings, limit=limit, close=closing)
    try:
        progress = STAGES[held.kind].once(batch)
        if not closing.closed:
            _end(url, closing, progress)
    except LeaseLost:
        return Lost()
    except BackendUnavailable as error:
        return _waits(url, held, error, error.retry_after_seconds)
    except _CIRCUMSTANCES as error:
        return _failed(url, held, error)
    except Exception as error:
        log.exception("%s failed over %s", held.kind, "a record" if limit == 1 else "a batch")
        return Broken(error=described(error))
    return Worked(progress=progress)


def pass_by(url: str, held: Job, surroundings: Surroundings, error: str) -> Outcome:
    """Sets aside what the job's stage takes up next, over which it failed alone; in a worker process."""
    stage, closing = STAGES[held.kind], Closing(held)
    batch = Batch(url=url, surroundings=surroundings, limit=1, close=closing)
    try:
        if stage.give_up is not None:
            return _given_up(url, closing, stage.give_up, error)
        subject = stage.next_one(batch) if stage.next_one is not None else None
        if subject is None or _is_aside(url, subject):
            return Failed(error=error)
        _end(url, closing, Progress(done=0, behind=True), lambda tx: set_aside.put(tx, subject, error))
    except LeaseLost:
        return Lost()
    except Exception as odd:
        log.exception("%s could set nothing aside", held.kind)
        return Failed(error=described(odd))
    log.warning("%s set %s of the feed %s aside: %s", held.kind, subject.identifier, subject.feed, error)
    return Worked(progress=Progress(done=0, behind=True))


@repeats_clashes
def _given_up(url: str, closing: Closing, give_up: Callable[[Transaction, str], bool], error: str) -> Outcome:
    """Ends the whole thing that the job's stage had in hand."""
    with store_of(url).transaction() as tx:
        if not give_up(tx, error):
            return Failed(error=error)
        closing(tx, Progress(done=0, behind=True))
    log.warning("what was in hand came to no end: %s", error)
    return Worked(progress=Progress(done=0, behind=True))


@repeats_clashes
def _end(
    url: str, closing: Closing, progress: Progress, before: Callable[[Transaction], None] = lambda _tx: None
) -> None:
    """Ends a stage's job, and what belongs to that, in a transaction of its own."""
    with store_of(url).transaction() as tx:
        before(tx)
        closing(tx, progress)


def _is_aside(url: str, subject: Subject) -> bool:
    """Whether the stage failed although it left this out."""
    with store_of(url).reading() as connection:
        known = set_aside.of(connection, subject.stage, [subject.number]).get(subject.number)
    return known is not None and known.seq >= subject.seq


def _waits(url: str, held: Job, away: Exception, seconds: float) -> Outcome:
    """What is away or full is no fault of the job: it is tried again and again, and nobody has to retry it."""
    log.warning("%s waits: %s", held.kind, away)
    try:
        _later(url, held, seconds)
    except LeaseLost:
        return Lost()
    except _CIRCUMSTANCES:
        # not even this can be written: the job comes back once its lease has run out
        return Lost()
    return Worked(progress=Progress(done=0, behind=True))


@repeats_clashes
def _later(url: str, held: Job, seconds: float) -> None:
    with store_of(url).transaction() as tx:
        jobs.postpone(tx, held, tx.database_now + timedelta(seconds=seconds))


def _failed(url: str, held: Job, error: Exception) -> Outcome:
    """What stands in the way of the job; errors do not travel: not every one can be rebuilt in another process."""
    if is_outage(error):
        return _waits(url, held, error, OUTAGE_SECONDS)
    log.exception("%s failed", held.kind)
    return Failed(error=described(error))


def _done(url: str, held: Job, work: Callable[[], None]) -> Outcome:
    """Does a job of no stage, about one whole thing; `work` ends it."""
    try:
        work()
    except LeaseLost:
        return Lost()
    except BackendUnavailable as error:
        return _waits(url, held, error, error.retry_after_seconds)
    except Exception as error:
        return _failed(url, held, error)
    return Worked(progress=Progress(done=1, behind=False))


def _take_in(url: str, held: Job) -> None:
    """Checks or applies an upload; the run's commits hold the job's lease, and the last of them ends it."""
    store, number = store_of(url), int(held.arguments[uploads.UPLOAD])
    if held.kind == uploads.CHECK:
        uploads.check(store, number)
    elif upload_run.load(store, number, HarvestStep(held)) is not None:
        return
    _finish(url, held)


def _act(url: str, held: Job, surroundings: Surroundings) -> None:
    """Does an act on the index; one that is refused is over."""
    try:
        told = index_acts.perform(store_of(url), surroundings.index, held)
    except (GenerationRefused, NoGeneration) as refused:
        _refuse(url, held, described(refused))
    else:
        _finish(url, held, told)


@repeats_clashes
def _refuse(url: str, held: Job, error: str) -> None:
    with store_of(url).transaction() as tx:
        jobs.refuse(tx, held, error)


@repeats_clashes
def _finish(url: str, held: Job, told: str = "") -> None:
    with store_of(url).transaction() as tx:
        jobs.finish(tx, held, told)


def described(error: BaseException) -> str:
    """The code and text of what went wrong, as a job keeps it."""
    return f"{type(error).__name__}: {error}"


def arm(tx: Transaction, *stages: str, cause: str = "", run_at: datetime | None = None) -> None:
    """Asks for a batch of each of these stages, in the transaction that makes it necessary.

    run_at   by the database's clock; None = now
    """
    for name in stages:
        jobs.enqueue(tx, msgspec.structs.replace(stage_job(name), cause=cause, run_at=run_at))


def stage_job(name: str) -> Wanted:
    """The standing job of a stage."""
    stage = STAGES[name]
    group = index_acts.WRITER if stage.lane == "index" else f"{name}:0"
    return Wanted(kind=name, lane=stage.lane, dedupe_key=name, group_key=group)


def harvest_job(feed: StoredFeed) -> Wanted:
    """The job that begins or goes on with a feed's run; one at a time for each origin, institutions taking turns."""
    return Wanted(
        kind=HARVEST,
        lane="harvest",
        dedupe_key=f"harvest:{feed.key}",
        group_key=f"origin:{_origin(feed.base_url)}",
        arguments={FEED: feed.key},
        turn_key=feed.institution,
    )


def _origin(address: str) -> str:
    try:
        return str(URL(address).origin())
    except ValueError:
        return address


def missing(connection: sa.Connection, now: datetime, around: Surroundings) -> list[Wanted]:
    """Jobs that nobody asked for although there is work: feeds that became due, stages behind for another reason."""
    live = jobs.live(connection)
    parked = {job.dedupe_key: job.run_at for job in live if job.state == "parked"}
    at_work = {job.dedupe_key for job in live if job.state != "parked"}
    wanted = [_unless_parked(feed, parked) for feed in feeds.due(connection, now)]
    found = [job for job in wanted if job is not None and job.dedupe_key not in at_work]
    wanted_stages = [stage for stage in STAGES.values() if stage.is_wanted(around)]
    rest = (stage for stage in wanted_stages if stage.name not in at_work | parked.keys())
    return found + [stage_job(stage.name) for stage in rest if stage.waiting(connection)]


def _unless_parked(feed: StoredFeed, parked: dict[str, datetime]) -> Wanted | None:
    """A feed whose job is parked waits for a person: to retry the job, or to make the feed due again."""
    job = harvest_job(feed)
    at = parked.get(job.dedupe_key)
    return job if at is None or (feed.due_at is not None and feed.due_at > at) else None


def is_idle(connection: sa.Connection, now: datetime, database_now: datetime, around: Surroundings) -> bool:
    """Whether nothing is in hand, due, or soon to be tried again; what waits for a person or for long is no work.

    now            by this process, for feeds
    database_now   by the database, for jobs
    """
    busy = (job for job in jobs.live(connection) if job.state != "parked")
    at_work = any(job.state == "leased" or job.attempt or job.run_at <= database_now for job in busy)
    return not at_work and not missing(connection, now, around) and not feeds.is_tried_soon(connection, now)
