"""Days as whole numbers, and back as the shortest ISO date."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.days import first_day, last_day, written_from, written_to

_DAYS = st.integers(min_value=-4_000_000, max_value=4_000_000)


@given(_DAYS)
def test_a_day_is_written_as_a_date_that_begins_or_ends_with_it(day: int) -> None:
    assert first_day(written_from(day) or "") == day
    assert last_day(written_to(day) or "") == day


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        (0, "1970", "1970-01-01"),
        (30, "1970-01-31", "1970-01"),
        (31, "1970-02", "1970-02-01"),
        (364, "1970-12-31", "1970"),
    ],
)
def test_the_shortest_date_is_taken(day: int, begins: str, ends: str) -> None:
    assert (written_from(day), written_to(day)) == (begins, ends)


@pytest.mark.parametrize("text", ["1931-02-29", "1931-04-31", "1931-13", "1931-00", "19", "x"])
def test_a_day_that_there_is_not_has_no_number(text: str) -> None:
    assert (first_day(text) is None) == (text != "19")


def test_a_year_of_seven_digits_cannot_be_written() -> None:
    assert written_to(400_000_000) is None
