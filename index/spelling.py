"""Words that may have been meant: near ones among the words of titles, names, subjects and places.

Offered where a search finds nothing, never put in place of what was typed; the caller proves each by counting.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

#: columns whose words are offered, and how many words of each
COLUMNS: tuple[str, ...] = ("title", "creator", "subject", "place")
MOST_WORDS = 25_000
#: letters that a word needs; from `_LONG` on two edits are tried
SHORTEST, _LONG = 4, 8
_OFFERED = 3
#: a word is common that stands in so many documents: a slip of the pen in a catalogue stands in one or two
_FEWEST = 3


class KnownSpellings(NamedTuple):
    """Words that stand in an index, commonest first."""

    words: tuple[str, ...] = ()
    #: so many of the first are common
    common: int = 0


def commonest(counted: Mapping[str, int]) -> KnownSpellings:
    """The commonest of words with the documents that each stands in."""
    known = ((word, count) for word, count in counted.items() if len(word) >= SHORTEST)
    first = heapq.nsmallest(MOST_WORDS, known, key=lambda each: (-each[1], each[0]))
    return KnownSpellings(tuple(word for word, _ in first), sum(count >= _FEWEST for _, count in first))


def near_among(known: Callable[[], KnownSpellings]) -> Callable[[str], tuple[str, ...]]:
    """`near_words` among these, each word looked for once; they are asked for only where one is."""
    return cache(lambda word: near_words(word, known()))


def near_words(word: str, known: KnownSpellings) -> tuple[str, ...]:
    """Known words near a folded word, nearest first, commoner ones before others; none where it is known itself.

    Rare words, among which the catalogues' own slips are, are offered only where no common one is near: names that are
    right stand in one record alone too, and who misspells one is to find it.
    """
    if len(word) < SHORTEST or not word.isalpha() or word in known.words:
        return ()
    return _near(word, known.words[: known.common]) or _near(word, known.words[known.common :])


def _near(word: str, known: Sequence[str]) -> tuple[str, ...]:
    edits = 2 if len(word) >= _LONG else 1
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=edits, limit=20)
    ordered = sorted(found, key=lambda each: (each[1], each[2]))
    return tuple(better for better, _, _ in ordered[:_OFFERED])
