"""What the store says, some seconds old at most, for what every query asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

#: a change is seen by every process after so long
_SECONDS = 5.0


class Lately(Generic[T]):
    """The last reading; made again once it is too old."""

    def __init__(self, read: Callable[[], T], clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._clock = read, clock
        self._known: tuple[float, T] | None = None

    def __call__(self) -> T:
        """What was read at most five seconds ago."""
        now = self._clock()
        if self._known is None or now - self._known[0] >= _SECONDS:
            self._known = now, self._read()
        return self._known[1]
