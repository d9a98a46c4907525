"""The words that a search without hits may have meant, read from the index's own terms and kept for some minutes.

Reading all terms costs a fraction of a second, so it is not done anew after every commit; what is offered from it is
counted under the reader before it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from threading import Lock

from tantivy import Searcher

from index.embedded.reader import guarded
from index.fields import exact
from index.spelling import COLUMNS, KnownSpellings, commonest

_KEPT_SECONDS = 300.0


class KnownWords:
    """The words of an index, commonest first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._read_at: float | None = None
        self._words = KnownSpellings()

    def words(self, searchers: Sequence[Searcher]) -> KnownSpellings:
        """The words, read again where what is kept is old."""
        with self._lock:
            now = self._clock()
            if self._read_at is None or now - self._read_at > _KEPT_SECONDS:
                self._words, self._read_at = _read(searchers), now
            return self._words


def _read(searchers: Sequence[Searcher]) -> KnownSpellings:
    counted: Counter[str] = Counter()
    for searcher in searchers:
        for column in COLUMNS:
            for word, count in guarded(searcher.terms_with_prefix, exact(column), ""):
                counted[word] += count
    return commonest(counted)
