"""Two orders as one: words lead where they answer, meaning where they do not; nothing that words found is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.fusion import MOST_ADDED, MOST_PLACES, fuse

NAMES = st.integers(0, 300).map("c{}".format)
WORDS = st.lists(NAMES, unique=True, max_size=MOST_PLACES)
MEANING = st.lists(NAMES, unique=True, max_size=200)


def test_where_words_answer_wholly_they_lead() -> None:
    fused = fuse(["a", "b"], ["x", "b"], 1.0)
    assert fused.ids == ("b", "a", "x")
    assert fused.added == {"x"}


def test_where_words_hardly_answer_meaning_leads() -> None:
    assert fuse(["a", "b"], ["x", "y", "b"], 1 / 3).ids == ("b", "x", "y", "a")


def test_without_words_the_order_is_that_of_meaning() -> None:
    assert fuse([], ["x", "y"], 0.0).ids == ("x", "y")


def test_without_meaning_the_order_is_that_of_words() -> None:
    assert fuse(["b", "a"], [], 0.4).ids == ("b", "a")


@given(WORDS, MEANING, st.floats(0, 1))
def test_every_hit_by_words_stays_and_additions_have_their_bounds(
    by_words: list[str], by_meaning: list[str], share: float
) -> None:
    fused = fuse(by_words, by_meaning, share)
    assert len(set(fused.ids)) == len(fused.ids)
    assert set(fused.ids) == set(by_words) | fused.added
    assert fused.added <= set(by_meaning) - set(by_words)
    assert len(fused.added) <= MOST_ADDED
    assert fused.added <= set(fused.ids[:MOST_PLACES])


@given(WORDS, MEANING)
def test_hits_by_words_alone_keep_their_order_where_words_answer_wholly(
    by_words: list[str], by_meaning: list[str]
) -> None:
    fused, near = fuse(by_words, by_meaning, 1.0), set(by_meaning)
    alone = [each for each in by_words if each not in near]
    assert [each for each in fused.ids if each in alone] == alone
