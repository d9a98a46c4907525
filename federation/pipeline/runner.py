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
from typing import TypeVar

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from federation.pipeline import children, keying, linking
from federation.pipeline.export import ExportSettings
from federation.pipeline.harvest import harvest_feed
from federation.pipeline.progress import Progress
from federation.storage import feeds, raw_records
from federation.storage.cursors import get as cursor
from federation.storage.engine import Store
from federation.storage.linkage import clusters
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

    map: int
    key: int
    link: int
    publish: int
    export: int


class Runner:
    """Carries the work of one store until it is stopped."""

    def __init__(
        self, store: Store, clock: Clock, *, index: Path, export: ExportSettings, processes: int, user_agent: str
    ) -> None:
        self._store = store
        #: folder of the search index
        self._index = index
        self._clock = clock
        self._user_agent = user_agent
        self._export = export
        self._processes = processes
        self._pool = self._new_pool(processes or os.cpu_count() or 1)
        #: one process, whose index writer stays open
        self._indexer = self._new_pool(1)
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
                group.create_task(self._map_loop())
                group.create_task(self._stage_loop("keying", children.key_once))
                group.create_task(self._stage_loop("linking", children.link_once))
                group.create_task(self._stage_loop("exporting", children.export_once, self._export))
                group.create_task(self._publish_loop())
                group.create_task(self._harvest_loop())
        finally:
            await self._stop_harvests()
            self.close()

    def close(self) -> None:
        """Ends the worker processes once their batches in hand are written."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._indexer.shutdown(wait=True, cancel_futures=True)

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
            self._renew_pool()
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

    async def _map_loop(self) -> None:
        alone = 0
        while True:
            limit = 1 if alone else children.MAP_BATCH
            try:
                progress = await self._child(children.map_once, self._store.url, limit)
                alone = max(alone - 1, 0)
            except BrokenProcessPool:
                progress = await self._after_crash(limit)
                alone = alone or children.MAP_BATCH
            except (ExchangeError, SQLAlchemyError):
                log.exception("mapping stopped; it is tried again")
                progress = Progress(done=0, behind=False)
            if not progress.behind:
                await asyncio.sleep(POLL_SECONDS)

    async def _stage_loop(self, name: str, once: Callable[..., Progress], *arguments: object) -> None:
        while True:
            try:
                progress = await self._child(once, self._store.url, *arguments)
            except (BrokenProcessPool, ExchangeError, SQLAlchemyError):
                log.exception("%s stopped; it is tried again", name)
                progress = Progress(done=0, behind=False)
            if not progress.behind:
                await asyncio.sleep(POLL_SECONDS)

    async def _publish_loop(self) -> None:
        while True:
            try:
                progress = await asyncio.get_running_loop().run_in_executor(
                    self._indexer, children.publish_once, self._store.url, str(self._index)
                )
            except BrokenProcessPool:
                log.warning("the process of the search index died; another one goes on from the index's last commit")
                self._indexer = self._new_pool(1)
                progress = Progress(done=0, behind=False)
            except (ExchangeError, SQLAlchemyError):
                log.exception("publishing stopped; it is tried again")
                progress = Progress(done=0, behind=False)
            if not progress.behind:
                await asyncio.sleep(POLL_SECONDS)

    async def _after_crash(self, limit: int) -> Progress:
        """A batch that ended its process runs again record by record; the record that does so alone is rejected."""
        log.warning("a worker process died while it mapped %s records", limit)
        self._renew_pool()
        if limit > 1:
            return Progress(done=0, behind=True)
        return await self._child(children.pass_crashed, self._store.url)

    def _child(self, function: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._pool, function, *arguments)

    def _new_pool(self, processes: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=children.start_child,
        )

    def _renew_pool(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._new_pool(self._processes or os.cpu_count() or 1)


def lags(store: Store) -> Lags:
    """What every stage has still to do."""
    with store.reading() as connection:
        return Lags(
            map=raw_records.count_waiting(connection, cursor(connection, "map")),
            key=keying.waiting(connection),
            link=linking.waiting(connection),
            publish=clusters.count_changes(connection, cursor(connection, "publish")),
            export=clusters.count_changes(connection, cursor(connection, "export")),
        )
