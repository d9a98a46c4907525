"""A reading that many ask for and that costs something: it is made once for all who come while it is young."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

#: a reading is kept for so many times as long as it took, so that readings take one part in so many of a processor
_SHARE = 20
_MOST_SECONDS = 60.0


class Remembered(Generic[T]):
    """The last reading; while a new one is made, those who come have the former."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._reading = asyncio.Lock()
        self._held: tuple[T] | None = None
        self._until = 0.0

    async def get(self, read: Callable[[], Awaitable[T]]) -> T:
        """What `read` gave last, or gives now; where it fails nothing is kept."""
        if self._held and (self._clock() < self._until or self._reading.locked()):
            return self._held[0]
        async with self._reading:
            if self._held is None or self._clock() >= self._until:
                began = self._clock()
                self._held = (await read(),)
                ended = self._clock()
                self._until = ended + min(_MOST_SECONDS, _SHARE * (ended - began))
            return self._held[0]
