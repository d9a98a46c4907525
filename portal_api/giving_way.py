"""Long work beside the doors lets readers go first, piece by piece.

One thread of a process computes at a time. A page of a harvest that is kept in one go would have every search beside it
take twice as long; kept in pieces, each of which waits for a moment in which nobody searches, it is hardly met.
"""

from __future__ import annotations

import time
from collections.abc import Callable

#: longest wait of one piece: the work gets on beside readers who never pause, and holds the store's one turn of writing
#: for no more than a few of these
MOST_SECONDS = 0.01
#: between two looks
_LOOK_SECONDS = 0.0005


class GivingWay:
    """Called before each piece of work, from the thread that does it."""

    def __init__(
        self,
        are_asking: Callable[[], bool],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`are_asking`: whether somebody waits for an answer now."""
        self._are_asking, self._clock, self._sleep = are_asking, clock, sleep

    def __call__(self) -> None:
        """Waits until nobody waits for an answer, `MOST_SECONDS` at most."""
        until = self._clock() + MOST_SECONDS
        while self._are_asking() and self._clock() < until:
            self._sleep(_LOOK_SECONDS)
