"""Gathered hits followed to the last: the rows whose best hit stands behind that of a row that was reached.

A row stands where its first hit stands. So a hit behind the one that was reached begins a row unless another hit of
its row stands before, which the column of the one row of each hit tells. Nothing is kept open.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from index.engine import Engine, Wanted
from index.fields import ROW_OF, facet
from index.grouping import Gathered, gathered_rows, row_of
from index.orders import Reached, SortBy, beyond
from index.query import primitives as p
from index.request import Group

#: hits that are looked at in one go, and how often for one page
_CHUNK, _MOST_CHUNKS = 100, 20


class _Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A row, by the hit that it begins with."""

    #: empty of a hit that belongs to nothing
    value: str
    display: bytes
    #: what was asked when it was met, and its place in the answer
    asked: p.Primitive
    place: int


def rows_behind(
    engine: Engine, query: p.Primitive, sort: SortBy, by: Group, after: Reached, limit: int, prefer: str | None
) -> tuple[Gathered, Reached | None]:
    """The next rows, and where the walk goes on; a page may be short where very many rows before reach behind it.

    sort   an order that is walked
    """
    behind = p.Bool(must=(query, beyond(sort, after)))
    before = p.Bool(must=(query,), must_not=(beyond(sort, after),))
    begun, seen, reached = list[_Begun](), list[str](), None
    for _ in range(_MOST_CHUNKS):
        asked = _without(behind, by, seen)
        top = engine.top(asked, sort, 0, _CHUNK)
        values = [row_of(display, by) for display in top.displays]
        met = list(dict.fromkeys(filter(None, values)))
        begins = set(met) - standing_in(engine, before, by, met)
        for place, (value, display) in enumerate(zip(values, top.displays, strict=True)):
            if not value or value in begins:
                begun.append(_Begun(value=value, display=display, asked=asked, place=place))
                begins.discard(value)
        seen += met
        last = top.last
        if len(begun) > limit or last is None or len(top.displays) == top.total:
            break
        behind = p.Bool(must=(query, beyond(sort, Reached(value=last[0], order_key=last[1], given=0))))
        reached = last
    else:
        return _page(engine, query, sort, by, begun, after, prefer), _at(reached, after.given + len(begun))
    shown = begun[:limit]
    found = _page(engine, query, sort, by, shown, after, prefer)
    if len(begun) <= limit or not shown:
        return found, None
    at = engine.top(shown[-1].asked, sort, shown[-1].place, 1).last
    return found, _at(at, after.given + len(shown))


def _at(held: tuple[int, int] | None, given: int) -> Reached | None:
    return None if held is None else Reached(value=held[0], order_key=held[1], given=given)


def _without(query: p.Primitive, by: Group, rows: Sequence[str]) -> p.Primitive:
    return p.Bool(must=(query,), must_not=(p.Terms(facet(ROW_OF[by]), tuple(rows)),)) if rows else query


def standing_in(engine: Engine, hits: p.Primitive, by: Group, rows: Sequence[str]) -> set[str]:
    """Those of some rows that have a hit among these."""
    if not rows:
        return set()
    column = ROW_OF[by]
    wanted = Wanted(facets=(column,), size=0, also=tuple((column, row) for row in rows))
    return {row for row, count in engine.counts(hits, wanted).facets[column] if count}


def _page(
    engine: Engine,
    query: p.Primitive,
    sort: SortBy,
    by: Group,
    begun: Sequence[_Begun],
    after: Reached,
    prefer: str | None,
) -> Gathered:
    rows = gathered_rows(engine, query, sort, by, [(each.value, each.display) for each in begun], prefer)
    return Gathered(rows, after.given + len(rows), engine.count(query))
