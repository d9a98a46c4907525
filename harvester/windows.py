"""Date windows: the stretches of time that a list is asked for where it cannot be had in one piece; pure.

A list is the one window without edges. Parting, halving and merging keep its windows in order and edge to edge, so that
their union is always the whole. A request reaches a granule over each edge: some repositories take `from` or `until` to
leave out its own bound (OAI-PMH 2.0, 2.7.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil

import msgspec

from harvester.feeds import Granularity
from harvester.oaipmh.datestamps import one_granule, read_datestamp, write_datestamp

#: windows that a whole list is parted into at first
PARTS = 8
#: windows that any stretch is parted into at most, however narrow the windows are that served before
MOST_PARTS = 1_000
#: an answer that keeps to its window, asked for a granule over each edge, goes no further beyond it
_OUTSIDE = timedelta(days=2)
#: where nothing says when a repository began
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a list, from edge to edge."""

    #: datestamps; None = where the list itself begins or ends
    since: str | None = None
    until: str | None = None


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How far a list goes, which only sizes its windows, and how finely it can be cut."""

    earliest: datetime | None
    latest: datetime
    granularity: Granularity


def plan(window: Window, reach: Reach, *, width: timedelta | None = None) -> tuple[Window, ...]:
    """`window` in parts of about `width`, or in `PARTS`; itself where it is too narrow for that."""
    start, end = _edges(window, reach)
    parts = PARTS if not width else ceil((end - start) / width)
    return _parted(window, start, end, min(parts, (end - start) // one_granule(reach.granularity)), reach)


def halve(window: Window, reach: Reach) -> tuple[Window, ...]:
    """Two windows in place of one; itself where it is a granule wide."""
    start, end = _edges(window, reach)
    return _parted(window, start, end, min(2, (end - start) // one_granule(reach.granularity)), reach)


def merge(windows: Sequence[Window]) -> tuple[Window, ...]:
    """The first two as one."""
    if len(windows) < 2:
        return tuple(windows)
    return (Window(since=windows[0].since, until=windows[1].until), *windows[2:])


def width_of(window: Window, reach: Reach) -> timedelta:
    """How long the window is."""
    start, end = _edges(window, reach)
    return end - start


def heeds(window: Window, stamps: Iterable[str]) -> bool:
    """Whether an answer keeps to the window that was asked for: nothing in it is dated far outside."""
    since, until = read_datestamp(window.since or ""), read_datestamp(window.until or "")
    dated = [moment for stamp in stamps if (moment := read_datestamp(stamp)) is not None]
    is_before = since is not None and any(moment < since - _OUTSIDE for moment in dated)
    return not is_before and not (until is not None and any(moment > until + _OUTSIDE for moment in dated))


def asked(window: Window, granularity: Granularity) -> tuple[str, str]:
    """`from` and `until` of the window's request; empty where the list's own bound stands."""
    step = one_granule(granularity)
    return _over(window.since, -step, granularity), _over(window.until, step, granularity)


def _over(edge: str | None, step: timedelta, granularity: Granularity) -> str:
    moment = read_datestamp(edge or "")
    return "" if moment is None else write_datestamp(moment + step, granularity)


def _edges(window: Window, reach: Reach) -> tuple[datetime, datetime]:
    start = read_datestamp(window.since or "") or reach.earliest or _OLDEST
    end = read_datestamp(window.until or "") or reach.latest
    return start, max(start, end)


def _parted(window: Window, start: datetime, end: datetime, parts: int, reach: Reach) -> tuple[Window, ...]:
    parts = min(parts, MOST_PARTS)
    within = [start + (end - start) * (number / parts) for number in range(1, parts)] if parts > 1 else []
    stamps = [write_datestamp(moment, reach.granularity) for moment in within]
    edges = [window.since, *stamps, window.until]
    return tuple(Window(since=a, until=b) for a, b in pairwise(edges))
