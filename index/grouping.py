"""Hits gathered by what they belong to: a row a fonds or a work, in the order of the best hit of each.

The best hits that pages reach are gathered, above the engines, so that both give the same rows; how many things a row
stands for is counted among all hits. What belongs to nothing is a row by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from index.engine import Engine, Wanted
from index.orders import SortBy
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
) -> Gathered:
    """The rows from `offset` on.

    prefer   institution whose hit stands for its row, where the row has one
    """
    top = engine.top(query, sort, 0, LAST_HIT)
    groups: dict[str | int, list[tuple[bytes, bool]]] = {}
    for place, display in enumerate(top.displays):
        belonging = _DECODER.decode(display)
        own = any(holder.slug == prefer for holder in belonging.institutions)
        groups.setdefault(getattr(belonging, by) or place, []).append((display, own))
    rows = list(groups.items())[offset : offset + limit]
    counts = _counts(engine, query, by, [key for key, _ in rows if isinstance(key, str)])
    shown = tuple(_row(key, hits, counts) for key, hits in rows)
    return Gathered(shown, len(groups), top.total)


def _row(key: str | int, hits: Sequence[tuple[bytes, bool]], counts: dict[str, int]) -> Row:
    ordered = sorted(hits, key=lambda hit: not hit[1])
    displays = tuple(display for display, _ in ordered[:SHOWN])
    if isinstance(key, int):
        return Row(value="", displays=displays)
    return Row(value=key, displays=displays, count=max(counts.get(key, 0), len(hits)))


def _counts(engine: Engine, query: p.Primitive, by: str, keys: Sequence[str]) -> dict[str, int]:
    if not keys:
        return {}
    wanted = Wanted(facets=(by,), size=0, also=tuple((by, key) for key in keys))
    return dict(engine.counts(query, wanted).facets[by])
