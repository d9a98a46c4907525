"""Words that may have been meant: near ones among the words of titles, names, subjects and places.

Offered where a search finds nothing, never put in place of what was typed; the caller proves each by counting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

#: columns whose words are offered, and how many words of each
COLUMNS: tuple[str, ...] = ("title", "creator", "subject", "place")
MOST_WORDS = 25_000
#: letters that a word needs; from `_LONG` on two edits are tried
SHORTEST, _LONG = 4, 8
_OFFERED = 3


def near_among(known: Callable[[], Sequence[str]]) -> Callable[[str], tuple[str, ...]]:
    """`near_words` among these, each word looked for once; they are asked for only where one is."""
    return cache(lambda word: near_words(word, known()))


def near_words(word: str, known: Sequence[str]) -> tuple[str, ...]:
    """Known words near a folded word, nearest first, commoner ones before others; none where it is known itself.

    known   commonest first
    """
    if len(word) < SHORTEST or not word.isalpha() or word in known:
        return ()
    edits = 2 if len(word) >= _LONG else 1
    found = process.extract(word, known, scorer=OSA.distance, score_cutoff=edits, limit=20)
    ordered = sorted(found, key=lambda each: (each[1], each[2]))
    return tuple(better for better, _, _ in ordered[:_OFFERED])
