"""What a feed costs in vain it rests for, while others are at work."""

from __future__ import annotations

import pytest

from harvester.effort import MOST_REST_SECONDS, USUAL_SECONDS, Effort


def effort(others: int) -> Effort:
    return Effort(lambda: others)


def test_what_brings_something_at_a_usual_price_never_rests() -> None:
    found = effort(63)
    for _ in range(100):
        found.spent(USUAL_SECONDS, "brought")
        assert found.rest_seconds == 0.0


def test_what_is_spent_in_vain_is_rested_for_the_longer_the_more_others_there_are() -> None:
    few, many = effort(1), effort(10)
    for found in (few, many):
        for _ in range(3):
            found.spent(0.02, "vain")
    assert few.rest_seconds == pytest.approx(0.06, rel=0.1)
    assert many.rest_seconds == pytest.approx(10 * few.rest_seconds)


def test_alone_no_feed_rests() -> None:
    found = effort(0)
    found.spent(30.0, "vain")
    assert found.rest_seconds == 0.0


def test_a_page_that_brings_something_ends_the_rest_and_what_is_neither_changes_nothing() -> None:
    found = effort(10)
    found.spent(0.05, "vain")
    rests = found.rest_seconds
    found.spent(0.0, "neither")
    assert found.rest_seconds == rests
    found.spent(0.05, "brought")
    assert found.rest_seconds == 0.0


def test_a_page_that_takes_more_than_is_usual_is_rested_for_though_it_brings_something() -> None:
    found = effort(63)
    found.spent(USUAL_SECONDS + 2.0, "brought")
    assert found.rest_seconds == pytest.approx(4.0)
    found.spent(0.01, "brought")
    assert found.rest_seconds == 0.0


def test_no_rest_is_without_bound() -> None:
    found = effort(63)
    for _ in range(1_000):
        found.spent(5.0, "vain")
    assert found.rest_seconds == MOST_REST_SECONDS


def test_cheap_pages_that_bring_nothing_are_hardly_held_up() -> None:
    """Windows of a sparse repository: a thousand in a row without a record."""
    found = effort(10)
    for _ in range(1_000):
        found.spent(0.001, "vain")
    assert found.rest_seconds <= 0.2
