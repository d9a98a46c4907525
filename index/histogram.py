"""Bars over time: the finest unit whose bars, without gaps, are at most twenty-four."""

from __future__ import annotations

from collections.abc import Mapping

from index.days import year_of
from index.fields import UNDATED, WIDE, YEARS
from index.query.values import days_of
from index.request import SearchRequest
from index.results import Bar, Histogram, HistogramUnit

MOST_BARS = 24
#: finest first
UNITS: tuple[HistogramUnit, ...] = ("year", "decade", "century")
_BESIDE = (WIDE, UNDATED)


def histogram(units: Mapping[HistogramUnit, Mapping[int, int]], request: SearchRequest) -> Histogram | None:
    """The histogram of what was counted, cut to the dates that were asked for; None where nothing is dated."""
    first, last = _asked_years(request)
    for unit in UNITS:
        bars = {bar: count for bar, count in units[unit].items() if bar not in _BESIDE}
        shown = {bar: count for bar, count in bars.items() if _touches(bar, YEARS[unit], first, last)}
        if shown and max(shown) - min(shown) < MOST_BARS and _is_telling(units[unit]):
            return _of(unit, shown, units[unit])
    return _of("century", _busiest(units["century"], first, last), units["century"])


def _asked_years(request: SearchRequest) -> tuple[int | None, int | None]:
    first = days_of(request.date_from) if request.date_from else None
    last = days_of(request.date_to) if request.date_to else None
    return (year_of(first[0]) if first else None), (year_of(last[1]) if last else None)


def _touches(bar: int, years: int, first: int | None, last: int | None) -> bool:
    return (first is None or (bar + 1) * years > first) and (last is None or bar * years <= last)


def _is_telling(bars: Mapping[int, int]) -> bool:
    """Whether fewer stand aside as too wide than stand in bars."""
    return bars.get(WIDE, 0) <= sum(count for bar, count in bars.items() if bar not in _BESIDE)


def _busiest(bars: Mapping[int, int], first: int | None, last: int | None) -> dict[int, int]:
    """The 24 centuries side by side that hold most."""
    dated = {bar: n for bar, n in bars.items() if bar not in _BESIDE and _touches(bar, YEARS["century"], first, last)}
    if not dated:
        return {}
    begin = max(sorted(dated), key=lambda start: sum(n for bar, n in dated.items() if start <= bar < start + MOST_BARS))
    return {bar: n for bar, n in dated.items() if begin <= bar < begin + MOST_BARS}


def _of(unit: HistogramUnit, shown: Mapping[int, int], counted: Mapping[int, int]) -> Histogram | None:
    if not counted:
        return None
    years = YEARS[unit]
    span = range(min(shown), max(shown) + 1) if shown else range(0)
    bars = (Bar(first=bar * years, last=bar * years + years - 1, count=shown.get(bar, 0)) for bar in span)
    return Histogram(unit=unit, bars=tuple(bars), undated=counted.get(UNDATED, 0), wide=counted.get(WIDE, 0))
