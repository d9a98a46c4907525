"""The turn at one origin, which this process has or waits for while others want it too (`turns` has the rules)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from harvester.ports import Clock, Origins
from harvester.turns import Pace

#: how long others wait at most for one who goes on asking
TURN_SECONDS = 5.0
#: between two words that this process still has the turn, and between two looks whether it may have it
KEEP_SECONDS, POLL_SECONDS = 5.0, 0.25


class Sharing:
    """Of one origin, with what is written where other processes see it; of its user one request is under way."""

    def __init__(self, origin: str, origins: Origins) -> None:
        self._origin, self._origins = origin, origins
        self._since: float | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def _is_fresh(self) -> bool:
        """Whether this process has the turn, and has had it for so short a time that nobody need be asked."""
        return self._since is not None and asyncio.get_running_loop().time() - self._since < TURN_SECONDS

    async def have(self, pace: Callable[[], Pace], clock: Clock) -> Pace | None:
        """Waits until this process has the turn; what others have left, None where it was here all the time.

        pace   tells what this process knows of the origin now
        """
        if self._is_fresh:
            return None
        while not (turn := await asyncio.to_thread(self._origins.come, self._origin, pace())).is_ours:
            self._since = None
            await clock.sleep(POLL_SECONDS)
        self._since = asyncio.get_running_loop().time()
        return turn.pace if turn.is_new else None

    async def has_still(self, pace: Callable[[], Pace]) -> bool:
        """Whether this process has the turn yet, behind a pause that may have outlasted it.

        Nobody is given way for that: of two that wait out long pauses one would never ask.
        """
        return self._is_fresh or await asyncio.to_thread(self._origins.stay, self._origin, pace())

    def keep(self, pace: Callable[[], Pace]) -> None:
        """Keeps the turn from now on, however long the request takes."""
        self._keeping = asyncio.create_task(self._kept(pace))

    def keep_no_more(self) -> None:
        """The request is over; the turn lasts as long as was said last."""
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None

    async def _kept(self, pace: Callable[[], Pace]) -> None:
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            await asyncio.to_thread(self._origins.stay, self._origin, pace())

    async def give_back(self, pace: Pace) -> None:
        """Nothing more is asked for now: others need not wait for the lease to run out."""
        if self._since is not None:
            self._since = None
            await asyncio.to_thread(self._origins.go, self._origin, pace)
