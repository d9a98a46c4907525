"""Spans of years counted from a day."""

from __future__ import annotations

from datetime import MAXYEAR, date


def years_after(day: date, years: int) -> str | None:
    """The same day `years` later, ISO 8601, the 28th for a leap day; None beyond the year 9999."""
    if day.year + years > MAXYEAR:
        return None
    in_month = min(day.day, 28) if day.month == 2 else day.day
    return f"{day.year + years:04}-{day.month:02}-{in_month:02}"
