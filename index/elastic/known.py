"""What is read of a generation once and kept for a while: labels of values, and the words that stand in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from index.elastic.dialect import Json
from index.elastic.searching import Buckets
from index.engine import Counts, Wanted
from index.errors import BackendUnavailable
from index.query.primitives import Primitive
from index.spelling import COLUMNS, KnownSpellings, commonest

_WORDS_SECONDS, _LABELS_SECONDS = 300.0, 60.0
#: after words were not given
_AGAIN_SECONDS = 30.0
#: of each column; all of them together stay below what a cluster gives at once
_WORDS_OF_A_COLUMN = 16_000

#: asks for buckets: query, aggregations
Count = Callable[[Json, Json], Mapping[str, Buckets]]
#: whether what was read is of every part of the index: only then it is kept
Whole = Callable[[], bool]


class Known:
    """Kept for one generation and one kind of reader."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._read_at: float | None = None
        self._words = KnownSpellings()
        self._labels: dict[tuple[str, str], tuple[float, str]] = {}
        self._counts: dict[tuple[Primitive, Wanted], tuple[float, Counts]] = {}

    def words(self, count: Count, *, whole: Whole = lambda: True) -> KnownSpellings:
        """Words of titles, names, subjects and places, commonest first.

        They only help: where the engine cannot give them in time, those known before serve, and it is asked again soon.
        """
        with self._lock:
            now = self._clock()
            if self._read_at is None or now - self._read_at > _WORDS_SECONDS:
                try:
                    found = _read(count)
                    is_whole = whole()
                except BackendUnavailable:
                    found, is_whole = KnownSpellings(), False
                self._words = found if is_whole or not self._words.words else self._words
                self._read_at = now if is_whole else now - _WORDS_SECONDS + _AGAIN_SECONDS
            return self._words

    def counts(
        self, asked: tuple[Primitive, Wanted], read: Callable[[], Counts], *, whole: Whole = lambda: True
    ) -> Counts:
        """What was counted, read where it is not known or old."""
        read_at, kept = self._counts.get(asked, (0.0, None))
        now = self._clock()
        if kept is None or now - read_at > _LABELS_SECONDS:
            kept = read()
            if whole():
                self._counts[asked] = now, kept
        return kept

    def labels(
        self,
        facet: str,
        values: Sequence[str],
        read: Callable[[str, Sequence[str]], dict[str, str]],
        *,
        whole: Whole = lambda: True,
    ) -> dict[str, str]:
        """Labels of values, read where they are not known or old."""
        now = self._clock()
        old = now - _LABELS_SECONDS
        wanted = [value for value in values if self._labels.get((facet, value), (old, ""))[0] <= old]
        if wanted:
            found = read(facet, wanted)
            if not whole():
                return {value: spelt for value in values if (spelt := found.get(value) or self._label(facet, value))}
            self._labels |= {(facet, value): (now, found.get(value, "")) for value in wanted}
        kept = {value: self._labels[facet, value][1] for value in values}
        return {value: spelt for value, spelt in kept.items() if spelt}

    def _label(self, facet: str, value: str) -> str:
        return self._labels.get((facet, value), (0.0, ""))[1]


def _read(count: Count) -> KnownSpellings:
    counted: Counter[str] = Counter()
    asked: Json = {column: {"terms": {"field": f"spelling.{column}", "size": _WORDS_OF_A_COLUMN}} for column in COLUMNS}
    for buckets in count({"match_all": {}}, asked).values():
        for bucket in buckets.buckets:
            counted[str(bucket.key)] += bucket.doc_count
    return commonest(counted)
