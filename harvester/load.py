"""What an origin has shown of its load: the time that its answers take, and refusals because it is busy; pure.

From it follows how long the pause between two requests is (harvesting, 4).
"""

from __future__ import annotations

from statistics import median

import msgspec

LONGEST_PAUSE_SECONDS = 60.0
#: answers whose time says what an answer usually takes, and the fewest that say anything
_REMEMBERED, _FEWEST = 50, 5
#: an answer that takes so many times as long as is usual shows that the source is under load
_SLOW = 4.0
#: answers in a row that are neither slow nor refused, after which pauses grow shorter, and by how much
_GOOD, _SHORTER = 50, 0.8
#: no pause is made longer than so many times what is usual
_MOST_TIMES = 300.0


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """Of one origin, whoever asked it."""

    #: seconds that each of the last answers took
    taken: tuple[float, ...] = ()
    #: how many times as long as is usual the pauses are
    factor: float = 1.0
    #: answers in a row that were neither slow nor refused
    good: int = 0

    def pause_seconds(self, least: float) -> float:
        """The pause between an answer and the next request, `least` or longer."""
        usual = max(least, median(self.taken) / 2 if self.taken else 0.0)
        return max(min(usual * self.factor, LONGEST_PAUSE_SECONDS), least)

    def answered(self, seconds: float) -> Load:
        """With one answer more."""
        is_slow = len(self.taken) >= _FEWEST and seconds > _SLOW * median(self.taken)
        known = msgspec.structs.replace(self, taken=(*self.taken, round(seconds, 4))[-_REMEMBERED:], good=self.good + 1)
        if is_slow:
            return known.refused()
        if known.good < _GOOD:
            return known
        return msgspec.structs.replace(known, factor=max(known.factor * _SHORTER, 1.0), good=0)

    def refused(self) -> Load:
        """The origin is busy: it refused a request for that, or took long over it."""
        return msgspec.structs.replace(self, factor=min(self.factor * 2, _MOST_TIMES), good=0)
