"""Words that name a time: a year, a decade, a century, a range of years, a reign year or period in Chinese."""

from __future__ import annotations

import re

from index.meanings.claims import Claim
from index.query.model import Dates
from index.query.values import days_of
from mappings.schema.folding import is_han

_YEARS = re.compile(r"(c\.?)?[1-2]\d{3}(s|年|年代)?|[1-2]\d{3}[-–](\d{2}|[1-2]\d{3})", re.IGNORECASE)
_CENTURY = re.compile(r"\d{1,2}(st|nd|rd|th) century", re.IGNORECASE)
#: a single character is far more often a word than a dynasty
_SHORTEST_PERIOD = 2


def time(text: str) -> Claim | None:
    """The time that words name."""
    if not _is_time(text) or days_of(text) is None:
        return None
    named = Dates(start=text, end=text)
    return Claim(kind="date", meaning=named, only=named)


def _is_time(text: str) -> bool:
    if _YEARS.fullmatch(text) or _CENTURY.fullmatch(text):
        return True
    return len(text) >= _SHORTEST_PERIOD and all(map(is_han, text))
