"""What the figures of the relevance command mean, by examples worked out on paper."""

from __future__ import annotations

from math import log2

import pytest

from tests.relevance.measures import Ranking, measured, ndcg, recall, reciprocal_rank


def ranking(*found: str, **grades: int) -> Ranking:
    """Hits, and the grade of each answer."""
    return Ranking(found=found, grades=grades)


def test_the_reciprocal_rank_is_that_of_the_first_answer_and_ends_at_ten() -> None:
    assert reciprocal_rank(ranking("x", "a", a=1)) == 1 / 2
    assert reciprocal_rank(ranking(*"0123456789", "a", a=1)) == 0
    assert reciprocal_rank(ranking("a", a=0)) == 0


def test_ndcg_gains_more_from_the_better_answer_and_is_1_in_the_best_order() -> None:
    best = 3 + 1 / log2(3)
    assert ndcg(ranking("a", "b", a=2, b=1)) == 1
    assert ndcg(ranking("b", "a", a=2, b=1)) == pytest.approx((1 + 3 / log2(3)) / best)
    assert ndcg(ranking("b", a=2, b=1)) == pytest.approx(1 / best)


def test_recall_counts_answers_and_not_what_was_judged_to_be_none() -> None:
    assert recall(ranking("a", "c", a=1, b=2, c=0)) == 1 / 2


def test_a_set_tells_means_and_how_many_found_nothing() -> None:
    found = measured([ranking("a", a=1), ranking(a=1), Ranking(found=["a"], grades={"a": 1}, is_corrected=True)])
    assert (found.mrr_at_10, found.hit_at_1, found.recall_at_100) == (0.6667, 0.6667, 0.6667)
    assert (found.zero_hits, found.corrected) == (0.3333, 0.3333)
