"""Worker processes: pools that are made anew when a process of theirs dies."""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.context
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Literal, TypeVar, get_args

from federation.pipeline import children

T = TypeVar("T")

#: `index` is one process, whose index writer stays open; `solo` one for what may have ended a process
Pool = Literal["process", "index", "solo"]


class Workers:
    """The pools of one runner."""

    def __init__(self, processes: int) -> None:
        """`processes`: of the pool for any work; 0 = one a core."""
        self.count = processes or os.cpu_count() or 1
        self._pools: dict[Pool, ProcessPoolExecutor] = {pool: self._new(pool) for pool in get_args(Pool)}

    async def run(self, pool: Pool, function: Callable[..., T], *arguments: object) -> T:
        """Runs `function` there; raises BrokenProcessPool where a process of the pool died meanwhile."""
        future = self._submitted(pool, function, *arguments)
        used = self._pools[pool]
        try:
            return await future
        except BrokenProcessPool:
            self._renew(pool, used)
            raise

    def _submitted(self, pool: Pool, function: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        used = self._pools[pool]
        try:
            return asyncio.get_running_loop().run_in_executor(used, function, *arguments)
        except BrokenProcessPool:
            # a process died while it had nothing to do
            self._renew(pool, used)
            return asyncio.get_running_loop().run_in_executor(self._pools[pool], function, *arguments)

    def close(self) -> None:
        """Ends the processes once their work in hand is done."""
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)

    def _new(self, pool: Pool) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=self.count if pool == "process" else 1,
            mp_context=_forking(),
            initializer=children.start_child,
        )

    def _renew(self, pool: Pool, broken: ProcessPoolExecutor) -> None:
        """Unless another of its steps has done so."""
        if self._pools[pool] is broken:
            broken.shutdown(wait=False, cancel_futures=True)
            self._pools[pool] = self._new(pool)


def _forking() -> multiprocessing.context.ForkServerContext:
    """Processes are forked from one that has imported what they need, and has no threads and no open store."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["federation.pipeline.nursery"])
    return context
