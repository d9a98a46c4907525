"""The dates of a description in one line, as people write them."""

from __future__ import annotations

import re

_DAY = r"-?\d{4}(?:-\d\d){0,2}[?~%]?"
_INTERVAL = re.compile(rf"({_DAY}|\.\.)/({_DAY}|\.\.)")


def dates_told(label: str) -> str:
    """An interval of EDTF with a dash between its bounds, one of them open where EDTF says so; all else as it is."""
    found = _INTERVAL.fullmatch(label)
    return "–".join("" if bound == ".." else bound for bound in found.groups()) if found else label
