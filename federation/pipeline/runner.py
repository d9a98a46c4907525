"""The work inside one process: harvests in the event loop, CPU-bound stages in worker processes.

A stage runs a batch at a time and is armed again while it is behind; what other processes commit is noticed within
half a second. Nothing here is remembered: where each harvest and each stage stands lies in the store.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from pathlib import Path
from typing import TypeVar, get_args

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from federation.pipeline import children
from federation.pipeline.export import ExportSettings
from federation.pipeline.harvest import harvest_feed
from federation.pipeline.progress import Progress, without_job
from federation.pipeline.stages import BATCH, STAGES, Batch, Lane, Stage, Surroundings, pass_crashed, run_batch
from federation.storage import feeds
from federation.storage.engine import Store
from harvester.oaipmh.page import Page
from harvester.ports import Clock
from mappings.errors import ExchangeError

T = TypeVar("T")

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
#: a feed whose harvest could not even start is tried again after this
RETRY = timedelta(minutes=15)


class Lags(msgspec.Struct, frozen=True, kw_only=True):
    """How many changes each stage has still to take in."""

    map: int = 0
    key: int = 0
    link: int = 0
    publish: int = 0
    export: int = 0

    @property
    def none(self) -> bool:
        """Whether every stage is at the end of what it reads."""
        return not any(msgspec.structs.astuple(self))


class Runner:
    """Carries the work of one store until it is stopped."""

    def __init__(
        self, store: Store, clock: Clock, *, index: Path, export: ExportSettings, processes: int, user_agent: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._user_agent = user_agent
        self._surroundings = Surroundings(export=export, index=index)
        self._processes = processes
        self._pools: dict[Lane, ProcessPoolExecutor] = {lane: self._new_pool(lane) for lane in get_args(Lane)}
        self._harvests: dict[str, asyncio.Task[None]] = {}

    @property
    def running(self) -> frozenset[str]:
        """Keys of the feeds that are being harvested."""
        return frozenset(self._harvests)

    def children(self) -> list[int]:
        """Process ids of the workers that live now."""
        return [child.pid for child in multiprocessing.active_children() if child.pid is not None]

    async def run(self) -> None:
        """Works until cancelled; a harvest in hand ends at its last committed page."""
        try:
            async with asyncio.TaskGroup() as group:
                for stage in STAGES.values():
                    group.create_task(self._stage_loop(stage))
                group.create_task(self._harvest_loop())
        finally:
            await self._stop_harvests()
            self.close()

    def close(self) -> None:
        """Ends the worker processes once their batches in hand are written."""
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)

    async def _harvest_loop(self) -> None:
        while True:
            try:
                await self.start_due()
            except SQLAlchemyError:
                log.exception("the feeds that are due could not be read; they are read again")
            await asyncio.sleep(POLL_SECONDS)

    async def start_due(self) -> None:
        """Starts the harvest of every feed that is due and not already being harvested."""
        for feed in await asyncio.to_thread(self._due):
            if feed.key not in self._harvests:
                task = asyncio.create_task(self._harvest(feed))
                self._harvests[feed.key] = task
                task.add_done_callback(functools.partial(self._forget, feed.key))

    def _forget(self, key: str, _done: asyncio.Task[None]) -> None:
        self._harvests.pop(key, None)

    def _due(self) -> list[feeds.StoredFeed]:
        with self._store.reading() as connection:
            return feeds.due(connection, self._clock.now())

    async def _harvest(self, feed: feeds.StoredFeed) -> None:
        try:
            await harvest_feed(self._store, feed, parse=self._parse, clock=self._clock, user_agent=self._user_agent)
        except BrokenProcessPool:
            log.warning("a worker process died over a page of %s", feed.name)
            self._renew("process")
            await asyncio.to_thread(self._put_off, feed)
        except (ExchangeError, OSError, SQLAlchemyError) as error:
            log.warning("harvest of %s stopped: %s", feed.name, error)
            await asyncio.to_thread(self._put_off, feed)

    def _put_off(self, feed: feeds.StoredFeed) -> None:
        with self._store.transaction() as tx:
            feeds.change(tx, msgspec.structs.replace(feed, due_at=tx.now + RETRY))

    async def _stop_harvests(self) -> None:
        tasks = list(self._harvests.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _parse(self, body: bytes, feed: str, metadata_prefix: str, http_charset: str | None) -> Page:
        return await self._child(children.parse, body, feed, metadata_prefix, http_charset)

    async def _stage_loop(self, stage: Stage) -> None:
        alone = 0
        while True:
            try:
                progress = await self._in_lane(stage, run_batch, 1 if alone else BATCH)
                alone = max(alone - 1, 0)
            except BrokenProcessPool:
                progress = await self._after_crash(stage, alone)
                alone = alone or BATCH
            except (ExchangeError, SQLAlchemyError):
                log.exception("%s stopped; it is tried again", stage.name)
                progress = Progress(done=0, behind=False)
            if not progress.behind:
                await asyncio.sleep(POLL_SECONDS)

    async def _after_crash(self, stage: Stage, alone: int) -> Progress:
        """A batch that ended its process runs again record by record; the record that does so alone is rejected."""
        log.warning("a worker process died over %s", stage.name)
        self._renew(stage.lane)
        if not alone:
            return Progress(done=0, behind=True)
        return await self._in_lane(stage, pass_crashed, 1)

    def _in_lane(
        self, stage: Stage, function: Callable[[str, Batch], Progress], limit: int
    ) -> asyncio.Future[Progress]:
        batch = Batch(url=self._store.url, surroundings=self._surroundings, limit=limit, close=without_job)
        pool = self._pools[stage.lane]
        return asyncio.get_running_loop().run_in_executor(pool, function, stage.name, batch)

    def _child(self, function: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._pools["process"], function, *arguments)

    def _new_pool(self, lane: Lane) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=1 if lane == "index" else self._processes or os.cpu_count() or 1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=children.start_child,
        )

    def _renew(self, lane: Lane) -> None:
        self._pools[lane].shutdown(wait=False, cancel_futures=True)
        self._pools[lane] = self._new_pool(lane)


def lags(store: Store) -> Lags:
    """What every stage has still to do."""
    with store.reading() as connection:
        return Lags(**{stage.name: stage.waiting(connection) for stage in STAGES.values()})
