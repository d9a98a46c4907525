"""How politely an origin is asked: a request at a time, with pauses that grow where it is busy or slow (harvesting, 4).

An origin is a scheme, a host and a port: whatever feeds have addresses there share it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median

from yarl import URL

from harvester.ports import Clock
from harvester.retry import BUSY, Failure

LONGEST_PAUSE_SECONDS = 60.0
#: answers whose time says what an answer usually takes, and the fewest that say anything
_REMEMBERED, _FEWEST = 50, 5
#: an answer that takes so many times as long as is usual shows that the source is under load
_SLOW = 4.0
#: answers in a row that are neither slow nor refused, after which pauses grow shorter, and by how much
_GOOD, _SHORTER = 50, 0.8
#: no pause is made longer than so many times what is usual
_MOST_TIMES = 300.0


class Courtesy:
    """What one origin has said of its load, by refusing requests and by the time that its answers take."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._taken: deque[float] = deque(maxlen=_REMEMBERED)
        self._factor, self._good = 1.0, 0
        self._answered_at: float | None = None

    def pause_seconds(self, least: float, now: float) -> float:
        """What is left of the pause before the next request.

        least   the shortest pause between two requests; 0 = the origin is asked without any
        now     seconds of a clock that never goes back
        """
        if not least or self._answered_at is None:
            return 0.0
        usual = max(least, median(self._taken) / 2 if self._taken else 0.0)
        pause = max(min(usual * self._factor, LONGEST_PAUSE_SECONDS), least)
        return max(self._answered_at + pause - now, 0.0)

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
            await clock.sleep(self.pause_seconds(least, clock.monotonic()))
        except BaseException:
            self._turn.release()
            raise

    def end(self, least: float, clock: Clock) -> None:
        """The answer has come, or was given up: others have their turn."""
        if least:
            self._answered_at = clock.monotonic()
            self._turn.release()

    def answered(self, seconds: float) -> None:
        """An answer took so long."""
        is_slow = len(self._taken) >= _FEWEST and seconds > _SLOW * median(self._taken)
        self._taken.append(seconds)
        if is_slow:
            self._longer()
            return
        self._good += 1
        if self._good >= _GOOD:
            self._factor, self._good = max(self._factor * _SHORTER, 1.0), 0

    def failed(self, failure: Failure) -> None:
        """A request failed; one that was refused because the source is busy makes the pauses longer."""
        if failure.status in BUSY:
            self._longer()

    def _longer(self) -> None:
        self._factor, self._good = min(self._factor * 2, _MOST_TIMES), 0


class Courtesies:
    """That of each origin that is asked in one process."""

    def __init__(self) -> None:
        self._origins: dict[str, Courtesy] = {}

    def of(self, address: str) -> Courtesy:
        """The courtesy towards the origin of an address."""
        return self._origins.setdefault(str(URL(address).origin()), Courtesy())
