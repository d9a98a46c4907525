"""The one door of the date readers: a text in, `Dated`, `Undated` or `Unread` out. Never a guess.

EDTF and ISO are taken at their word, except where a catalogue means something else by the same characters: `1830-41`
is eleven years to everybody but EDTF, and `[1923]` is a year that the cataloguer supplied.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from mappings.dates import calendars, chinese, edtf, julian, romanised, western
from mappings.dates.bounds import Bounds, year_of
from mappings.dates.english import phrase
from mappings.dates.manner import STEPS, Manner
from mappings.dates.other import UNDATED
from mappings.dates.part import Part
from mappings.dates.spelling import spellings
from mappings.dates.western import LAST_YEAR, Order
from mappings.schema.dates import Dated, DateKind, DateReading, HistoricalDate, Undated, Unread
from mappings.schema.folding import fold

#: texts longer or wordier than this are prose about dates; only lists of figures may be longer
LONGEST, MOST_WORDS, LONGEST_LIST = 120, 16, 2_000

_YEARS_LIKE_SEASON = re.compile(r"(\d\d)(\d\d)-(\d\d)")
#: code of winter, and years of a run that is written with two digits at its end
_LAST_SEASON, _SHORT_RUN = 24, 10
_ZERO_PARTS = re.compile(r"(?:-00)+(?=$|/)")
_LETTERS_FOR_DIGITS = re.compile(r"(?<=-)(?:mm|dd|MM|DD|uu|xx|\?\?)(?=-|$)")
_FLAGS = {"?": ("uncertain",), "~": ("approximate",), "%": ("approximate", "uncertain")}
#: dashes that divide two dates, where a hyphen may join year and month
_DASHES = re.compile("[\u2012-\u2015\uff5e\u301c]")
_BRACKETS = str.maketrans("〔〕【】", "[][]")
_LIST = re.compile(r"(?:[\[(]?\d{4}(?:-\d\d){0,2}[\])?]*(?:[;,] ?|$))+")
_HAN = re.compile("[\u3400-\u9fff]")
_MANY_BLANKS = re.compile(r"\s+")


@lru_cache(16384)
def read(
    text: str,
    *,
    order: Order | None = None,
    c: Literal["circa", "copyright"] | None = None,
    hint: str | None = None,
) -> DateReading:
    """The reading of a date as somebody wrote it.

    order   how day and month stand in `3/4/1921`; without it only the year is read
    c       what a bare `c` before a year means; without it `c1998` is copyright and `c. 1998` circa
    hint    how the source counts (`julian`, `minguo`), or a dynasty or reign title, simplified, in which cyclic years
            and doubtful titles fall
    """
    found = _read(text, order, c, hint)
    return julian.converted(found) if hint == "julian" and isinstance(found, Dated) else found


def _read(text: str, order: Order | None, c: Literal["circa", "copyright"] | None, hint: str | None) -> DateReading:
    written = text.strip()
    if not written:
        return Undated()
    if _is_prose(written):
        return Unread()
    if found := _as_edtf(written):
        return found
    written = written.translate(_BRACKETS) if written[0] in "〔【" or "〕" in written else written
    folded = _MANY_BLANKS.sub(" ", _DASHES.sub(" - ", fold(_DASHES.sub(" - ", written)))).strip()
    if folded.strip("[]()<>.,;: ?-") in UNDATED or not folded.strip("|- "):
        return Undated()
    return _read_folded(folded, Manner(single=_single(hint), whole=phrase, order=order, c=c, steps=iter(range(STEPS))))


def _is_prose(written: str) -> bool:
    if len(written) <= LONGEST:
        return written.count(" ") > MOST_WORDS and not _LIST.fullmatch(written)
    return len(written) > LONGEST_LIST or _LIST.fullmatch(written) is None


def _read_folded(folded: str, manner: Manner) -> DateReading:
    part = next((found for spelt in spellings(folded) if (found := phrase(spelt, manner))), None)
    # of the whole text alone: a period beside a narrower date would widen it
    part = part or romanised.period(folded)
    if part is None:
        return Unread(code=chinese.reason(folded) if _HAN.search(folded) else "date_unread")
    return _dated(part)


def _dated(part: Part) -> Dated:
    return Dated(
        edtf=part.edtf,
        start=part.start,
        end=part.end,
        kind=part.kind,
        calendar=part.calendar,
        flags=part.flags,
        issues=part.issues,
    )


@lru_cache(64)
def _single(hint: str | None) -> chinese.Single:
    def one(text: str, order: Order | None) -> Part | None:
        if hint == "minguo" and (found := calendars.of_republic(text)):
            return found
        if _HAN.search(text):
            return chinese.date(text, calendars.reign(hint))
        return western.date(text, order) or chinese.romanised_year(text)

    return one


def _as_edtf(written: str) -> Dated | None:
    """The reading of a text that is EDTF or ISO 8601 and means it."""
    if written[0] not in "0123456789-[{Y.X?~%/" or (written[0] == "[" and not re.search(r"\.\.|,", written)):
        return None
    expression = _LETTERS_FOR_DIGITS.sub("XX", _ZERO_PARTS.sub("", written))
    if "T" in expression:
        expression = expression.partition("T")[0] if edtf.bounds(expression) else expression
    if re.fullmatch("[/.]*|0+|X+", expression) or expression.startswith("?-") or _more_likely_years(expression):
        return None
    if "/" in expression and ".." not in expression:
        expression = re.sub("^/", "../", re.sub("/(9999(-12-31)?)?$", "/..", expression))
    found = edtf.bounds(expression)
    if found is None or _beyond_history(found):
        return None
    flags = tuple(dict.fromkeys(flag for mark in expression if mark in _FLAGS for flag in _FLAGS[mark]))
    return Dated(edtf=expression, start=found.start, end=found.end, flags=flags)


def _beyond_history(found: Bounds) -> bool:
    """`5757` is a year of another calendar, or a number; nobody dates material so far ahead."""
    return any(day is not None and day[0] != "-" and year_of(day) > LAST_YEAR for day in found)


def _more_likely_years(expression: str) -> bool:
    """`1923-24` and `1830-41`: a season of EDTF only where it is unlikely to be a second year.

    `2001-21` is spring. Runs of years that end in 21 to 24 are short in catalogues (1815-23 is the longest of those
    looked through), and the groups of months from 25 on stand in none.
    """
    found = _YEARS_LIKE_SEASON.fullmatch(expression)
    if found is None or int(found[3]) <= max(20, int(found[2])):
        return False
    return int(found[3]) > _LAST_SEASON or int(found[3]) - int(found[2]) < _SHORT_RUN


def historical_date(
    text: str,
    kind: DateKind = "created",
    *,
    order: Order | None = None,
    c: Literal["circa", "copyright"] | None = None,
    hint: str | None = None,
) -> HistoricalDate:
    """`text` and its reading as a record keeps them; `kind` holds where the text does not say of what it is."""
    match read(text, order=order, c=c, hint=hint):
        case Dated() as found:
            return HistoricalDate(
                text=text,
                edtf=found.edtf,
                start=found.start,
                end=found.end,
                kind=found.kind or kind,
                calendar=found.calendar,
                flags=found.flags,
            )
        case Undated():
            return HistoricalDate(text=text, kind=kind, flags=("undated",))
        case Unread():
            return HistoricalDate(text=text, kind=kind, flags=("unread",))
