"""EDTF (ISO 8601-2:2019, levels 0 to 2): the first and the last day that an expression can mean.

`~`, `?` and `%` do not widen. 21 to 24 are the seasons of the northern half from March on; winter ends in February of
the next year. An interval of seasons is no EDTF, and no expression of it passes here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mappings.dates.bounds import Bounds, day_text, month_bounds, month_length, ordinal_key, year_bounds

_MARK = "[?~%]?"
_DATE = re.compile(
    rf"{_MARK}(?P<year>-?[\dX]{{4}})(?:S(?P<significant>\d))?{_MARK}"
    rf"(?:-{_MARK}(?P<month>[\dX]{{2}}){_MARK}(?:-{_MARK}(?P<day>[\dX]{{2}}){_MARK})?)?"
)
_LONG_YEAR = re.compile(r"Y(?P<year>-?\d{5,9})|Y(?P<base>-?\d{1,9})E(?P<exponent>\d{1,2})")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-4]):[0-5]\d(?::[0-6]\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?")

#: season code -> first month, months
_SEASONS = {
    21: (3, 3), 22: (6, 3), 23: (9, 3), 24: (12, 3),
    25: (3, 3), 26: (6, 3), 27: (9, 3), 28: (12, 3),
    29: (9, 3), 30: (12, 3), 31: (3, 3), 32: (6, 3),
    33: (1, 3), 34: (4, 3), 35: (7, 3), 36: (10, 3),
    37: (1, 4), 38: (5, 4), 39: (9, 4),
    40: (1, 6), 41: (7, 6),
}  # fmt: skip


@lru_cache(4096)
def bounds(expression: str) -> Bounds | None:
    """First and last day of an EDTF expression; None where it is none."""
    if not expression.isascii():
        return None
    if expression[:1] in ("[", "{"):
        return _set_bounds(expression)
    if "/" in expression:
        return _interval_bounds(expression)
    return _date_bounds(expression)


def is_season(expression: str) -> bool:
    """Whether `expression` is a date whose month is a season code."""
    found = _DATE.fullmatch(expression)
    return bool(found and found["month"] and found["month"].isdecimal() and int(found["month"]) > 12)


@lru_cache(4096)
def _date_bounds(expression: str) -> Bounds | None:
    found = _DATE.fullmatch(expression)
    if found is None:
        return _other_bounds(expression)
    years = _years(found["year"], found["significant"])
    if found["month"] is None:
        return year_bounds(*years)
    if found["month"].isdecimal() and int(found["month"]) > 12:
        return None if found["day"] else _season_bounds(years, int(found["month"]))
    months = _choices(found["month"], 1, 12)
    if months is None:
        return None
    if found["day"] is None:
        return month_bounds(years[0], months[0], years[1], months[1])
    return _day_bounds(years, months, found["day"])


def _other_bounds(expression: str) -> Bounds | None:
    if timed := _TIME.fullmatch(expression):
        return _date_bounds(timed[1])
    if long := _LONG_YEAR.fullmatch(expression):
        year = int(long["year"]) if long["year"] else int(long["base"]) * 10 ** int(long["exponent"])
        return year_bounds(year, year)
    return None


def _years(written: str, significant: str | None) -> tuple[int, int]:
    low, high = int(written.replace("X", "0")), int(written.replace("X", "9"))
    if significant and 0 < int(significant) < 4:
        unit = 10 ** (4 - int(significant))
        low, high = low // unit * unit, low // unit * unit + unit - 1
    return min(low, high), max(low, high)


def _choices(written: str, least: int, most: int) -> tuple[int, int] | None:
    low = max(int(written.replace("X", "0")), least)
    high = min(int(written.replace("X", "9")), most)
    return (low, high) if low <= high else None


def _season_bounds(years: tuple[int, int], code: int) -> Bounds | None:
    if code not in _SEASONS:
        return None
    first, length = _SEASONS[code]
    over, last = divmod(first + length - 2, 12)
    return month_bounds(years[0], first, years[1] + over, last + 1)


def _day_bounds(years: tuple[int, int], months: tuple[int, int], written: str) -> Bounds | None:
    # an unspecified year may be a leap one
    longest = max(
        month_length(years[1] if years[0] == years[1] else 2000, month) for month in range(months[0], months[1] + 1)
    )
    days = _choices(written, 1, longest)
    if days is None:
        return None
    first = day_text(years[0], months[0], min(days[0], month_length(years[0], months[0])))
    return Bounds(first, day_text(years[1], months[1], min(days[1], month_length(years[1], months[1]))))


def _interval_bounds(expression: str) -> Bounds | None:
    start, _, end = expression.partition("/")
    first = Bounds(None, None) if start in ("", "..") else _date_bounds(start)
    last = Bounds(None, None) if end in ("", "..") else _date_bounds(end)
    if first is None or last is None or (first == last == (None, None)) or is_season(start) or is_season(end):
        return None
    if first.start and last.end and ordinal_key(first.start) > ordinal_key(last.end):
        return None
    return Bounds(first.start, last.end)


def _set_bounds(expression: str) -> Bounds | None:
    closing = {"[": "]", "{": "}"}[expression[0]]
    if expression[-1] != closing:
        return None
    ranges = [_range_bounds(member.strip()) for member in expression[1:-1].split(",")]
    found = [each for each in ranges if each is not None]
    if len(found) < len(ranges):
        return None
    starts = [each.start for each in found if each.start]
    ends = [each.end for each in found if each.end]
    return Bounds(
        min(starts, key=ordinal_key) if len(starts) == len(found) else None,
        max(ends, key=ordinal_key) if len(ends) == len(found) else None,
    )


def _range_bounds(member: str) -> Bounds | None:
    if ".." not in member:
        return _date_bounds(member)
    start, _, end = member.partition("..")
    first = _date_bounds(start) if start else Bounds(None, None)
    last = _date_bounds(end) if end else Bounds(None, None)
    if first is None or last is None or not (start or end):
        return None
    if first.start and last.end and ordinal_key(first.start) > ordinal_key(last.end):
        return None
    return Bounds(first.start, last.end)
