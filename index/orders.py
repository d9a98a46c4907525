"""The orders of hits by a column: which column, which way, and what lies beyond a hit that was reached.

An order whose column holds whole numbers is walked: hits that follow are asked for by what the last one holds, so that
nothing is kept open in an engine and any depth costs the same. Equals are parted by the order key.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from index.query import primitives as p

#: `key`: by the order key alone, where nothing scores
SortBy = Literal["relevance", "date", "date_desc", "title", "creator", "code", "added", "changed", "key"]
Direction = Literal["asc", "desc"]
#: of a walk: to what follows a hit, or to what stands before it
Way = Literal["on", "back"]

COLUMNS: dict[SortBy, tuple[str, Direction]] = {
    "date": ("date_sort", "asc"),
    "date_desc": ("date_sort_last", "desc"),
    "title": ("title_sort", "asc"),
    "creator": ("creator_sort", "asc"),
    "code": ("code_sort", "asc"),
    "added": ("added_sort", "desc"),
    "changed": ("changed_sort", "asc"),
    "key": ("order_key", "asc"),
}
#: columns of texts: the embedded engine has no ranges over them
_TEXTS: frozenset[SortBy] = frozenset({"title", "creator", "code"})


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """A hit in an order that is walked: the last one given, behind which it goes on, or the first, to go back from."""

    #: what the order's column holds of it
    value: int
    order_key: int
    #: hits given so far, this one among them; of a walk back those before it
    given: int
    way: Way = "on"


def is_walked(sort: SortBy) -> bool:
    """Whether hits of this order can be followed to the last."""
    return sort in COLUMNS and sort not in _TEXTS


def turned(direction: Direction, way: Way) -> Direction:
    """The direction in which a column is read on a way."""
    if way == "on":
        return direction
    return "desc" if direction == "asc" else "asc"


def beyond(sort: SortBy, reached: Reached) -> p.Primitive:
    """What comes after a hit in an order that is walked; on the way back what comes before it."""
    column, direction = COLUMNS[sort]
    if turned(direction, reached.way) == "asc":
        further = p.Range(column, reached.value + 1, None)
    else:
        further = p.Range(column, None, reached.value - 1)
    equal = p.Range(column, reached.value, reached.value)
    if reached.way == "on":
        later = p.Range("order_key", reached.order_key + 1, None)
    else:
        later = p.Range("order_key", None, reached.order_key - 1)
    return p.filtered(p.any_of((further, p.Bool(must=(p.filtered(equal), p.filtered(later))))))
