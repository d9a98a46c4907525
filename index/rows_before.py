"""Gathered hits followed back to the first: the rows whose best hit stands before that of a row that was reached.

Hits are looked at from there backwards. A row that reaches further back is met again at its first hit, which is asked
for by itself; of its others none is looked at twice.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from index.engine import Engine, Top
from index.fields import ROW_OF, facet
from index.grouping import Gathered, gathered_rows, row_of
from index.orders import Reached, SortBy, beyond
from index.query import primitives as p
from index.request import Group
from index.rows_walked import standing_in

#: hits that are looked at in one go, and how often for one page
_CHUNK, _MOST_CHUNKS = 100, 20
#: rows that reach further back and are asked for by themselves, for one page
_MOST_REACHING = 100


class _Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A row, by the hit that it begins with."""

    #: empty of a hit that belongs to nothing
    value: str
    display: bytes
    #: what was asked when it was met, and its place there, counted from the end
    asked: p.Primitive
    place: int


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a page, and where the walk goes back before it and on behind it."""

    gathered: Gathered
    before: int
    begun: Reached | None
    reached: Reached


def rows_before(
    engine: Engine, query: p.Primitive, sort: SortBy, by: Group, after: Reached, limit: int, prefer: str | None
) -> Back:
    """The rows before the one that was reached; a page may be short where very many rows reach far back.

    sort   an order that is walked
    """
    walk = _Walk(engine, query, sort, by, after)
    while len(walk.begun) <= limit and walk.goes_on:
        walk.look()
    shown = walk.begun[:limit]
    at = _at(engine, sort, shown[-1]) if len(walk.begun) > limit else walk.at if walk.more else None
    before = max(after.given - len(shown), 1) if at else 0
    pairs = [(each.value, each.display) for each in reversed(shown)]
    rows = gathered_rows(engine, query, sort, by, pairs, prefer)
    return Back(
        gathered=Gathered(rows, before + len(rows), engine.count(query)),
        before=before,
        begun=replace(at, given=before) if at else None,
        reached=turned_on(replace(after, given=before + len(rows))),
    )


def turned_on(before: Reached) -> Reached:
    """The walk on from a row before which a walk back began: that row is the first."""
    return replace(before, way="on", order_key=max(before.order_key - 1, 0))


def turned_back(behind: Reached) -> Reached:
    """The walk back from a row behind which a walk went on: that row is the first."""
    return replace(behind, way="back", order_key=behind.order_key + 1)


class _Walk:
    """Hits looked at backwards, and the rows that begin with one of them, the nearest first."""

    def __init__(self, engine: Engine, query: p.Primitive, sort: SortBy, by: Group, after: Reached) -> None:
        self._engine, self._query, self._sort, self._by = engine, query, sort, by
        self._seen: list[str] = []
        #: order keys of the first hits of rows that reach further back
        self._firsts: list[int] = []
        self._chunks = 0
        self.begun: list[_Begun] = []
        #: hits before are not looked at yet
        self.at, self.more = after, True

    @property
    def goes_on(self) -> bool:
        """Whether there is more to be looked at, for this page."""
        return self.more and self._chunks < _MOST_CHUNKS and len(self._firsts) < _MOST_REACHING

    def look(self) -> None:
        """Looks at the next hits."""
        self._chunks += 1
        asked = p.Bool(must=(self._query, beyond(self._sort, self.at), *self._unseen()))
        top = self._engine.top(asked, self._sort, 0, _CHUNK, "back")
        if top.first is not None:
            self.at = Reached(value=top.first[0], order_key=top.first[1], given=0, way="back")
        values = [row_of(display, self._by) for display in top.displays]
        self._note(asked, top, values)
        self.more = len(top.displays) < top.total

    def _note(self, asked: p.Primitive, top: Top, values: list[str]) -> None:
        met = [value for value in dict.fromkeys(values) if value and value not in self._seen]
        further = p.Bool(must=(self._query, beyond(self._sort, self.at)))
        reaching = standing_in(self._engine, further, self._by, met)
        for place in range(len(values) - 1, -1, -1):
            value = values[place]
            if not value or value in self._seen or (value not in reaching and value not in values[:place]):
                from_end = len(values) - 1 - place
                begun = _Begun(value=value, display=top.displays[place], asked=asked, place=from_end)
                self.begun.append(begun)
        self._seen += met
        self._firsts += [key for value in reaching if (key := self._first(value)) is not None]

    def _unseen(self) -> tuple[p.Primitive, ...]:
        """Hits of rows that were not met, and the first hits of those that reach further back."""
        if not self._seen:
            return ()
        column = facet(ROW_OF[self._by])
        others = p.Bool(must=(p.All(),), must_not=(p.Terms(column, tuple(self._seen)),))
        firsts = tuple(p.Range("order_key", key, key) for key in self._firsts)
        return (p.filtered(p.any_of((others, *firsts))),)

    def _first(self, value: str) -> int | None:
        theirs = p.Bool(must=(self._query, p.filtered(p.Term(facet(ROW_OF[self._by]), value))))
        last = self._engine.top(theirs, self._sort, 0, 1).last
        return None if last is None else last[1]


def _at(engine: Engine, sort: SortBy, row: _Begun) -> Reached | None:
    first = engine.top(row.asked, sort, row.place, 1, "back").first
    return None if first is None else Reached(value=first[0], order_key=first[1], given=0, way="back")
