"""Feeds whose records keep coming to no end: a few of them at a time, every second batch, so that others go on.

Every record is tried, so that what becomes of it depends on it and its rules alone; only when it is tried depends on
those before it. What is not tried yet waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from federation.errors import FeedTooSlow
from federation.pipeline.progress import BATCH

#: records of one feed in one batch that may be too slow
MOST_SLOW = 20
#: records of a slow feed that a batch takes at first; twice as many after each batch in which none was too slow
FEWEST = 5


class SlowFeeds:
    """What a process knows of them."""

    def __init__(self) -> None:
        #: feed -> how many of its records a batch takes
        self.shares: dict[str, int] = {}
        #: feeds of this batch, and how many of their records were too slow
        self._met: set[str] = set()
        self._slow: Counter[str] = Counter()
        self._are_others_next = True

    def note(self, feed: str, *, was_slow: bool) -> None:
        """What became of a record of a feed."""
        self._met.add(feed)
        self._slow[feed] += was_slow

    def check(self, feed: str) -> None:
        """Raises FeedTooSlow where a batch has had too much of a feed of which it may take more."""
        if self._slow[feed] >= MOST_SLOW and self.shares.get(feed, BATCH) > MOST_SLOW:
            raise FeedTooSlow(feed)

    def end_batch(self) -> None:
        """From now on another batch is at work."""
        for feed in self._met:
            if self._slow[feed] >= MOST_SLOW or (self._slow[feed] and feed in self.shares):
                self.shares[feed] = FEWEST
            elif feed in self.shares and not self._slow[feed]:
                self.shares[feed] *= 2
        self.shares = {feed: share for feed, share in self.shares.items() if share < BATCH}
        self._met, self._slow = set(), Counter()

    def turns(self) -> tuple[frozenset[str], ...]:
        """Feeds that the next batch leaves out; where nothing else waits, those that it leaves out then, and so on."""
        everyone, others = frozenset[str](), frozenset(self.shares)
        if not others:
            return (everyone,)
        are_others, self._are_others_next = self._are_others_next, not self._are_others_next
        return (others, everyone) if are_others else (everyone,)

    def within(self, feeds: Sequence[str]) -> int:
        """How many of the first records of a batch, by their feeds, it takes."""
        left = dict(self.shares)
        for place, feed in enumerate(feeds):
            left[feed] = left.get(feed, BATCH) - 1
            if left[feed] < 0:
                return place
        return len(feeds)
