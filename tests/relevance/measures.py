"""How good a ranked list is, judged by graded answers; of several lists the mean.

nDCG by Järvelin and Kekäläinen (2002), gain 2^grade - 1, discount log2(rank + 1); the others count any grade > 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2
from statistics import mean

import msgspec

#: how far a reader looks, and how far recall does
LOOKED_AT, REACHED = 10, 100


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """What one query gave."""

    #: cluster ids, best first, at most `REACHED`
    found: Sequence[str]
    #: cluster id -> grade
    grades: Mapping[str, int]
    #: nothing was found as typed, and these are the hits of a relaxed search
    is_corrected: bool = False


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """Means over the queries of a set, each between 0 and 1."""

    mrr_at_10: float
    hit_at_1: float
    hit_at_10: float
    ndcg_at_10: float
    recall_at_100: float
    #: share of queries that found nothing at all
    zero_hits: float
    #: share of queries that found nothing as typed, but by being relaxed
    corrected: float = 0.0


def measured(rankings: Sequence[Ranking]) -> Measures:
    """The means of some rankings, to four digits."""
    return Measures(
        mrr_at_10=_mean(map(reciprocal_rank, rankings)),
        hit_at_1=_mean(float(reciprocal_rank(each) == 1) for each in rankings),
        hit_at_10=_mean(float(reciprocal_rank(each) > 0) for each in rankings),
        ndcg_at_10=_mean(map(ndcg, rankings)),
        recall_at_100=_mean(map(recall, rankings)),
        zero_hits=_mean(float(not each.found) for each in rankings),
        corrected=_mean(float(each.is_corrected) for each in rankings),
    )


def _mean(values: Iterable[float]) -> float:
    return round(mean(values), 4)


def reciprocal_rank(ranking: Ranking) -> float:
    """1 / rank of the first answer among the first ten; 0 where there is none."""
    ranks = (rank for rank, id_ in enumerate(ranking.found[:LOOKED_AT], 1) if ranking.grades.get(id_, 0) > 0)
    return 1 / next(ranks, float("inf"))


def ndcg(ranking: Ranking) -> float:
    """The gain of the first ten over that of the best order; 0 where nothing answers."""
    best = _gain(sorted(ranking.grades.values(), reverse=True))
    return _gain([ranking.grades.get(id_, 0) for id_ in ranking.found]) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(rank + 1) for rank, grade in enumerate(grades[:LOOKED_AT], 1))


def recall(ranking: Ranking) -> float:
    """The share of the answers that is among the first hundred; 0 where nothing answers."""
    wanted = {id_ for id_, grade in ranking.grades.items() if grade > 0}
    return len(wanted & set(ranking.found[:REACHED])) / len(wanted) if wanted else 0.0
