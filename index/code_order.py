"""A whole query that is a reference code, or the beginning of one: what bears such a code comes in the order of codes.

Hits by code score all the same. Above them stand what is pinned and what has the text for an identifier, behind them
what has its words alone.
"""

from __future__ import annotations

from index.engine import Engine, Top
from index.orders import SortBy
from index.query import primitives as p
from index.query.model import And, QueryNode, Under, Words
from index.ranking.clauses import known_by
from index.request import SearchRequest
from index.understanding import Asking

#: conditions that part the hits, each with the order of its own; behind them comes the rest by relevance
Tiers = tuple[tuple[p.Primitive, SortBy], ...]
CODE_FIELD = "code_path"


def asks_code_prefix(tree: QueryNode) -> bool:
    """Whether a query that ranks nothing asks for what lies below a code."""
    match tree:
        case Under(field=field):
            return field == CODE_FIELD
        case And(of=parts):
            return any(map(asks_code_prefix, parts))
    return False


def tiers_of(engine: Engine, request: SearchRequest, asking: Asking, query: p.Primitive) -> Tiers:
    """The tiers of a query that is a code that hits bear; none of any other."""
    tree = asking.tree
    if request.sort != "relevance" or not isinstance(tree, Words) or tree.field is not None or asking.is_half:
        return ()
    known = known_by(tree.text)
    if known is None or not engine.count(_both(query, known.code)):
        return ()
    above = known.identifier
    if request.pinned:
        above = p.any_of((p.Terms("cluster_id", request.pinned), above))
    return ((above, "relevance"), (known.code, "code"))


def ordered(engine: Engine, query: p.Primitive, sort: SortBy, offset: int, limit: int, tiers: Tiers = ()) -> Top:
    """`limit` hits from `offset` on, those of each tier before those of the next."""
    if not tiers:
        return engine.top(query, sort, offset, limit)
    total, displays, left = 0, tuple[bytes, ...](), query
    for condition, order in tiers:
        found = _some(engine, _both(left, condition), order, offset - total, limit - len(displays))
        total, displays = total + found.total, displays + found.displays
        left = p.Bool(must=(left,), must_not=(condition,))
    rest = _some(engine, left, sort, offset - total, limit - len(displays))
    return Top(total=total + rest.total, displays=displays + rest.displays)


def _some(engine: Engine, query: p.Primitive, sort: SortBy, offset: int, limit: int) -> Top:
    """Hits from `offset` on; from the first where that lies before it."""
    if limit > 0:
        return engine.top(query, sort, max(offset, 0), limit)
    return Top(total=engine.count(query), displays=())


def _both(query: p.Primitive, condition: p.Primitive) -> p.Primitive:
    return p.Bool(must=(query, p.filtered(condition)))
