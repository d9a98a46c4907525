"""Days of the Julian calendar as days of ours: for sources that say that they count so, and for no other.

A day becomes our day, a month the days from its first to its last; a year keeps its number, and its bounds are exact.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from mappings.dates import edtf
from mappings.dates.bounds import day_text
from mappings.schema.dates import Dated

_DAY = re.compile(r"(-?\d{4})-(\d\d)(?:-(\d\d))?(?![\dX-])")
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def converted(found: Dated) -> Dated:
    """A reading of figures that are Julian, in our calendar; one that was read in another calendar stays."""
    if found.calendar != "gregorian":
        return found
    start = _ours(found.start) if found.start else None
    end = _ours(_end_of_february(found.end, found.edtf)) if found.end else None
    written = _DAY.sub(_written, found.edtf)
    if edtf.bounds(written) is None:
        written = f"{start or '..'}/{end or '..'}"
    return replace(found, edtf=written, start=start, end=end, calendar="julian")


def _written(found: re.Match[str]) -> str:
    """A day, or the days of a month: both ends, or the one at which the expression goes no further."""
    year, month, text = int(found[1]), int(found[2]), found.string
    if found[3]:
        return day(year, month, int(found[3]))
    if month > len(_LENGTHS):
        return found[0]
    first, last = day(year, month, 1), day(year, month, _length(year, month))
    before, behind = text[: found.start()], text[found.end() :].lstrip("?~%")
    if before.endswith(("/", "..")):
        return last
    if behind.startswith(("/", "..")):
        return first
    return f"{first}..{last}" if text[0] in "[{" else f"{first}/{last}"


def _end_of_february(end: str, expression: str) -> str:
    """The last day of what is no day itself: every fourth year has a 29 February."""
    is_month = end.endswith("-02-28") and end not in expression
    return f"{end[:-2]}{_length(int(end[:-6]), 2)}" if is_month else end


def _length(year: int, month: int) -> int:
    return 29 if month == 2 and year % 4 == 0 else _LENGTHS[month - 1]


def _ours(written: str) -> str:
    return day(int(written[:-6]), int(written[-5:-3]), int(written[-2:]))


def day(year: int, month: int, day_of_month: int) -> str:
    """Our day, ISO 8601, for a Julian one (Richards, Explanatory Supplement to the Astronomical Almanac, 15.11)."""
    early = (14 - month) // 12
    years, months = year + 4800 - early, month + 12 * early - 3
    number = day_of_month + (153 * months + 2) // 5 + 365 * years + years // 4 - 32083
    since = number + 32044
    centuries = (4 * since + 3) // 146097
    rest = since - 146097 * centuries // 4
    of_century = (4 * rest + 3) // 1461
    rest -= 1461 * of_century // 4
    month = (5 * rest + 2) // 153
    first = rest - (153 * month + 2) // 5 + 1
    return day_text(100 * centuries + of_century - 4800 + month // 10, month + 3 - 12 * (month // 10), first)
