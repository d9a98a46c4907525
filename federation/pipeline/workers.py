"""Worker processes, each asked for one thing at a time: one that dies or hangs takes nobody else's work with it.

A thing that takes too long is first told to end, where it stands; if it does not listen, its process is killed. Either
way whoever waits for it hears of it within `Bounds`, and a fresh process takes the place of the lost one.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import Literal, TypeVar

import msgspec

from federation.errors import WorkerLost
from federation.pipeline import children
from federation.pipeline.child_life import forking, start_child

T = TypeVar("T")

#: `index` is one process, whose index writer stays open; `solo` one for what may have ended a process
Pool = Literal["process", "index", "solo"]


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How long one thing may take in a worker process."""

    #: then it is told to end where it stands
    cancel_seconds: float = 240.0
    #: then its process is killed
    kill_seconds: float = 300.0

    def times(self, factor: int) -> Bounds:
        """Bounds that are so many times as wide."""
        return Bounds(cancel_seconds=self.cancel_seconds * factor, kill_seconds=self.kill_seconds * factor)


class Workers:
    """The worker processes of one runner."""

    def __init__(self, processes: int, bounds: Bounds | None = None, *, niceness: int = 0) -> None:
        """Starts nothing yet.

        processes   of the pool for any work; 0 = one a core
        niceness    how far each stands back behind this process (nice(2))
        """
        self.count = processes or os.cpu_count() or 1
        self.bounds = bounds or Bounds()
        sizes: dict[Pool, int] = {"process": self.count, "index": 1, "solo": 1}
        self._all = {pool: [_Worker(niceness) for _ in range(size)] for pool, size in sizes.items()}
        self._free = {pool: _queue_of(workers) for pool, workers in self._all.items()}
        self._running: set[asyncio.Task[object]] = set()

    async def run(self, pool: Pool, function: Callable[..., T], *arguments: object, bounds: Bounds | None = None) -> T:
        """Runs `function` in a process of the pool that is free; raises WorkerLost where that died or hung.

        Whoever waits may be cancelled: the work goes on to its end or its bound, and its process is free again then.
        """
        worker = await self._free[pool].get()
        task = asyncio.ensure_future(worker.run(bounds or self.bounds, function, arguments))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: self._free[pool].put_nowait(worker))
        return await asyncio.shield(task)

    def close(self) -> None:
        """Ends the processes; one that has work in hand is killed."""
        for workers in self._all.values():
            for worker in workers:
                worker.end()


class _Worker:
    """One process, started when it is first asked for something."""

    def __init__(self, niceness: int) -> None:
        self._niceness = niceness
        self._executor: ProcessPoolExecutor | None = None
        self._pid = 0
        self._busy = False

    async def run(self, bounds: Bounds, function: Callable[..., T], arguments: tuple[object, ...]) -> T:
        hung = False
        try:
            executor = await self._started()
            self._busy = True
            future = asyncio.wrap_future(executor.submit(children.within, bounds.cancel_seconds, function, *arguments))
            done, _ = await asyncio.wait({future}, timeout=bounds.kill_seconds)
            if hung := not done:
                self._kill()
            return await future
        except BrokenProcessPool as error:
            self._drop()
            raise WorkerLost(bounds.kill_seconds if hung else None) from error
        finally:
            self._busy = False

    async def _started(self) -> ProcessPoolExecutor:
        """The executor with its process alive; one that died while it had nothing to do is replaced."""
        if self._executor is not None:
            with suppress(BrokenProcessPool):
                self._pid = await self._asked_pid(self._executor)
                return self._executor
            self._drop()
        self._executor = ProcessPoolExecutor(
            1, mp_context=forking(), initializer=start_child, initargs=(self._niceness,)
        )
        self._pid = await self._asked_pid(self._executor)
        return self._executor

    async def _asked_pid(self, executor: ProcessPoolExecutor) -> int:
        return await asyncio.wrap_future(executor.submit(os.getpid))

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def _drop(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = None

    def end(self) -> None:
        if self._busy:
            self._kill()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)


def _queue_of(workers: list[_Worker]) -> asyncio.LifoQueue[_Worker]:
    """Those used last are used first, so that what a process has read already is read again as seldom as can be."""
    queue: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
    for worker in workers:
        queue.put_nowait(worker)
    return queue
