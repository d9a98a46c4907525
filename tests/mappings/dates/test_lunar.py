"""The lunar calendar, against days that histories give in both calendars."""

from __future__ import annotations

import importlib
from datetime import date, timedelta
from importlib.resources import files

import pytest

from mappings.dates.lunar import cycle_number, cycle_of_year, day_of, lunar_years, month_span, year_span


@pytest.mark.parametrize(
    ("lunar", "day"),
    [
        ((1911, 8, 19), "1911-10-10"),
        ((1911, 12, 25), "1912-02-12"),
        ((1900, 7, 20), "1900-08-14"),
        ((1898, 8, 6), "1898-09-21"),
        ((1644, 5, 2), "1644-06-06"),
        ((1894, 7, 1), "1894-08-01"),
    ],
)
def test_known_days(lunar: tuple[int, int, int], day: str) -> None:
    assert day_of(*lunar) == (day, day)


def test_a_year_and_a_doubled_month() -> None:
    assert year_span(1903) == ("1903-01-29", "1904-02-15")
    assert month_span(1903, 5, leap=True) == ("1903-06-25", "1903-07-23")
    assert month_span(1903, 6, leap=True) is None
    assert day_of(1903, 13, 1) is None
    assert year_span(1200) == ("1200-01-20", "1201-02-28")


def test_each_year_of_the_table_begins_where_the_one_before_it_ends() -> None:
    years = lunar_years()
    assert (min(years), max(years)) == (1368, 1911)
    for number in range(1368, 1911):
        assert years[number].first + timedelta(sum(years[number].lengths)) == years[number + 1].first
        assert (len(years[number].lengths) == 13) == bool(years[number].doubled)
    assert years[1911].first + timedelta(sum(years[1911].lengths)) == date(1912, 2, 18)


def test_the_table_of_months_is_what_its_peer_makes() -> None:
    pytest.importorskip("sxtwl", reason="the package sxtwl, which made the table, is not installed")
    made = importlib.import_module("tests.mappings.dates.lunar_table").lines()
    held = files("mappings.dates").joinpath("lunar_months.tsv").read_text(encoding="utf-8").splitlines()
    assert [line for line in held if not line.startswith("#")] == made
    assert len(made) == 1911 - 1368 + 1


def test_the_cycle_of_sixty() -> None:
    assert (cycle_number("甲子"), cycle_number("癸亥"), cycle_number("甲丑")) == (0, 59, None)
    assert cycle_of_year(1984) == 0
    assert cycle_of_year(1904) == cycle_number("甲辰")
