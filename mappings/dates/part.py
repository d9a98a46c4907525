"""What the readers hand to each other: one reading, with both of its ends ready to be joined to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mappings.dates import edtf
from mappings.dates.bounds import Bounds, ordinal_key, year_of, year_text
from mappings.schema.dates import DateKind

#: what is written longer than a year is a month or a day
_YEAR_LENGTH = len("1900")
_MERGED = {"~?": "%", "?~": "%", "~~": "~", "??": "?"}


class Part(NamedTuple):
    """A reading of a text or of a piece of it."""

    #: EDTF of the earliest and of the latest date; equal for a single one, `..` where open
    low: str
    high: str
    start: str | None
    end: str | None
    flags: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    kind: DateKind | None = None
    calendar: str = "gregorian"
    #: the EDTF where it is a set, which low and high alone do not say
    whole: str | None = None

    @property
    def edtf(self) -> str:
        """The reading as EDTF."""
        return self.whole or (self.low if self.low == self.high else f"{self.low}/{self.high}")

    def flagged(self, *flags: str) -> Part:
        """The reading with further flags."""
        return self._replace(flags=tuple(dict.fromkeys((*self.flags, *flags))))


def point(expression: str) -> Part | None:
    """The reading that a single EDTF date stands for."""
    found = edtf.bounds(expression)
    return Part(expression, expression, *found) if found else None


def years(first: int, last: int) -> Part | None:
    """The reading `first/last`, years."""
    if not -9999 <= first <= last <= 9999:
        return None
    return join(point(year_text(first)), point(year_text(last))) if first != last else point(year_text(first))


def _end_of_interval(side: str, day: str | None) -> str:
    """A date as it may stand in an interval: a season gives way to its month, and there are no sets."""
    if day and (edtf.is_season(side) or side[:1] in "[{"):
        return day[:-3]
    return side


def join(first: Part | None, last: Part | None) -> Part | None:
    """The interval from one reading to another; None where it would run backwards."""
    if first is None or last is None:
        return None
    if first.start and last.end and ordinal_key(first.start) > ordinal_key(last.end):
        return None
    low = _end_of_interval(first.low, first.start)
    high = _end_of_interval(last.high, last.end)
    if low != high and edtf.bounds(f"{low}/{high}") is None:
        return None
    joined = first._replace(low=low, high=high, end=last.end, whole=None, kind=first.kind or last.kind)
    return joined._replace(issues=tuple(dict.fromkeys((*first.issues, *last.issues)))).flagged(*last.flags)


def qualified(part: Part, mark: str) -> Part:
    """The reading marked `~`, `?` or `%` at both ends; members of a set keep their own marks."""
    flag = {"~": ("approximate",), "?": ("uncertain",), "%": ("approximate", "uncertain")}[mark]
    if part.whole:
        return part.flagged(*flag)
    return part._replace(low=_marked(part.low, mark), high=_marked(part.high, mark)).flagged(*flag)


def _marked(side: str, mark: str) -> str:
    if side == "..":
        return side
    if side[-1] in "?~%":
        return side if "%" in (side[-1], mark) else side[:-1] + _MERGED[side[-1] + mark]
    return side + mark


def open_before(part: Part) -> Part:
    """Up to and including the reading: `[..1900]`."""
    whole = f"[..{part.high.rstrip('?~%')}]"
    return part._replace(low="..", start=None, whole=whole if edtf.bounds(whole) else None)


def open_after(part: Part) -> Part:
    """The reading or any later date: `[1946..]`."""
    whole = f"[{part.low.rstrip('?~%')}..]"
    return part._replace(high="..", end=None, whole=whole if edtf.bounds(whole) else None)


def before(found: Part) -> Part | None:
    """Before a year: up to the year that precedes it; a month or a day is not told from the one before, and counts."""
    return _beside(found, found.start, found.low, -1, open_before)


def after(found: Part) -> Part | None:
    """After a year: from the next one on; a month or a day counts."""
    return _beside(found, found.end, found.high, 1, open_after)


def _beside(found: Part, day: str | None, side: str, step: int, opened: Callable[[Part], Part]) -> Part | None:
    if day is None or len(side.rstrip("?~%").lstrip("-")) > _YEAR_LENGTH:
        return opened(found)
    year = point(year_text(year_of(day) + step))
    return opened(year) if year else None


def lasting(part: Part) -> Part:
    """From the reading on, without an end: `1945/..`."""
    return part._replace(low=_end_of_interval(part.low, part.start), high="..", end=None, whole=None)


def until(part: Part) -> Part:
    """Up to the reading, from no known beginning: `../1945`."""
    return part._replace(low="..", high=_end_of_interval(part.high, part.end), start=None, whole=None)


def _runs(parts: list[Part]) -> list[tuple[str, str]]:
    """Ends of each member; years that follow each other are one."""
    runs: list[tuple[str, str]] = []
    for low, high in ((part.low, part.high) for part in parts):
        last = runs[-1][1] if runs else ""
        if len(last) == len(low) == 4 and last.isdecimal() and low.isdecimal() and int(low) == int(last) + 1:
            runs[-1] = runs[-1][0], high
        else:
            runs.append((low, high))
    return runs


def _member(low: str, high: str) -> str:
    if low == high:
        return low
    two = low.isdecimal() and high.isdecimal() and int(high) == int(low) + 1
    return f"{low},{high}" if two else f"{low}..{high}"


def union(parts: list[Part], *, either: bool) -> Part | None:
    """Several readings as a set: one of them (`[a,b]`) or all (`{a,b}`)."""
    if any(".." in (part.low, part.high) or part.whole for part in parts):
        return None
    members = [_member(low, high) for low, high in _runs(parts)]
    whole = f"[{','.join(members)}]" if either else f"{{{','.join(members)}}}"
    found: Bounds | None = edtf.bounds(whole)
    if found is None:
        return None
    first = min(parts, key=lambda part: ordinal_key(part.start or "0000-01-01"))
    last = max(parts, key=lambda part: ordinal_key(part.end or "0000-01-01"))
    made = first._replace(high=last.high, end=last.end, whole=whole)
    return made.flagged(*(flag for part in parts for flag in part.flags))
