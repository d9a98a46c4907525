"""What the pages of a feed cost, and how long the feed rests for that while other feeds are at work (harvesting, 3).

Feeds have their turns one after the other, but a turn of one may cost as much as a hundred of another, or be one of
thousands that bring nothing: loops, empty pages, lists that begin anew. So a feed rests in proportion to the time of
processors that it has spent of late in vain, and that its last page took beyond what is usual. Alone, no feed rests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

#: what an answer was worth: it named something that the list had not named yet, nothing such, or neither was to be had
Worth = Literal["brought", "vain", "neither"]

#: the longest rest
MOST_REST_SECONDS = 10.0
#: pages over which what was spent in vain is forgotten
_PAGES = 16
#: a page of some hundred records takes no longer
USUAL_SECONDS = 0.25
#: what brings something is held up for so many others at most
_OTHERS = 2


class Effort:
    """What one feed costs at present."""

    def __init__(self, others: Callable[[], int] = lambda: 0) -> None:
        """`others`: how many other feeds are at work."""
        self._others = others
        self._last = self._vain = 0.0

    def spent(self, cpu_seconds: float, worth: Worth) -> None:
        """An answer took so much of a processor."""
        self._last = cpu_seconds
        if worth == "brought":
            self._vain = 0.0
        elif worth == "vain":
            self._vain += cpu_seconds - self._vain / _PAGES

    @property
    def rest_seconds(self) -> float:
        """How long the feed leaves the machine to others before it asks again."""
        others = self._others()
        beyond = max(self._last - USUAL_SECONDS, 0.0)
        return min(self._vain * others + beyond * min(others, _OTHERS), MOST_REST_SECONDS)
