"""The Chinese lunar calendar, 1368 to 1911: first and last day of a year, a month, a day. Exact, from a table."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from mappings.dates.bounds import Bounds, day_text


class LunarYear(NamedTuple):
    """A row of the table."""

    first: date
    #: the month that stands twice; 0 for none
    doubled: int
    #: days of each month in order, the doubled one included
    lengths: tuple[int, ...]

    def place(self, month: int, *, leap: bool) -> int | None:
        """Where a month stands in the year, from 0; None where the year does not have it."""
        if not 1 <= month <= 12 or (leap and month != self.doubled):
            return None
        return month - 1 + int(leap or 0 < self.doubled < month)


def _row(line: str) -> tuple[int, LunarYear]:
    year, first, doubled, lengths = line.split("\t")
    days = tuple(30 if length == "L" else 29 for length in lengths)
    return int(year), LunarYear(date.fromisoformat(first), int(doubled), days)


@cache
def lunar_years() -> dict[int, LunarYear]:
    """The table, by the year in which the lunar year begins."""
    text = (files("mappings.dates") / "lunar_months.tsv").read_text(encoding="utf-8")
    return dict(_row(line) for line in text.splitlines() if not line.startswith("#"))


def _span(first: date, days: int) -> Bounds:
    return Bounds(first.isoformat(), (first + timedelta(days - 1)).isoformat())


def year_span(year: int) -> Bounds:
    """First and last day of a lunar year; outside of the table the days it can have."""
    found = lunar_years().get(year)
    if found is None:
        return Bounds(day_text(year, 1, 20), day_text(year + 1, 2, 28))
    return _span(found.first, sum(found.lengths))


def month_span(year: int, month: int, *, leap: bool = False) -> Bounds | None:
    """First and last day of a lunar month; None where the year is not in the table or does not have it."""
    found = lunar_years().get(year)
    place = found.place(month, leap=leap) if found else None
    if found is None or place is None:
        return None
    return _span(found.first + timedelta(sum(found.lengths[:place])), found.lengths[place])


def day_of(year: int, month: int, day: int, *, leap: bool = False) -> Bounds | None:
    """A lunar day; None where there is none."""
    span = month_span(year, month, leap=leap)
    if span is None or span.start is None or span.end is None:
        return None
    found = date.fromisoformat(span.start) + timedelta(day - 1)
    return _span(found, 1) if day > 0 and found.isoformat() <= span.end else None


def cyclic_day_of(year: int, month: int, number: int, *, leap: bool = False) -> Bounds | None:
    """The day of a lunar month that bears this number of the cycle of sixty; None where none does."""
    span = month_span(year, month, leap=leap)
    if span is None or span.start is None or span.end is None:
        return None
    first = date.fromisoformat(span.start)
    found = first + timedelta((number - cycle_of_day(first)) % 60)
    return _span(found, 1) if found.isoformat() <= span.end else None


STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def cycle_number(text: str) -> int | None:
    """The number of a 干支 in its cycle, 0 for 甲子; None where stem and branch do not go together."""
    stem, branch = STEMS.find(text[:1]), BRANCHES.find(text[1:])
    if len(text) != 2 or stem < 0 or branch < 0 or (stem - branch) % 2:
        return None
    return next(number for number in range(stem, 60, 10) if number % 12 == branch)


def cycle_of_year(year: int) -> int:
    """The number of a year in the cycle of sixty: 1984 is 0, 甲子."""
    return (year - 4) % 60


#: the number of the day before the first of the calendar: 1 October 1949 is 0, 甲子
_BEFORE_FIRST = 14


def cycle_of_day(day: date) -> int:
    """The number of a day in the cycle of sixty."""
    return (day.toordinal() + _BEFORE_FIRST) % 60
