"""What a source may say of how it counts: ours, Julian, years of the Republic, or a dynasty or reign title."""

from __future__ import annotations

import re

from mappings.dates import chinese
from mappings.dates.part import Part, join
from mappings.dates.reigns import DYNASTIES, titled
from mappings.schema.folding import fold

#: calendars by name; beside them a dynasty or reign title says where cyclic years and doubtful titles fall
CALENDARS = ("gregorian", "julian", "minguo")
#: the era of the Republic of China, whose first year is 1912
_REPUBLIC = "民国"
#: a year of few figures, with month and day; a year and a month joined by a hyphen may be two years
_FIGURES = re.compile(r"(\d{1,3})(?:[./](\d{1,2})(?:[./](\d{1,2}))?|-(\d{1,2})-(\d{1,2}))?")
_SPAN = re.compile("([^至到~迄-]+)[至到~迄-]([^至到~迄-]+)")
_OF_FOUR_FIGURES = re.compile(r"\d{4}|[一二][零〇○一二三四五六七八九]{3}")


def is_known(name: str) -> bool:
    """Whether `name` is a calendar, a dynasty or a reign title, simplified."""
    return name in CALENDARS or any(dynasty in name for dynasty in (*DYNASTIES, _REPUBLIC)) or bool(titled(fold(name)))


def reign(hint: str | None) -> str | None:
    """The dynasty or reign title in which the hint says that cyclic years fall."""
    if hint in CALENDARS:
        return _REPUBLIC if hint == "minguo" else None
    return hint


def of_republic(text: str) -> Part | None:
    """`三十八年四月`, `38.4.5`, `87`, where the source counts from 1912; a year of four figures is one of ours."""
    if found := _FIGURES.fullmatch(text):
        year, month, day = found[1], found[2] or found[4], found[3] or found[5]
        return chinese.date(f"{_REPUBLIC}{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else ""))
    if (span := _SPAN.fullmatch(text)) and (joined := join(of_republic(span[1]), of_republic(span[2]))):
        return joined
    return None if _OF_FOUR_FIGURES.match(text) else chinese.date(f"{_REPUBLIC}{text}", _REPUBLIC)
