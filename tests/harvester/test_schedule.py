"""How often a feed is harvested, as people say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.schedule import DAY, HOUR, LONGEST, read_schedule, schedule_told


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("6 hours", 6 * HOUR),
        ("1 day", DAY),
        (" 2 Weeks ", 14 * DAY),
        ("90minutes", 5_400),
        ("daily", DAY),
        ("monthly", 30 * DAY),
        ("", None),
        ("6", None),
        ("6 fortnights", None),
        ("-1 day", None),
        ("1.5 hours", None),
    ],
)
def test_words_are_read(text: str, seconds: int | None) -> None:
    assert read_schedule(text) == seconds


@given(st.integers(1, LONGEST // 60).map(lambda minutes: 60 * minutes))
def test_what_is_told_is_read_again(seconds: int) -> None:
    assert read_schedule(schedule_told(seconds)) == seconds


def test_what_no_unit_fills_is_told_in_seconds() -> None:
    assert schedule_told(61) == "61 seconds"
