"""One date as the West writes it: a year, a month, a day, a season, a decade, a century. Folded text in, a part out.

What stands around dates (ranges, doubt, brackets) is read by `english`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from mappings.dates import numerals
from mappings.dates.bounds import day_text, month_length
from mappings.dates.other import BEFORE_OUR_ERA, CENTURY, FRACTIONS, MONTHS, ORDINALS, OUR_ERA, SEASONS
from mappings.dates.part import Part, join, point, qualified

#: how day and month stand where both could be either
Order = Literal["dmy", "mdy", "ymd"]

#: years past this one are some other number
LAST_YEAR = 2100

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_SEASON = "|".join(sorted(SEASONS, key=len, reverse=True))
_FRACTION = "|".join(re.escape(words) for words in sorted(FRACTIONS, key=len, reverse=True))
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? +)?(?:(?:die|le|el|il|am|im) )?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?"
_OF = r"(?: of| de| del| di|,|-)?"
_ORDINAL_WORD = "|".join(sorted(ORDINALS, key=len, reverse=True))
_NUMBER = (
    r"(?:(?P<number>\d{1,2})(?:st|nd|rd|th|e|eme|\.|-lea|-)?|(?P<roman>[ivx]+)(?:e|eme|th|st|nd|rd|-lea|\.)?|"
    rf"(?P<word>{_ORDINAL_WORD}))"
)
_ERA = rf"(?: *(?:(?P<before>{BEFORE_OUR_ERA})|{OUR_ERA})\.?)?"
#: what stands between a part of a century and the century
_OF_IT = r"(?:(?:of|the|des|du|del|de|di|al|a|d'un) )*"

_NUMERIC = re.compile(r"(?P<a>\d{1,4})(?P<by>[-/. ]) ?(?P<b>\d{1,2})(?:(?P=by) ?(?P<c>\d{1,4}))?\.?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)?")
_MASKED = re.compile(r"(\d{2,3})([-x_u?]{1,3})")
_YEARS = "(?:les )?annees|(?:gli )?anni|(?:los )?anos|(?:la )?decada de(?: los)?(?: anos)?|anii"
_DECADE = re.compile(
    rf"(?:the )?(?:(?P<fraction>{_FRACTION})[ -]+{_OF_IT})?(?:{_YEARS})? ?(?P<decade>\d{{3}})0(?P<plural> ?'?s|er(?: jahren?)?)?"
)
_OF_YEARS = re.compile(rf"\b(?:{_YEARS}) ?\d")
#: `20s` is a decade of some century, and no century
_BARE_DECADE = re.compile(r"\d\d ?'?s\.?")
_DATED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_WEEKDAY}{_DAY}{_OF} ?(?P<month>{_MONTH})\b\.?,?{_OF} ?(?P<year>\d{{4}})",
        rf"{_WEEKDAY}(?P<month>{_MONTH})\b\.?(?: ?{_DAY}(?!\d),?)? *,?{_OF} ?(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[,.:]?[ -]*(?P<month>{_MONTH})\b\.?,?(?:[ -]?{_DAY})?",
        rf"(?P<year>\d{{4}})[,.]? {_DAY}{_OF} (?P<month>{_MONTH})\b\.?",
    )
)
_SEASONAL = re.compile(
    rf"(?:(?P<before>{_SEASON}),?(?: of| de| del| des)? (?P<year>\d{{4}})(?P<next> ?[-/] ?\d{{2,4}})?|"
    rf"(?P<first>\d{{4}}),? (?P<after>{_SEASON}))"
)
_CENTURIES = (
    re.compile(
        rf"(?:the )?(?:(?P<fraction>{_FRACTION})[ .-]*{_OF_IT})?(?:the )?{_NUMBER}[ .-]*(?:{CENTURY})\b\.?{_ERA}"
    ),
    re.compile(rf"(?:(?P<fraction>{_FRACTION})[ .]*{_OF_IT})?(?:{CENTURY})\b[ .]*(?:al )?{_NUMBER}{_ERA}"),
    re.compile(rf"(?:{CENTURY})\b[ .]*{_NUMBER} (?P<fraction>in|med|ex)\.?(?P<before>)"),
)
_ANCIENT = re.compile(
    rf"(?P<ad>a\.? ?d\.? )?(?P<year>\d{{1,4}})(?: ?(?:(?P<before>{BEFORE_OUR_ERA})|(?P<era>{OUR_ERA}))\.?)?"
)


@lru_cache(4096)
def date(text: str, order: Order | None = None) -> Part | None:
    """The reading of one folded date without anything around it; None where it is none."""
    if text.isdecimal():
        return _digits(text)
    for reader in _NAMED if any(character.isalpha() for character in text) else _NUMBERED:
        if found := reader(text, order):
            return found
    return None


def year(number: int) -> Part | None:
    """The reading of a year that may be one."""
    return point(f"{number:04d}") if 0 < number <= LAST_YEAR else None


def _digits(text: str) -> Part | None:
    if len(text) == 4:
        return year(int(text))
    if compact := _COMPACT.fullmatch(text):
        return _calendar_day(int(compact[1]), int(compact[2]), int(compact[3] or 0))
    return None


def _calendar_day(year_number: int, month: int, day: int) -> Part | None:
    """A day, or what of it is possible: month 0 and day 0 are unstated, a 30 February is said to be impossible."""
    if not 1000 <= year_number <= LAST_YEAR or month > 12:
        return None
    if month == 0:
        return year(year_number) if day == 0 else None
    if day > month_length(year_number, month):
        found = point(f"{year_number:04d}-{month:02d}") if day <= 31 else None
        return found._replace(issues=("day_impossible",)) if found else None
    return point(day_text(year_number, month, day) if day else f"{year_number:04d}-{month:02d}")


def _numeric(text: str, order: Order | None) -> Part | None:
    """`1921-3-4`, `4.3.1921`, `3/4/1921`, `3/1921`."""
    found = _NUMERIC.fullmatch(text)
    if found is None:
        return None
    a, b, c = found["a"], found["b"], found["c"]
    if len(a) == 4:
        return _calendar_day(int(a), int(b), int(c or 0)) if c is None or len(c) < 3 else None
    if c is None or len(c) != 4 or len(a) > 2:
        return None
    return _day_and_month(int(a), int(b), int(c), order)


def _day_and_month(a: int, b: int, year_number: int, order: Order | None) -> Part | None:
    if order in ("dmy", "mdy"):
        day, month = (a, b) if order == "dmy" else (b, a)
        return _calendar_day(year_number, month, day)
    if a == b or b > 12:
        return _calendar_day(year_number, a, b)
    if a > 12:
        return _calendar_day(year_number, b, a)
    found = year(year_number)
    return found._replace(issues=("day_month_unclear",)) if found else None


_MONTH_OF_YEAR = re.compile(r"(\d{1,2})(?:[/. ]{1,2}|-)(\d{4})")


def _month_of_year(text: str, order: Order | None) -> Part | None:
    found = _MONTH_OF_YEAR.fullmatch(text)
    return _calendar_day(int(found[2]), int(found[1]), 0) if found and int(found[1]) else None


def _masked(text: str, order: Order | None) -> Part | None:
    """`198-`, `18--`, `198?`; `198-?` is a decade in doubt."""
    found = _MASKED.fullmatch(text)
    if found is None:
        return None
    known, mask = found[1], found[2]
    doubtful = len(mask) > 1 and mask[-1] == "?" and mask[-2] != "?"
    unknown = 4 - len(known)
    if int(known) * 10**unknown > LAST_YEAR or len(mask) - doubtful != unknown:
        return None
    made = point(known.ljust(4, "X"))
    return qualified(made, "?") if made and doubtful else made


def _decade(text: str, order: Order | None) -> Part | None:
    found = _DECADE.fullmatch(text)
    if found is None or int(found["decade"]) * 10 > LAST_YEAR or not (found["plural"] or _OF_YEARS.search(text)):
        return None
    first = int(found["decade"]) * 10
    if found["fraction"]:
        return _fraction(first, 10, found["fraction"])
    if first % 100 == 0 and first < 2000:
        # "the 1900s" may be the century
        century = point(f"{first // 100:02d}XX")
        return century.flagged("century_or_decade") if century else None
    return point(f"{found['decade']}X")


def _fraction(first: int, length: int, words: str) -> Part | None:
    """A part of the `length` years from `first` on; early, mid and late are thirds, and approximate."""
    index, count = FRACTIONS[words]
    start, end = first + index * length // count, first + (index + 1) * length // count - 1
    part = join(point(f"{start:04d}"), point(f"{end:04d}"))
    return qualified(part, "~") if part and count == 3 else part


def _dated(text: str, order: Order | None) -> Part | None:
    for pattern in _DATED:
        if found := pattern.fullmatch(text):
            day = int(found["day"] or 0)
            return _calendar_day(int(found["year"]), MONTHS[found["month"]], day)
    return None


def _seasonal(text: str, order: Order | None) -> Part | None:
    found = _SEASONAL.fullmatch(text)
    if found is None:
        return None
    code = SEASONS[found["before"] or found["after"]]
    # only winter crosses into the next year
    if found["next"] and code != 24:
        return None
    return point(f"{found['year'] or found['first']}-{code}")


def _century(text: str, order: Order | None) -> Part | None:
    if _BARE_DECADE.fullmatch(text):
        return None
    for pattern in _CENTURIES:
        if found := pattern.fullmatch(text):
            return _century_of(found)
    return None


def _century_of(found: re.Match[str]) -> Part | None:
    number = int(found["number"] or 0) or numerals.roman(found["roman"] or "") or ORDINALS.get(found["word"] or "")
    if not number or number > 21:
        return None
    if found["before"]:
        if found["fraction"]:
            return None
        # the century before our era begins with -0099 and ends with the year 0, which is 1 BC
        return point(f"-{number - 1:02d}XX") if number > 1 else join(point("-0099"), point("0000"))
    if found["fraction"]:
        return _fraction(number * 100 - 99, 100, found["fraction"])
    part = point(f"{number - 1:02d}XX")
    # the nineteenth century ends with 1900; the mask ends with 1899
    return part._replace(end=f"{number:02d}00-12-31", flags=("century",)) if part else None


def _ancient(text: str, order: Order | None) -> Part | None:
    found = _ANCIENT.fullmatch(text)
    if found is None or not (found["era"] or found["ad"] or found["before"]):
        return None
    number = int(found["year"])
    if found["before"]:
        return point(f"-{number - 1:04d}" if number > 1 else "0000") if number else None
    return year(number)


def _roman_year(text: str, order: Order | None) -> Part | None:
    value = numerals.roman(text.replace(".", "").replace(" ", "")) if len(text) >= 4 else None
    return year(value) if value and value >= 1400 else None


_Reader = Callable[[str, Order | None], Part | None]
_NUMBERED: tuple[_Reader, ...] = (_numeric, _month_of_year, _masked)
_NAMED: tuple[_Reader, ...] = (_dated, _decade, _seasonal, _century, _ancient, _roman_year, _masked)
