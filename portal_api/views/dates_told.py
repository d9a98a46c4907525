"""The dates of a description in one line, as people write them."""

from __future__ import annotations

import re
from collections.abc import Callable

from portal_api.http.marking import N_

_DAY = r"-?\d{4}(?:-\d\d){0,2}[?~%]?"
_BEFORE = N_("%(year)s BCE")
_INTERVAL = re.compile(rf"({_DAY}|\.\.)/({_DAY}|\.\.)")


def dates_told(label: str) -> str:
    """An interval of EDTF with a dash between its bounds, one of them open where EDTF says so; all else as it is."""
    found = _INTERVAL.fullmatch(label)
    return "–".join("" if bound == ".." else bound for bound in found.groups()) if found else label


def year_told(year: int, gettext: Callable[[str], str]) -> str:
    """A year as people write it; `year` is astronomic: 0 is 1 BCE."""
    return str(year) if year > 0 else gettext(_BEFORE) % {"year": 1 - year}
