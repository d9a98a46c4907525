"""How one text is read: by whom its single dates are, and how much of it may be tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from mappings.dates.part import Part
from mappings.dates.western import Order

#: pieces of one text that are tried; real dates take fewer than thirty, lists one for each member
STEPS = 200


class Manner(NamedTuple):
    """How ambiguous writings of one source are to be read, and who reads a single date."""

    single: Callable[[str, Order | None], Part | None]
    #: who reads a piece of the text: text, manner, how deep inside the whole
    whole: Callable[[str, Manner, int], Part | None]
    order: Order | None = None
    #: what a bare `c` before a year stands for; by itself `c1998` is copyright, `c. 1998` circa
    c: Literal["circa", "copyright"] | None = None
    #: how many more pieces of the text may be tried
    steps: Iterator[int] = iter(())


#: one thing that can stand around a date
Rule = Callable[[str, Manner, int], Part | None]


def behind(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The match of `pattern` at the end of `text`, something before it."""
    # nothing that stands behind a date ends with a figure
    for found in () if text[-1].isdecimal() else pattern.finditer(text):
        if found.end() == len(text) and found.start():
            return found
    return None
