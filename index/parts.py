"""Some of the hits, and where they stand among all: a page by its number, or what follows behind a hit."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from index.code_order import Tiers, ordered
from index.engine import Engine, Top
from index.fused import Meaning, place
from index.grouping import Row, gathered
from index.orders import Reached, SortBy, beyond
from index.placing import placed
from index.query import primitives as p
from index.request import LAST_HIT, SearchRequest
from index.rows_before import rows_before, turned_back
from index.rows_walked import rows_behind

#: hits of a page that can be had
MOST_HITS = 100


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the hits."""

    displays: tuple[bytes, ...]
    #: of gathered hits: the rows, and how many there are on all pages
    rows: tuple[Row, ...] = ()
    groups: int | None = None
    #: hits by words in all
    total: int
    #: hits before these
    before: int
    page_size: int
    #: where an order that is walked goes on; None where it does not
    reached: Reached | None = None
    #: where it goes back; None where nothing stands before
    begun: Reached | None = None
    #: ids of hits that were found by meaning alone, on any page
    added: frozenset[str] = frozenset()
    #: meaning was asked for and could not be had
    away: bool = False
    #: meaning was asked for and has no part in rows
    leaves_meaning: bool = False


def part_of(engine: Engine, request: SearchRequest, query: p.Primitive, sort: SortBy, tiers: Tiers = ()) -> Part:
    """A page by its number up to the last hit that pages reach, hits from a number on, or those behind a hit.

    tiers   of hits that stand before others (`index.code_order`)
    """
    page_size = _size(request)
    if request.first_hit is not None:
        before = max(request.first_hit, 1) - 1
        top = _from(engine, query, sort, before, page_size, tiers)
        total = top.total
    elif request.after is not None and request.after.way == "back":
        return _before(engine, request, query, sort, request.after)
    elif request.after is not None:
        behind = p.Bool(must=(query, beyond(sort, request.after)))
        top, total = engine.top(behind, sort, 0, page_size), engine.count(query)
        # what was given may be gone since: the engine has just counted what is still ahead
        before = max(total - top.total, 0)
    else:
        before = _offset(request)
        top = ordered(engine, query, sort, before, _room(request), tiers)
        total = top.total
    return _walked(top, total, before, page_size)


def _before(engine: Engine, request: SearchRequest, query: p.Primitive, sort: SortBy, after: Reached) -> Part:
    """The page before a hit; how many stand before it is counted anew."""
    page_size = _size(request)
    top = engine.top(p.Bool(must=(query, beyond(sort, after))), sort, 0, page_size, "back")
    return _walked(top, engine.count(query), top.total - len(top.displays), page_size)


def _walked(top: Top, total: int, before: int, page_size: int) -> Part:
    """A page, and where a walk goes on behind it and back before it."""
    given = before + len(top.displays)
    reached = begun = None
    if top.last is not None and given < total:
        reached = Reached(value=top.last[0], order_key=top.last[1], given=given)
    if top.first is not None and before:
        begun = Reached(value=top.first[0], order_key=top.first[1], given=before, way="back")
    return Part(displays=top.displays, total=total, before=before, page_size=page_size, reached=reached, begun=begun)


def _from(engine: Engine, query: p.Primitive, sort: SortBy, before: int, size: int, tiers: Tiers) -> Top:
    """Hits behind so many others; none beyond the last that pages reach, but in the order of `id`."""
    if sort == "key" and before + size > LAST_HIT:
        return placed(engine, query, before, size)
    given = max(0, min(size, LAST_HIT - before))
    # engines make room for every hit up to the last one wanted, and anybody may say any number
    return ordered(engine, query, sort, before if given else 0, given, tiers)


def fused_part(
    engine: Engine, request: SearchRequest, query: p.Primitive, meaning: Meaning, share: Callable[[bytes], float]
) -> Part:
    """A page of hits by words and by meaning.

    share   of the query's words in a hit, 0 to 1
    """
    found = place(engine, query, meaning, share, request.pinned, _offset(request), _room(request))
    return Part(
        displays=found.displays,
        total=found.total,
        before=_offset(request),
        page_size=_size(request),
        added=found.added,
        away=found.away,
    )


def gathered_part(engine: Engine, request: SearchRequest, query: p.Primitive, sort: SortBy) -> Part:
    """A page of gathered hits: a row a fonds or a work; in an order that is walked to the last, and back."""
    reached: Reached | None
    begun: Reached | None = None
    after, by, size = request.after, request.group, _size(request)
    if after is not None and after.way == "back":
        back = rows_before(engine, query, sort, by, after, size, request.prefer)
        found, before, reached, begun = back.gathered, back.before, back.reached, back.begun
    elif after is not None:
        before, begun = after.given, turned_back(after)
        found, reached = rows_behind(engine, query, sort, by, after, size, request.prefer)
    else:
        before = _offset(request)
        found, reached = gathered(engine, query, sort, by, before, _room(request), request.prefer)
    return Part(
        displays=tuple(row.displays[0] for row in found.rows),
        rows=found.rows,
        groups=found.groups,
        total=found.total,
        before=before,
        page_size=size,
        reached=reached,
        begun=begun,
    )


def _size(request: SearchRequest) -> int:
    return min(max(request.page_size, 0), MOST_HITS)


def _offset(request: SearchRequest) -> int:
    return (max(request.page, 1) - 1) * _size(request)


def _room(request: SearchRequest) -> int:
    return max(0, min(_size(request), LAST_HIT - _offset(request)))
