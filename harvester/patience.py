"""How long whoever asked for a harvest waits for its source; a wait that goes beyond that is put off."""

from __future__ import annotations

import math

#: a pause as short as this between two requests is the pace of a harvest and no wait
PACE_SECONDS = 1.0


class Patience:
    """The waiting that is left, over all slices of one command; who goes on with runs that are put off needs none."""

    def __init__(self, seconds: float = math.inf, *, pace_seconds: float | None = None) -> None:
        """`pace_seconds`: the longest pause between two requests; else all of the patience, or a second."""
        #: all of it, as it was at first
        self.seconds = seconds
        self._left = seconds
        self._pace = max(seconds, PACE_SECONDS) if pace_seconds is None else pace_seconds

    def bears(self, seconds: float) -> bool:
        """Whether a wait of `seconds` is within what is left."""
        return seconds <= self._left

    def paces(self, seconds: float) -> bool:
        """Whether a pause of `seconds` before each request, which is not counted, is short enough to sit through."""
        return seconds <= self._pace

    def spend(self, seconds: float) -> None:
        """Takes from what is left: a wait, or a request that failed."""
        self._left = max(self._left - seconds, 0.0)
