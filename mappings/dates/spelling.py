"""Ways of writing that read as something else where they are taken piece by piece, put into plainer words."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
#: `1961, Sept. 3` and `1961, 3 Sept.`: the comma parts no two dates
_COMMA_BEFORE_MONTH = re.compile(rf"(?<!\d)(\d{{4}}), (?=(?:\d{{1,2}} )?{_MONTH}\b)")
#: openings whose words divide two dates elsewhere
_OPENINGS = (
    (re.compile(r"\bpre-(?=\d{4})"), "before "),
    (re.compile(r"\bpost-(?=\d{4})"), "after "),
    (re.compile(r"\bprior to "), "before "),
)
#: `960-1279`: the earlier year stands without its nought
_THREE_DIGITS = re.compile(r"(?<![\d.,])(\d{3})(?= ?[-/] ?1\d{3}(?!\d))")
#: `late 1800s` is the end of a century, not of a decade
_HUNDREDS = re.compile(r"\b(early|mid|late)([ -])(1\d)00s\b")
#: `1378 [1999]`: a year of another calendar, and ours in brackets
_OTHER_CALENDAR = re.compile(r"^(ca\. |c\. |circa )?(\d{3,4})(?:-\d{1,4})? ?\[(?=(\d{4}))")
#: two calendars are at least so many years apart; years nearer to each other are corrections
_YEARS_APART = 300
#: a quarter of a century that is not named
_OF_NO_CENTURY = re.compile(r"\d/\d sec\.?")


def spellings(folded: str) -> Iterator[str]:
    """`folded` as it can be read: first in plainer words, then as it stands; not at all without its century."""
    if _OF_NO_CENTURY.fullmatch(folded):
        return
    padded = _THREE_DIGITS.sub(r"0\1", folded)
    plainer = _in_our_calendar(padded)
    for pattern, words in _OPENINGS:
        plainer = pattern.sub(words, plainer)
    plainer = _HUNDREDS.sub(lambda found: f"{found[1]}{found[2]}{int(found[3]) + 1}th century", plainer)
    joined = _COMMA_BEFORE_MONTH.sub(r"\1 ", plainer)
    yield from dict.fromkeys((joined, plainer, padded))


def _in_our_calendar(folded: str) -> str:
    found = _OTHER_CALENDAR.match(folded)
    if found is None or abs(int(found[3]) - int(found[2])) < _YEARS_APART:
        return folded
    return f"{found[1] or ''}[{folded[found.end() :]}"
