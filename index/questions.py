"""A request, as it was understood, as what an engine is asked: never without the reader's visibility."""

from __future__ import annotations

from index.best_bets import beside
from index.code_order import asks_code_prefix
from index.engine import Engine
from index.orders import SortBy
from index.query import primitives as p
from index.query.budget import afforded
from index.query.compile import dated, half_matching, narrowing
from index.request import SearchRequest, View
from index.understanding import Asking
from mappings.schema.access import Visibility


def whole_query(request: SearchRequest, asking: Asking, *, without: str | None = None) -> p.Primitive:
    """The query with everything that narrows it; the reader's visibility above all.

    without   a facet whose own choices are left out
    """
    asked = half_matching(asking.meant) if asking.is_half else afforded(asking.meant).primitive
    return p.Bool(must=(beside(asked, request.pinned), *narrowed(request, asking, without=without)))


def narrowed(request: SearchRequest, asking: Asking, *, without: str | None = None) -> tuple[p.Primitive, ...]:
    """The reader's visibility and everything else that narrows a query, whatever it asks."""
    found = narrowing(request, without=without)
    return found if asking.dates is None else (*found, p.filtered(dated(asking.dates)))


def count_of(engine: Engine, visibility: Visibility, view: View) -> int:
    """How many documents of a view a reader may see."""
    return engine.count(p.Bool(must=narrowing(SearchRequest(visibility=visibility, view=view))))


def sort_of(request: SearchRequest, asking: Asking) -> SortBy:
    """The order of the hits; where nothing scores, that of codes below a code, else that of the order key."""
    if request.sort == "relevance" and not asking.scores and request.after is None and asks_code_prefix(asking.tree):
        return "code"
    if request.sort == "id" or (request.sort == "relevance" and not asking.scores):
        return "key"
    return request.sort
