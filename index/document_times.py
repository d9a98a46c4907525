"""Dates of a document as whole numbers: its range, the bars that it touches, its place in both orders of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from index.days import FIRST, LAST, first_day, last_day, year_of
from index.fields import SPANS, UNDATED, WIDE, YEARS
from mappings.schema.dates import HistoricalDate
from mappings.schema.shown_date import BESIDE, shown_date
from mappings.schema.unified import Member

_BITS = 24
_UNDATED_LAST = 2**52


def _range(dates: Sequence[HistoricalDate]) -> tuple[int, int] | None:
    found = []
    told = [date for date in dates if date.kind not in BESIDE] or list(dates)
    for date in told:
        start = first_day(date.start) if date.start else None
        end = last_day(date.end) if date.end else None
        if start is not None or end is not None:
            found.append((FIRST if start is None else start, LAST if end is None else end))
    if not found:
        return None
    first, last = min(start for start, _ in found), max(end for _, end in found)
    return (first, last) if first <= last else (last, first)


def date_numbers(dates: Sequence[HistoricalDate], digest: bytes) -> dict[str, tuple[int, ...]]:
    """The integer fields of time; `digest` parts what falls on the same day."""
    found, shown = _range(dates), shown_date(dates)
    places = _places(_range([shown]) if shown else None, int.from_bytes(digest[:3], "big"))
    if found is None:
        undated: tuple[int, ...] = (UNDATED,)
        return dict.fromkeys(YEARS, undated) | places
    first, last = found
    bars = {unit: _bars(first, last, years, SPANS[unit]) for unit, years in YEARS.items()}
    return bars | {"first_day": (first,), "last_day": (last,)} | places


def _places(shown: tuple[int, int] | None, low_bits: int) -> dict[str, tuple[int, ...]]:
    """Where the date of the line stands in both orders of time; without one, last."""
    if shown is None:
        return {"date_sort": (_UNDATED_LAST + low_bits,), "date_sort_last": (low_bits,)}
    first, last = (((day - FIRST + 1) << _BITS) + low_bits for day in shown)
    return {"date_sort": (first,), "date_sort_last": (last,)}


def added(members: Sequence[Member]) -> int:
    """Seconds since 1970 at which the first of these records came here; 0 where that is not known."""
    came = [datetime.fromisoformat(member.first_seen) for member in members if member.first_seen]
    return int(min(came).timestamp()) if came else 0


def _bars(first: int, last: int, years: int, most: int) -> tuple[int, ...]:
    if first == FIRST or last == LAST:
        return (WIDE,)
    begin, end = year_of(first) // years, year_of(last) // years
    return tuple(range(begin, end + 1)) if end - begin < most else (WIDE,)
