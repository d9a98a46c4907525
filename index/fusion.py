"""Two orders as one: by the words of the query, and by what it means. Pure.

A place is worth 1 / (60 + rank) in the order of meaning and 3c³ / (60 + rank) in that of words, c being how much of the
query its best hit by words has: where words answer, they lead; where they do not, meaning does.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

#: places that meaning may touch, and of them those of things that the words do not find
MOST_PLACES, MOST_ADDED = 100, 50
_RANK, _WORDS = 60, 3.0


class Fused(msgspec.Struct, frozen=True, kw_only=True):
    """The beginning of an order; behind it stand the hits by words that are not in it, in theirs."""

    #: every hit by words that was given, and what was added
    ids: tuple[str, ...]
    #: found by meaning alone
    added: frozenset[str]


def fuse(by_words: Sequence[str], by_meaning: Sequence[str], share: float) -> Fused:
    """The two orders as one.

    by_words    the first hits by words, at most `MOST_PLACES`
    by_meaning  what is near, nearest first, of what the reader may see
    share       of the query's words in the best hit by words, 0 to 1
    """
    words = {id_: rank for rank, id_ in enumerate(by_words, 1)}
    meaning = {id_: rank for rank, id_ in enumerate(by_meaning, 1)}
    weight = _WORDS * share**3

    def worth(id_: str) -> float:
        said = weight / (_RANK + words[id_]) if id_ in words else 0.0
        return said + (1 / (_RANK + meaning[id_]) if id_ in meaning else 0.0)

    # sorted is stable: equals stand in the order of words, then of meaning
    order = sorted(dict.fromkeys((*by_words, *by_meaning)), key=lambda id_: -worth(id_))
    new = [id_ for id_ in order[:MOST_PLACES] if id_ not in words][:MOST_ADDED]
    added = frozenset(new)
    first = [id_ for id_ in order[:MOST_PLACES] if id_ in words or id_ in added]
    shown = set(first)
    return Fused(ids=(*first, *(id_ for id_ in by_words if id_ not in shown)), added=added)
