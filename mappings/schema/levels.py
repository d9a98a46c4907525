"""Levels of description (ISAD(G) 3.1.4) and which of them may hold which."""

from __future__ import annotations

from typing import Literal, get_args

Level = Literal["fonds", "subfonds", "series", "subseries", "file", "item", "collection", "work"]

LEVELS: tuple[Level, ...] = get_args(Level)

#: the place of a level in a hierarchy; `work` stands outside of every hierarchy
RANK: dict[Level, int] = {
    "collection": 0,
    "fonds": 0,
    "subfonds": 1,
    "series": 2,
    "subseries": 3,
    "file": 4,
    "item": 5,
}


def may_hold(parent: Level, child: Level) -> bool:
    """Whether a unit of level `parent` may hold one of level `child`.

    A unit holds higher ranks; subseries and file also their own.
    """
    if parent not in RANK or child not in RANK:
        return False
    if parent == child:
        return parent in ("subseries", "file")
    return RANK[child] > RANK[parent]
