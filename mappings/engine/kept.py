"""Results that are kept: what a rule makes of a value depends on the value alone, and catalogues repeat their values.

The cache changes nothing but speed; steps are counted as if every value were new. Subjects, places and dates come
again, numbers and titles do not: where next to none does, keeping them would only cost memory, and none are kept for a
while.
"""

from __future__ import annotations

from typing import Any

#: results that are kept, and the longest text whose result is
CACHE_SIZE, CACHE_TEXT = 2_048, 1_024
#: one result in so many has to be asked for again
_WORTH = 8
#: new values for which none are kept, before it is tried again
_PAUSE = 15 * CACHE_SIZE


class Kept:
    """Results of a rule, or of all that read a slot; emptied when full, so that millions of records cost no memory."""

    __slots__ = ("_asked_before", "_pause", "asked", "misses", "results")

    def __init__(self) -> None:
        self.results: dict[Any, Any] = {}
        self.asked = self.misses = 0
        #: `asked` when it was last empty, and the new values that are still let go
        self._asked_before = self._pause = 0

    def add(self, key: Any, length: int, result: Any) -> None:
        """Keeps a result, unless its text is too long to come again."""
        self.misses += 1
        if length > CACHE_TEXT:
            return
        if self._pause:
            self._pause -= 1
            self._asked_before = self.asked
            return
        if len(self.results) >= CACHE_SIZE:
            self._empty()
        self.results[key] = result

    def _empty(self) -> None:
        again = self.asked - self._asked_before - len(self.results)
        self._pause = 0 if again * _WORTH > len(self.results) else _PAUSE
        self._asked_before = self.asked
        self.results.clear()
