"""Jobs as an administrator sees them: what each stage has still to do, and the work that waits, runs or failed."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from federation.pipeline.lags import Lags
from federation.pipeline.step import FEED
from federation.storage import feeds, jobs
from federation.storage.jobs import Job, Lane, State

#: jobs shown at once
PART = 200
#: what needs a person first
NOT_OVER: tuple[State, ...] = ("parked", "leased", "ready")


class JobLine(msgspec.Struct, frozen=True, kw_only=True):
    """One job in a list."""

    id: int
    kind: str
    #: name of the feed that it is about; empty where it is about none
    about: str
    lane: str
    state: str
    #: when it is due, or was over
    at: datetime
    attempts: int
    #: code and text of what went wrong last
    error: str

    @property
    def waits(self) -> bool:
        """Whether a person may still have it run now, or end it."""
        return self.state in ("ready", "parked")


class JobCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many jobs of a lane are in a state."""

    lane: str
    state: str
    number: int


class JobsParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs are listed."""

    lane: Lane | None = None
    state: State | None = None


class JobsView(msgspec.Struct, frozen=True, kw_only=True):
    """The work of the exchange."""

    lag: Lags
    counts: tuple[JobCount, ...]
    jobs: tuple[JobLine, ...]

    @property
    def stages(self) -> tuple[tuple[str, int], ...]:
        """Each stage with the number of changes that it has still to take in."""
        return tuple(msgspec.structs.asdict(self.lag).items())


def jobs_view(connection: sa.Connection, lag: Lags, wanted: JobsParameters) -> JobsView:
    """The jobs that `wanted` names; where it names no state those that are not over, the ones that wait first."""
    names = {feed.key: feed.name for feed in feeds.everyone(connection)}
    states: tuple[State, ...] = (wanted.state,) if wanted.state else NOT_OVER
    found = [job for state in states for job in jobs.listed(connection, lane=wanted.lane, state=state, limit=PART)]
    return JobsView(
        lag=lag,
        counts=tuple(
            JobCount(lane=lane, state=state, number=number)
            for (lane, state), number in sorted(jobs.counts(connection).items())
        ),
        jobs=tuple(_line(job, names) for job in found[:PART]),
    )


def _line(job: Job, names: dict[str, str]) -> JobLine:
    return JobLine(
        id=job.id,
        kind=job.kind,
        about=names.get(str(job.arguments.get(FEED, "")), ""),
        lane=job.lane,
        state=job.state,
        at=job.run_at,
        attempts=job.attempt,
        error=job.error,
    )
