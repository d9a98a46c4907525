"""The title that stands in for one that is not shown, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable

from portal_api.views.vocabulary import LEVELS

#: as a reduced entry has it: its level, and its code where it has one
_STAND_IN = re.compile(r"\[(\w+)(, .+)?\]")


def stand_in(title: str, said: Callable[[str], str]) -> str:
    """`[item, MS 12]` with its level in the reader's language; any other title as it is."""
    found = _STAND_IN.fullmatch(title)
    return f"[{said(LEVELS[found[1]])}{found[2] or ''}]" if found and found[1] in LEVELS else title
