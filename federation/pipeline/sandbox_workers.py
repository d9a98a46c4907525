"""Where what anybody brings is tried: worker processes of its own, with bounds of time and memory."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from federation.errors import StepOverdue, WorkerLost
from federation.pipeline import children
from federation.pipeline.sandbox import NotTried, Tried, judged, try_file
from federation.pipeline.sandbox_address import Address, Read, read_address
from federation.pipeline.workers import Bounds, Workers
from harvester.oaipmh.page import Page
from harvester.ports import Clock
from harvester.refusals import Refusals
from harvester.retry import PAGE_CRASHED
from mappings.engine.library import compiled, names
from mappings.errors import DocumentRefused
from mappings.schema.raw import RawRecord

T = TypeVar("T")

#: address space of a process that reads what anybody brings
MEMORY_BYTES = 2 << 30
BOUNDS = Bounds(cancel_seconds=40.0, kill_seconds=45.0)
#: a worker that came to no end, or wanted more memory than it may have
_GAVE_OUT = (WorkerLost, StepOverdue, MemoryError)


class Sandbox:
    """Tries files and addresses."""

    def __init__(
        self,
        clock: Clock,
        user_agent: str,
        *,
        networks: Sequence[str] = (),
        takes_own_port: bool = False,
        refusals: Refusals | None = None,
        processes: int = 1,
        bounds: Bounds = BOUNDS,
    ) -> None:
        """Where what anybody brings may lead to: no private network, and the usual ports.

        networks        private networks that may be reached
        takes_own_port  an address may name any port
        refusals        counts what is not asked for
        """
        self._clock, self._user_agent, self._networks = clock, user_agent, tuple(networks)
        self._takes_own_port, self._refusals = takes_own_port, refusals
        self._workers = Workers(processes, bounds)

    async def file(self, path: Path, crosswalk: str = "") -> Tried | NotTried:
        """The file at `path`, tried."""
        try:
            return await self._workers.run("process", bounded, try_file, path, crosswalk)
        except _GAVE_OUT as fault:
            return _failure(fault)

    async def address(self, wanted: Address) -> Tried | NotTried:
        """What stands at an address, tried."""
        found = await read_address(
            wanted,
            networks=self._networks,
            takes_own_port=self._takes_own_port,
            parse=self._parse,
            clock=self._clock,
            user_agent=self._user_agent,
            refusals=self._refusals,
        )
        match found:
            case NotTried():
                return found
            case bytes():
                return await self._bytes(found, wanted.crosswalk)
            case Read():
                return found.beside(await self._read(found))

    async def _read(self, found: Read) -> Tried | NotTried:
        if found.crosswalk not in names():
            return NotTried(failure="format_unknown", detail=f"expected one of the prefixes {' '.join(found.prefixes)}")
        try:
            return await self._workers.run("process", bounded, try_records, found.crosswalk, found.records)
        except _GAVE_OUT as fault:
            return _failure(fault)

    async def _bytes(self, body: bytes, crosswalk: str) -> Tried | NotTried:
        with tempfile.NamedTemporaryFile(prefix="exchange-tried-") as file:
            file.write(body)
            file.flush()
            return await self.file(Path(file.name), crosswalk)

    async def _parse(self, body: bytes, feed: str, prefix: str, charset: str | None, learned: str | None) -> Page:
        asked = (children.parse, body, feed, prefix, charset, learned)
        try:
            return await self._workers.run("process", bounded, *asked)
        except _GAVE_OUT as fault:
            raise DocumentRefused(PAGE_CRASHED, str(fault)) from fault

    def close(self) -> None:
        """Ends its processes."""
        self._workers.close()


def _failure(fault: WorkerLost | StepOverdue | MemoryError) -> NotTried:
    if isinstance(fault, MemoryError):
        return NotTried(failure="too_large", detail=f"expected to be read in {MEMORY_BYTES >> 20} MiB of memory")
    return NotTried(failure="too_slow", detail=str(fault))


def try_records(crosswalk: str, records: Sequence[RawRecord]) -> Tried | NotTried:
    """What a base makes of a repository's records."""
    return judged(compiled(crosswalk), records)


def bounded(function: Callable[..., T], *arguments: object) -> T:
    """What `function` gives, in a process that gets no more memory than it may."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    return function(*arguments)
