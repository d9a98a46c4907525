"""How politely an origin is asked: a request at a time, with pauses that grow where it is busy or slow (harvesting, 4).

An origin is a scheme, a host and a port: whatever feeds have addresses there share it, in whichever process of one
store they are harvested.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from yarl import URL

from harvester.load import Load
from harvester.ports import Clock, Origins
from harvester.retry import BUSY, Failure
from harvester.sharing import Sharing
from harvester.turns import Pace


class Courtesy:
    """The turn at one origin and the pauses between its requests."""

    def __init__(self, sharing: Sharing | None = None) -> None:
        """`sharing`: the turn among processes; without it this one has the origin for itself."""
        self._sharing = sharing
        self._turn = asyncio.Lock()
        self._load = Load()
        self._answered_at: float | None = None
        #: nobody asks before, as others have left it
        self._free_at: float | None = None

    def pause_seconds(self, least: float, now: float) -> float:
        """What is left of the pause before the next request.

        least   the shortest pause between two requests; 0 = the origin is asked without any
        now     seconds of a clock that never goes back
        """
        if not least:
            return 0.0
        ours = 0.0 if self._answered_at is None else self._answered_at + self._load.pause_seconds(least) - now
        others = 0.0 if self._free_at is None else self._free_at - now
        return max(ours, others, 0.0)

    @asynccontextmanager
    async def turn(self, least: float, clock: Clock) -> AsyncIterator[None]:
        """The only request to the origin, behind the pause; several at a time where no pause is wanted."""
        await self.begin(least, clock)
        try:
            yield
        finally:
            self.end(least, clock)

    async def begin(self, least: float, clock: Clock) -> None:
        """Takes the turn, behind the pause; whoever has it gives it back by `end`."""
        if not least:
            return
        await self._turn.acquire()
        try:
            await self._wait(least, clock)
        except BaseException:
            self._release()
            raise

    def end(self, least: float, clock: Clock) -> None:
        """The answer has come, or was given up: others have their turn."""
        if least:
            self._answered_at = clock.monotonic()
            self._release()

    def answered(self, seconds: float) -> None:
        """An answer took so long."""
        self._load = self._load.answered(seconds)

    def failed(self, failure: Failure) -> None:
        """A request failed; one that was refused because the source is busy makes the pauses longer."""
        if failure.status in BUSY:
            self._load = self._load.refused()

    async def give_back(self, least: float, clock: Clock) -> None:
        """Nothing more is asked for now: other processes may go on, behind the pause."""
        if self._sharing is None or not least or self._turn.locked():
            return
        # whoever comes meanwhile asks for the turn after it was given back
        async with self._turn:
            await self._sharing.give_back(self._pace(least, clock))

    async def _wait(self, least: float, clock: Clock) -> None:
        if self._sharing is None:
            await clock.sleep(self.pause_seconds(least, clock.monotonic()))
            return
        self._sharing.keep(lambda: Pace(load=self._load, pause_seconds=self._load.pause_seconds(least)))
        is_ours = False
        while not is_ours:
            left = await self._sharing.have(lambda: self._pace(least, clock), clock)
            if left is not None:
                self._load, self._answered_at = left.load, None
                self._free_at = clock.monotonic() + left.pause_seconds
            await clock.sleep(self.pause_seconds(least, clock.monotonic()))
            is_ours = await self._sharing.has_still(lambda: self._pace(least, clock))

    def _pace(self, least: float, clock: Clock) -> Pace:
        return Pace(load=self._load, pause_seconds=self.pause_seconds(least, clock.monotonic()))

    def _release(self) -> None:
        if self._sharing is not None:
            self._sharing.keep_no_more()
        self._turn.release()


class Courtesies:
    """That of each origin that is asked in one process."""

    def __init__(self, origins: Origins | None = None) -> None:
        """`origins`: where processes of one store see whose turn it is."""
        self._origins = origins
        self._known: dict[str, Courtesy] = {}
        self._users: Counter[str] = Counter()

    def of(self, address: str) -> Courtesy:
        """The courtesy towards the origin of an address."""
        origin = str(URL(address).origin())
        if origin not in self._known:
            self._known[origin] = Courtesy(Sharing(origin, self._origins) if self._origins is not None else None)
        return self._known[origin]

    @asynccontextmanager
    async def towards(self, address: str, least: float, clock: Clock) -> AsyncIterator[Courtesy]:
        """The same while the block asks there; the last one who does gives the turn back to other processes."""
        courtesy, origin = self.of(address), str(URL(address).origin())
        self._users[origin] += 1
        try:
            yield courtesy
        finally:
            self._users[origin] -= 1
            if not self._users[origin]:
                await courtesy.give_back(least, clock)
