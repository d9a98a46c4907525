"""Days: the first and the last one that a date can mean, as ISO 8601 text with astronomic, signed years.

Proleptic Gregorian throughout; year 0 is 1 BC.
"""

from __future__ import annotations

from typing import NamedTuple

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Bounds(NamedTuple):
    """First and last day, inclusive; None is open."""

    start: str | None
    end: str | None


def is_leap(year: int) -> bool:
    """Whether `year` has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """Days of a month, 1 to 12."""
    return 29 if month == 2 and is_leap(year) else _LENGTHS[month - 1]


def year_text(year: int) -> str:
    """A year as ISO 8601 writes it: four digits, a sign where it is before 0 or past 9999."""
    if 0 <= year <= 9999:
        return f"{year:04d}"
    return f"{year:05d}" if year < 0 else f"+{year}"


def day_text(year: int, month: int, day: int) -> str:
    """A day as ISO 8601 writes it."""
    return f"{year_text(year)}-{month:02d}-{day:02d}"


def year_bounds(first: int, last: int) -> Bounds:
    """From the first day of one year to the last day of another."""
    return Bounds(day_text(first, 1, 1), day_text(last, 12, 31))


def month_bounds(first_year: int, first_month: int, last_year: int, last_month: int) -> Bounds:
    """From the first day of one month to the last day of another."""
    last = day_text(last_year, last_month, month_length(last_year, last_month))
    return Bounds(day_text(first_year, first_month, 1), last)


def year_of(day: str) -> int:
    """The year of an ISO 8601 day."""
    return int(day[:-6])


def ordinal_key(day: str) -> tuple[int, str]:
    """Orders ISO 8601 days, signed years included."""
    return int(day[:-6]), day[-5:]
