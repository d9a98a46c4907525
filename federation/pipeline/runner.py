"""The work inside one process: due jobs are claimed, harvests run in the event loop, stages in worker processes.

Nothing here is remembered that a restart would miss: where each harvest and each stage stands, and which jobs there
are, lies in the store. What other processes commit is noticed within half a second.
"""

from __future__ import annotations

import asyncio
import logging
import math
import multiprocessing
import random
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from federation.errors import LeaseLost
from federation.pipeline import index_acts, list_writing, restamping, step
from federation.pipeline.batches import Batches
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.fetching import fetch_feed
from federation.pipeline.harvest import harvest_slice
from federation.pipeline.parsing import PageParser
from federation.pipeline.stages import SEMANTIC, STAGES, Surroundings
from federation.pipeline.step import FEED, HARVEST, Broken, Failed, HarvestStep, Lost, Worked
from federation.pipeline.worker_weighing import WorkerWeighing
from federation.pipeline.workers import Bounds, Workers
from federation.storage import api_keys, breakers, feeds, jobs, list_files, origins, repeated_requests, retention
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.jobs import Job, Lane
from federation.storage.outages import is_outage
from federation.storage.transactions import Transaction
from harvester.courtesy import Courtesies, Courtesy
from harvester.credentials import Secrets, no_secrets
from harvester.effort import Effort
from harvester.fetching.run import FetchOutcome
from harvester.patience import Patience
from harvester.ports import Clock
from harvester.refusals import Refusals
from harvester.slices import More, Postponed, SliceOutcome
from index.places import IndexPlace
from index.semantic.settings import SemanticSettings

log = logging.getLogger(__name__)

StepOutcome = Literal["done", "failed", "broken", "lost", "stopped"]

POLL_SECONDS = 0.5
#: between two prolongations of what is in hand, and two looks for leases that have run out
HEARTBEAT_SECONDS = 15.0
#: what steps in hand are given once the runner is stopped
STOP_SECONDS = 30.0
HARVEST_SLOTS = 64
#: of a slice, whose every request, wait and page has a bound of its own
SLICE_SECONDS = 1800.0


class Runner:
    """Carries the work of one store until it is stopped."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        index: IndexPlace,
        export: ExportSettings,
        semantic: SemanticSettings | None = None,
        lists: str = "",
        processes: int,
        user_agent: str,
        bounds: Bounds | None = None,
        niceness: int = 0,
        chance: random.Random | None = None,
        secrets: Secrets = no_secrets,
    ) -> None:
        """`niceness`: how far worker processes stand back behind this one (nice(2)); `secrets`: of the feeds."""
        self._store, self._clock, self._secrets = store, clock, secrets
        self._user_agent = user_agent
        self._workers = Workers(processes, bounds, niceness=niceness)
        self._parser = PageParser(self._workers)
        self._weighing = WorkerWeighing(store.url, self._workers)
        self._around = Surroundings(export=export, index=index, semantic=semantic or SemanticSettings(), lists=lists)
        self._batches = Batches(store.url, self._around, self._workers)
        self._slots: dict[Lane, int] = {"harvest": HARVEST_SLOTS, "process": self._workers.count, "index": 1}
        self._chance = chance or random.Random()
        #: unlike that of any other process, living or dead
        self._owner = f"{socket.gethostname()} {multiprocessing.current_process().pid} {clock.now():%Y%m%dT%H%M%S%f}"
        self._hand: dict[int, tuple[Job, asyncio.Task[None]]] = {}
        #: key of a feed whose run is not over -> what its pages cost of late
        self._efforts: dict[str, Effort] = {}
        self._courtesies = Courtesies(origins.StoredOrigins(store, self._owner))
        #: what its harvests did not ask for
        self.refusals = Refusals()
        self._wake = asyncio.Event()
        self._stopping = False
        #: told the kind, the outcome and the seconds of each step that ends
        self.on_job: Callable[[str, StepOutcome, float], None] = lambda _kind, _outcome, _seconds: None

    @property
    def running(self) -> frozenset[str]:
        """Keys of the feeds that are being harvested."""
        return frozenset(str(job.arguments[FEED]) for job, _ in self._hand.values() if job.kind == HARVEST)

    def children(self) -> list[int]:
        """Process ids of the workers that live now."""
        return [child.pid for child in multiprocessing.active_children() if child.pid is not None]

    async def run(self) -> None:
        """Works until cancelled; then claims nothing more, and ends what is in hand at its next safe point."""
        await asyncio.to_thread(self._begin)
        await self._carry()

    async def _carry(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._claiming())
                group.create_task(self._heartbeats())
        finally:
            await self._stop()

    async def until_idle(self) -> None:
        """Works until nothing is due and no stage is behind."""
        await asyncio.to_thread(self._begin)  # what it asks for is not done yet, whatever the store says
        work = asyncio.create_task(self._carry())
        try:
            while not work.done() and not await asyncio.to_thread(self._is_idle):
                await asyncio.wait({work}, timeout=POLL_SECONDS / 2)
        finally:
            work.cancel()
            await asyncio.wait({work})
        if not work.cancelled():
            work.result()

    def close(self) -> None:
        """Ends the worker processes; a batch that is still in hand is given up."""
        self._workers.close()

    def _is_idle(self) -> bool:
        with self._store.reading() as connection:
            return step.is_idle(connection, self._store.now(), self._store.database_now(connection), self._around)

    @repeats_clashes
    def _begin(self) -> None:
        """Whoever holds an embedded store is its only runner: leases of earlier ones return."""
        with self._store.transaction() as tx:
            if self._store.dialect == "sqlite":
                jobs.release_all(tx)
                origins.release_all(tx)
            restamping.begin(tx)
            # an index or vectors that were lost or copied back tell nobody
            kept_apart = [stage for stage in STAGES.values() if stage.lane == "index" or stage.name == SEMANTIC]
            step.arm(tx, *(stage.name for stage in kept_apart if stage.is_wanted(self._around)))

    async def _claiming(self) -> None:
        while True:
            try:
                claimed = await asyncio.to_thread(self._claim)
            except (SQLAlchemyError, OSError):
                log.exception("the jobs that are due could not be claimed; they are asked for again")
                claimed = []
            for job in claimed:
                self._start(job)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            self._wake.clear()

    @repeats_clashes
    def _claim(self) -> list[Job]:
        """Asks for what nobody asked for, and takes as many due jobs as there are free slots."""
        self._store.give_way()
        with self._store.reading() as connection:
            wanted = step.missing(connection, self._store.now(), self._around)
            if not wanted and not jobs.is_due(connection, self._store.database_now(connection)):
                return []
        self._store.give_way()
        with self._store.transaction() as tx:
            if self._stopping:
                return []
            for each in wanted:
                jobs.enqueue(tx, each)
            return [job for lane in self._slots for job in self._claim_lane(tx, lane)]

    def _claim_lane(self, tx: Transaction, lane: Lane) -> list[Job]:
        free = self._slots[lane] - sum(job.lane == lane for job, _ in list(self._hand.values()))
        return jobs.claim(tx, lane, self._owner, free) if free > 0 else []

    def _start(self, job: Job) -> None:
        task = asyncio.create_task(self._work(job))
        self._hand[job.id] = (job, task)
        task.add_done_callback(lambda _: self._forget(job))

    def _forget(self, job: Job) -> None:
        self._hand.pop(job.id, None)
        self._wake.set()

    async def _heartbeats(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                lost = await asyncio.to_thread(self._heartbeat, [job for job, _ in self._hand.values()])
            except (SQLAlchemyError, OSError):
                log.exception("leases could not be prolonged; it is tried again")
                continue
            for number in lost & self._hand.keys():
                self._hand[number][1].cancel()

    @repeats_clashes
    def _heartbeat(self, held: list[Job]) -> frozenset[int]:
        """Prolongs what is in hand; gives what was given to others meanwhile."""
        with self._store.transaction() as tx:
            kept = jobs.heartbeat(tx, held)
            jobs.sweep(tx, self._chance)
            retention.tidy(tx)
            if list_files.tidy(tx):
                jobs.enqueue(tx, step.stage_job(list_writing.STAGE))
            api_keys.tidy(tx)
            repeated_requests.tidy(tx)
            index_acts.ask_daily(tx)
        return frozenset(job.id for job in held) - kept

    async def _work(self, job: Job) -> None:
        began = self._clock.monotonic()
        outcome = await self._carried(job)
        self.on_job(job.kind, outcome, self._clock.monotonic() - began)

    async def _carried(self, job: Job) -> StepOutcome:
        try:
            return await (self._harvest(job) if job.kind == HARVEST else self._stage(job))
        except LeaseLost:
            log.warning("job %s was given to somebody else", job.id)
            return "lost"
        except Exception as error:
            # whatever a step raises, the others go on
            log.exception("job %s (%s) failed", job.id, job.kind)
            await asyncio.to_thread(self._failed, job, error)
            return "failed"

    def _failed(self, job: Job, error: Exception) -> None:
        """A job that met an outage only waits; where not even that can be written, it comes back with its lease."""
        try:
            if is_outage(error):
                self._give_back(job, seconds=step.OUTAGE_SECONDS)
            else:
                self._fail(job, step.described(error))
        except (LeaseLost, SQLAlchemyError, OSError):
            log.exception("job %s (%s) could not be given back", job.id, job.kind)

    @repeats_clashes
    def _fail(self, job: Job, error: str) -> None:
        with suppress(LeaseLost), self._store.transaction() as tx:
            jobs.fail(tx, job, error, self._chance)

    async def _harvest(self, job: Job) -> StepOutcome:
        feed = await asyncio.to_thread(self._feed, str(job.arguments[FEED]))
        if feed is None or not feed.wants_harvest or await asyncio.to_thread(self._is_held, feed.key):
            await asyncio.to_thread(self._finish, job)
            return "done"
        if feed.source != "inbox" and await asyncio.to_thread(self._is_left_alone, feed, job):
            return "done"
        async with asyncio.timeout(SLICE_SECONDS):
            outcome = await self._asked(feed, job)
        if isinstance(outcome, More):
            await asyncio.to_thread(self._give_back, job)
        elif not isinstance(outcome, Postponed):
            self._efforts.pop(feed.key, None)
        return "done"

    async def _asked(self, feed: feeds.StoredFeed, job: Job) -> SliceOutcome | FetchOutcome:
        """A slice, with the turn at the feed's origin; folders have none."""
        if feed.source == "inbox":
            return await self._fetched(feed, job, None)
        async with self._courtesies.towards(feed.base_url, feed.min_interval_seconds, self._clock) as courtesy:
            return await (self._fetched if feed.is_fetched else self._harvested)(feed, job, courtesy)

    async def _harvested(self, feed: feeds.StoredFeed, job: Job, courtesy: Courtesy) -> SliceOutcome:
        return await harvest_slice(
            self._store,
            feed,
            HarvestStep(job),
            parse=self._parser,
            clock=self._clock,
            user_agent=self._user_agent,
            weigh=self._weighing,
            patience=_none(),
            effort=self._efforts.setdefault(feed.key, Effort(self._others)),
            courtesy=courtesy,
            secrets=self._secrets,
            refusals=self.refusals,
        )

    def _others(self) -> int:
        """How many feeds are harvested besides one that is."""
        return max(sum(job.kind == HARVEST for job, _ in self._hand.values()) - 1, 0)

    async def _fetched(self, feed: feeds.StoredFeed, job: Job, courtesy: Courtesy | None) -> FetchOutcome:
        return await fetch_feed(
            self._store,
            feed,
            HarvestStep(job),
            clock=self._clock,
            user_agent=self._user_agent,
            patience=_none(),
            courtesy=courtesy,
            secrets=self._secrets,
            refusals=self.refusals,
        )

    def _feed(self, key: str) -> feeds.StoredFeed | None:
        with self._store.reading() as connection:
            return feeds.get(connection, key)

    @repeats_clashes
    def _is_left_alone(self, feed: feeds.StoredFeed, job: Job) -> bool:
        """Puts a feed off whose repository answered nothing to another feed of it; of all that wait, one tries."""
        with self._store.reading() as connection:
            until = breakers.closed_until(connection, feed.base_url, self._store.now())
        if until is None:
            return False
        with self._store.transaction() as tx:
            feeds.put_off(tx, feed.key, until)
            jobs.finish(tx, job)
        return True

    def _is_held(self, key: str) -> bool:
        with self._store.reading() as connection:
            return feeds.is_held(connection, key)

    @repeats_clashes
    def _finish(self, job: Job) -> None:
        with self._store.transaction() as tx:
            jobs.finish(tx, job)

    @repeats_clashes
    def _give_back(self, job: Job, *, solo: bool = False, seconds: float = 0.0) -> None:
        """To the end of the queue: others have their turn."""
        with self._store.transaction() as tx:
            jobs.postpone(tx, job, tx.database_now + timedelta(seconds=seconds), solo=solo)

    async def _stage(self, job: Job) -> StepOutcome:
        outcome = await self._batches.work(job)
        if self._stopping:
            # what a stop cut short is no fault of the job: it goes back as all others do
            return "stopped"
        match outcome:
            case Failed(error=error):
                log.warning("job %s (%s) failed: %s", job.id, job.kind, error)
                await asyncio.to_thread(self._fail, job, error)
                return "failed"
            case Broken():
                await asyncio.to_thread(self._give_back, job, solo=True)
                return "broken"
            case Lost():
                return "lost"
            case Worked():
                return "done"

    async def _stop(self) -> None:
        """Harvests end at their last committed page, stages with their batch in hand; what is left goes back."""
        self._stopping = True
        tasks = [task for _, task in self._hand.values()]
        for job, task in list(self._hand.values()):
            if job.kind == HARVEST:
                task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
        await asyncio.to_thread(self.close)
        if tasks:
            # whose worker was just killed
            await asyncio.wait(tasks, timeout=STOP_SECONDS)
        await asyncio.to_thread(self._give_all_back)

    @repeats_clashes
    def _give_all_back(self) -> None:
        with self._store.transaction() as tx:
            jobs.release_all(tx, self._owner)
            origins.release_all(tx, self._owner)


def _none() -> Patience:
    """For nothing but the pauses between requests: a run that is to wait goes back, and others have its slot."""
    return Patience(0.0, pace_seconds=math.inf)
