"""Single values of a query: words with masks, and the bounds of dates."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from index.days import FIRST, LAST, first_day, last_day, written_from, written_to
from index.query.faults import Code
from index.query.limits import FUZZY_LETTERS, TWICE_FUZZY_LETTERS
from index.query.model import All, Fuzzy, Pattern, Prefix, QueryNode, Words
from mappings.dates.read import read
from mappings.schema.dates import Dated
from mappings.schema.folding import fold, stands_alone, words

#: letters that a word needs before a mask, and masks that it may have
LETTERS_BEFORE_MASK, MASKS_OF_WORD = 3, 2
#: `1931~1945` is a range of years, no word with letters off
_FUZZY = re.compile(r"(.+)~(\d?)$|(.*\D)~(\d+)$", re.DOTALL)
_MASKS = re.compile(r"[*?]")
#: categories of Unicode: what stands round words
_AROUND = frozenset("PSZC")


class ReadWord(NamedTuple):
    """A typed word as a node (None: nothing of it can be sought), and what was not taken as written."""

    node: QueryNode | None
    fault: Code | None = None


def word_node(text: str, field: str | None) -> ReadWord:
    """The node of one typed word."""
    if text == "*":
        return ReadWord(All()) if field is None else ReadWord(None, "mask_removed")
    if not _MASKS.search(text) and not _FUZZY.match(text):
        return ReadWord(_plain(text, field))
    bare = _trimmed(text)
    if found := _FUZZY.match(bare):
        return _fuzzy(found[1] or found[3], found[2] or found[4] or "", field)
    return _masked(bare, field)


def _plain(text: str, field: str | None) -> Words | None:
    return Words(text=text, field=field) if words(text) else None


def _trimmed(text: str) -> str:
    """A word with masks without the punctuation round it."""
    around = {each for each in text if each not in "*?~" and unicodedata.category(each)[0] in _AROUND}
    return text.strip("".join(around))


def _is_one_word(text: str) -> bool:
    """Whether nothing but one word stands there."""
    return words(text) == [fold(text)]


def _fuzzy(written: str, edits: str, field: str | None) -> ReadWord:
    letters = len(fold(written))
    if not _is_one_word(written) or letters < FUZZY_LETTERS:
        return ReadWord(_plain(_MASKS.sub(" ", written), field), "fuzzy_removed")
    most = 2 if letters >= TWICE_FUZZY_LETTERS else 1
    asked = int(edits[:3] or 1)
    kept = min(max(asked, 1), most)
    return ReadWord(Fuzzy(text=written, field=field, edits=kept), None if kept == asked else "fuzzy_nearer")


def _masked(text: str, field: str | None) -> ReadWord:
    stem, bare = _MASKS.split(text, maxsplit=1)[0], _MASKS.sub("", text)
    masks = len(_MASKS.findall(text))
    if _is_one_word(bare) and len(fold(stem)) >= LETTERS_BEFORE_MASK and masks <= MASKS_OF_WORD:
        is_prefix = text == f"{stem}*"
        return ReadWord(Prefix(text=stem, field=field) if is_prefix else Pattern(text=text, field=field))
    if _needs_no_mask(text):
        return ReadWord(_plain(bare, field))
    return ReadWord(_plain(_MASKS.sub(" ", text), field), "mask_removed")


def _needs_no_mask(text: str) -> bool:
    """Whether characters that are words by themselves have masks round them: a run is found inside longer ones."""
    inside = text.strip("*?")
    return bool(inside) and not _MASKS.search(inside) and all(map(stands_alone, inside))


class Bounds(NamedTuple):
    """Bounds of a range as typed, inclusive."""

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


_ONE_OF = re.compile(r"[\[{](.+)[\]}]")


@lru_cache(maxsize=2_000)
def readings_of(text: str) -> tuple[str, ...]:
    """The dates that a text may mean one by one, as EDTF, where they lie apart: `元和十年` is 815 or 1624.

    None of a text that means one date, or a range.
    """
    reading = read(text.strip()[:100])
    found = _ONE_OF.fullmatch(reading.edtf or "") if isinstance(reading, Dated) else None
    parts = tuple(part.strip().replace("..", "/") for part in found[1].split(",")) if found else ()
    return parts if len(parts) > 1 and all(map(days_of, parts)) else ()


def is_one_date(text: str) -> bool:
    """Whether a text is a date that stays the same one where another is written beside it: `1800..1850`."""
    is_bare = text == text.strip() and not text.startswith(("<", ">")) and ".." not in text
    return is_bare and not text.endswith(".") and days_of(text) is not None


def bounds_of(value: str) -> Bounds | None:
    """Bounds of `1800..1850`, `..1850`, `<1900`, `>=1900`, `1931`; None where a date cannot be read.

    `<` ends the day before its date begins, `>` begins the day after its date ends.
    """
    found = _typed_bounds(value)
    if found is None:
        return None
    start, end = _bare_start(found.start), _bare_end(found.end)
    return None if start is end is None else Bounds(start, end, found.swapped)


def _bare_start(typed: str | None) -> str | None:
    """A bound without marks that would be read as something else beside another bound; None where it is open."""
    days = days_of(typed) if typed else None
    if typed is None or days is None:
        return None
    return _bare(typed, days) or (written_from(days[0]) if days[0] != FIRST else None)


def _bare_end(typed: str | None) -> str | None:
    days = days_of(typed) if typed else None
    if typed is None or days is None:
        return None
    return _bare(typed, days) or (written_to(days[1]) if days[1] != LAST else None)


def _bare(typed: str, days: tuple[int, int]) -> str | None:
    """The date as typed, or without the stop of a sentence behind it; None where neither stays one date."""
    found = (each for each in (typed, typed.strip().rstrip(" .")) if is_one_date(each) and days_of(each) == days)
    return next(found, None)


def _typed_bounds(value: str) -> Bounds | None:
    if found := re.match(r"(<=|>=|<|>)(.+)$", value, re.DOTALL):
        return _compared(found.group(1), found.group(2).strip())
    start, dots, end = value.partition("..")
    if not dots:
        return Bounds(value, value, False) if days_of(value) else None
    if not (start.strip() or end.strip()):
        return None
    return _ordered(start.strip(), end.strip())


def _compared(sign: str, date: str) -> Bounds | None:
    days = days_of(date)
    if days is None:
        return None
    match sign:
        case "<=":
            return Bounds(None, date, False)
        case ">=":
            return Bounds(date, None, False)
        case "<":
            end = written_to(days[0] - 1) if days[0] != FIRST else None
            return Bounds(None, end, False) if end else None
    start = written_from(days[1] + 1) if days[1] != LAST else None
    return Bounds(start, None, False) if start else None


def _ordered(start: str, end: str) -> Bounds | None:
    first, last = (days_of(each) if each else (FIRST, LAST) for each in (start, end))
    if first is None or last is None:
        return None
    if start and end and first[0] > last[1]:
        return Bounds(end, start, True)
    return Bounds(start or None, end or None, False)
