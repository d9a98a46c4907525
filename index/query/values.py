"""Single values of a query: words with masks, and the bounds of dates."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from index.days import FIRST, LAST, first_day, last_day
from index.query.model import All, Fuzzy, Pattern, Prefix, QueryNode, Words
from mappings.dates.read import read
from mappings.schema.dates import Dated
from mappings.schema.folding import fold, words

#: letters that a word needs before a mask
LETTERS_BEFORE_MASK = 3
_FUZZY = re.compile(r"(.{4,})~([12]?)$", re.DOTALL)
_MASKS = re.compile(r"[*?]")


def word_node(text: str, field: str | None) -> tuple[QueryNode | None, str]:
    """The node of one typed word, and the code of a notice where it was not taken as written."""
    if text == "*":
        return All(), ""
    fuzzy = _FUZZY.match(text)
    if fuzzy and len(words(fuzzy.group(1))) == 1:
        return Fuzzy(text=fuzzy.group(1), field=field, edits=int(fuzzy.group(2) or 1)), ""
    if _MASKS.search(text):
        return _masked(text, field)
    return (Words(text=text, field=field), "") if words(text) else (None, "")


def _masked(text: str, field: str | None) -> tuple[QueryNode | None, str]:
    stem = _MASKS.split(text, maxsplit=1)[0]
    bare = _MASKS.sub("", text)
    found = words(bare)
    if len(found) == 1 and len(fold(stem)) >= LETTERS_BEFORE_MASK and len(_MASKS.findall(text)) <= 2:
        if text == f"{stem}*":
            return Prefix(text=stem, field=field), ""
        return Pattern(text=text, field=field), ""
    plain = Words(text=_MASKS.sub(" ", text), field=field) if words(_MASKS.sub(" ", text)) else None
    # Han needs no mask: a run is found inside longer ones
    han = len(found) > 1 and all(len(word) == 1 for word in found)
    return plain, "" if han else "mask_removed"


class Bounds(NamedTuple):
    """Bounds of a range as typed."""

    start: str | None
    end: str | None
    swapped: bool


@lru_cache(maxsize=2_000)
def days_of(text: str) -> tuple[int, int] | None:
    """First and last day of a typed date (year, ISO, EDTF, reign year, period); None where it cannot be read."""
    written = text.strip()[:100]
    first, last = first_day(written), last_day(written)
    if first is not None and last is not None:
        return first, last
    reading = read(written)
    if not isinstance(reading, Dated):
        return None
    start = first_day(reading.start) if reading.start else FIRST
    end = last_day(reading.end) if reading.end else LAST
    return None if start is None or end is None else (start, end)


def bounds_of(value: str) -> Bounds | None:
    """Bounds of `1800..1850`, `..1850`, `<1900`, `>=1900`, `1931`; None where a date cannot be read."""
    if found := re.match(r"(<=|>=|<|>)(.+)$", value, re.DOTALL):
        sign, date = found.group(1), found.group(2).strip()
        if days_of(date) is None:
            return None
        return Bounds(None, date, False) if sign.startswith("<") else Bounds(date, None, False)
    start, dots, end = value.partition("..")
    if not dots:
        return Bounds(value, value, False) if days_of(value) else None
    if not (start.strip() or end.strip()):
        return None
    return _ordered(start.strip(), end.strip())


def _ordered(start: str, end: str) -> Bounds | None:
    first, last = (days_of(each) if each else (FIRST, LAST) for each in (start, end))
    if first is None or last is None:
        return None
    if start and end and first[0] > last[1]:
        return Bounds(end, start, True)
    return Bounds(start or None, end or None, False)
