"""Days as whole numbers: the proleptic Gregorian calendar with astronomic years, BCE negative; 0 is 1970-01-01."""

from __future__ import annotations

import re

#: stand for an open beginning and an open end
FIRST, LAST = -10_000_000, 10_000_000
_ISO = re.compile(r"([+-]?\d{1,6})(?:-(\d\d))?(?:-(\d\d))?$")


def day_number(year: int, month: int, day: int) -> int:
    """The day's number."""
    shifted = year - (month <= 2)
    era, of_era = divmod(shifted, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def _month_end(year: int, month: int) -> int:
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return day_number(*following, 1) - day_number(year, month, 1)


def _parts(text: str) -> tuple[int, int | None, int | None] | None:
    found = _ISO.match(text.strip())
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    if year is None or (month is not None and not 1 <= month <= 12):
        return None
    return None if day is not None and not 1 <= day <= _month_end(year, month or 12) else (year, month, day)


def first_day(text: str) -> int | None:
    """First day of an ISO year, month or day; None where it is none."""
    parts = _parts(text)
    return None if parts is None else day_number(parts[0], parts[1] or 1, parts[2] or 1)


def last_day(text: str) -> int | None:
    """Last day of an ISO year, month or day; None where it is none."""
    parts = _parts(text)
    if parts is None:
        return None
    year, month, day = parts
    month = month or 12
    return day_number(year, month, day or _month_end(year, month))


def year_of(day: int) -> int:
    """The astronomic year in which a day lies."""
    era, of_era = divmod(day + 719_468, 146_097)
    of_400 = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    from_march = of_era - (365 * of_400 + of_400 // 4 - of_400 // 100)
    return era * 400 + of_400 + (from_march >= 306)


def written_from(day: int) -> str | None:
    """The shortest ISO date that begins with this day; None where its year has more than six digits."""
    year, month, of_month = _calendar(day)
    if of_month > 1:
        return _iso(year, f"-{month:02}-{of_month:02}")
    return _iso(year, f"-{month:02}" if month > 1 else "")


def written_to(day: int) -> str | None:
    """The shortest ISO date that ends with this day; None where its year has more than six digits."""
    year, month, of_month = _calendar(day)
    if of_month < _month_end(year, month):
        return _iso(year, f"-{month:02}-{of_month:02}")
    return _iso(year, f"-{month:02}" if month < 12 else "")


def _calendar(day: int) -> tuple[int, int, int]:
    year = year_of(day)
    month = max(month for month in range(1, 13) if day_number(year, month, 1) <= day)
    return year, month, day - day_number(year, month, 1) + 1


def _iso(year: int, rest: str) -> str | None:
    return f"{'-' if year < 0 else ''}{abs(year):04}{rest}" if abs(year) < 1_000_000 else None
