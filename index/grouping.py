"""Hits gathered by what they belong to: a row a fonds or a work, in the order of the best hit of each.

The best hits that pages reach are gathered, above the engines, so that both give the same rows; how many things a row
stands for is counted among all hits. What belongs to nothing is a row by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from index.engine import Engine, Wanted
from index.fields import ROW_OF, facet
from index.orders import Reached, SortBy, is_walked
from index.query import primitives as p
from index.request import LAST_HIT, Group

#: hits of a row that are shown
SHOWN = 3


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What one row stands for."""

    #: of the facet that is gathered by; empty of a hit that belongs to nothing
    value: str
    #: of the hits that are shown, the best first
    displays: tuple[bytes, ...]
    #: hits in all that belong to it
    count: int = 1


class Gathered(NamedTuple):
    """Rows of one page."""

    rows: tuple[Row, ...]
    #: rows on all pages
    groups: int
    #: hits in all, gathered or not
    total: int


class _Hit(NamedTuple):
    display: bytes
    #: the preferred holder has it
    is_own: bool


class _Holder(msgspec.Struct):
    slug: str


class _Belonging(msgspec.Struct):
    """What is read of a display to gather it."""

    fonds: str = ""
    work: str = ""
    institutions: tuple[_Holder, ...] = ()


_DECODER = msgspec.msgpack.Decoder(_Belonging)


def gathered(
    engine: Engine, query: p.Primitive, sort: SortBy, by: Group, offset: int, limit: int, prefer: str | None
) -> tuple[Gathered, Reached | None]:
    """The rows from `offset` on, and where a walk goes on behind them.

    prefer   institution whose hit stands for its row, where the row has one
    """
    top = engine.top(query, sort, 0, LAST_HIT)
    groups: dict[str | int, list[_Hit]] = {}
    places: dict[str | int, int] = {}
    for place, display in enumerate(top.displays):
        key = row_of(display, by) or place
        groups.setdefault(key, []).append(_Hit(display, _is_held(display, prefer)))
        places.setdefault(key, place)
    rows = list(groups.items())[offset : offset + limit]
    counts = _counts(engine, query, by, [key for key, _ in rows if isinstance(key, str)])
    shown = tuple(_row(key, hits, counts) for key, hits in rows)
    given, reached = offset + len(rows), None
    if rows and is_walked(sort) and (given < len(groups) or top.total > len(top.displays)):
        at = engine.top(query, sort, places[rows[-1][0]], 1).last
        reached = None if at is None else Reached(value=at[0], order_key=at[1], given=given)
    return Gathered(shown, len(groups), top.total), reached


def gathered_rows(
    engine: Engine, query: p.Primitive, sort: SortBy, by: Group, begun: Sequence[tuple[str, bytes]], prefer: str | None
) -> tuple[Row, ...]:
    """Rows by their values and first hits, with the best other hits of them all."""
    values = [value for value, _ in begun if value]
    hits: dict[str, list[_Hit]] = {value: [_Hit(display, _is_held(display, prefer))] for value, display in begun}
    if values:
        theirs = p.filtered(p.Terms(facet(ROW_OF[by]), tuple(values)))
        for display in engine.top(p.Bool(must=(query, theirs)), sort, 0, LAST_HIT).displays:
            row = hits[row_of(display, by)]
            if display != row[0].display:
                row.append(_Hit(display, _is_held(display, prefer)))
    counts = _counts(engine, query, by, values)
    return tuple(
        _row(value, hits[value], counts) if value else Row(value="", displays=(display,)) for value, display in begun
    )


def row_of(display: bytes, by: Group) -> str:
    """The one row that a hit stands in; empty of what belongs to nothing."""
    found: str = getattr(_DECODER.decode(display), by)
    return found


def _is_held(display: bytes, prefer: str | None) -> bool:
    return any(holder.slug == prefer for holder in _DECODER.decode(display).institutions)


def _row(key: str | int, hits: Sequence[_Hit], counts: dict[str, int]) -> Row:
    ordered = sorted(hits, key=lambda hit: not hit.is_own)
    displays = tuple(hit.display for hit in ordered[:SHOWN])
    if isinstance(key, int):
        return Row(value="", displays=displays)
    return Row(value=key, displays=displays, count=max(counts.get(key, 0), len(hits)))


def _counts(engine: Engine, query: p.Primitive, by: str, keys: Sequence[str]) -> dict[str, int]:
    if not keys:
        return {}
    wanted = Wanted(facets=(by,), size=0, also=tuple((by, key) for key in keys))
    return dict(engine.counts(query, wanted).facets[by])
