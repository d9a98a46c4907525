"""How long whoever asked for a harvest waits for its source; a wait that goes beyond that is put off."""

from __future__ import annotations

import math

#: a pause as short as this between two requests is the pace of a harvest and no wait
PACE_SECONDS = 1.0


class Patience:
    """The waiting that is left, over all slices of one command; a server's has no end."""

    def __init__(self, seconds: float = math.inf) -> None:
        #: all of it, as it was at first
        self.seconds = seconds
        self._left = seconds

    def bears(self, seconds: float) -> bool:
        """Whether a wait of `seconds` is within what is left."""
        return seconds <= self._left

    def paces(self, seconds: float) -> bool:
        """Whether a pause of `seconds` before each request, which is not counted, is short enough to sit through."""
        return seconds <= max(self.seconds, PACE_SECONDS)

    def spend(self, seconds: float) -> None:
        """Takes from what is left: a wait, or a request that failed."""
        self._left = max(self._left - seconds, 0.0)
