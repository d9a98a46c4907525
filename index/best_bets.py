"""Best bets: things that people pinned to a query. They answer it whatever its words find, and come first by relevance.

A pin says nothing of who may see the thing: it is sought with everything that narrows the search.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import msgspec

from index.query import primitives as p
from index.query.canonical import canonical
from index.query.model import QueryNode
from index.query.syntax import parse
from index.query.wire import written_tree
from index.request import SearchRequest
from mappings.schema.folding import fold

#: things of one query
MOST = 3
#: more than any hit scores by itself, whatever its words
_LIFTED = 1_000_000.0
#: key of a query -> its things, the first first
BestBets = Callable[[], Mapping[str, tuple[str, ...]]]


def bet_key(tree: QueryNode) -> str:
    """The same for queries that mean the same but for case, accents and width; hexadecimal."""
    return hashlib.sha256(fold(written_tree(canonical(tree)).decode()).encode()).hexdigest()


def no_bets() -> Mapping[str, tuple[str, ...]]:
    """Of an exchange that pins nothing."""
    return {}


def with_bets(request: SearchRequest, bets: Mapping[str, tuple[str, ...]]) -> SearchRequest:
    """The request with what is pinned to its query; raises QueryInvalid under strict syntax."""
    if not bets:
        return request
    tree = request.tree if request.tree is not None else parse(request.text, request.syntax).tree
    return msgspec.structs.replace(request, pinned=bets.get(bet_key(tree), ())[:MOST])


def beside(asked: p.Primitive, pinned: tuple[str, ...]) -> p.Primitive:
    """What is asked, or what is pinned: the first of it above all."""
    if not pinned:
        return asked
    lifted = [
        p.Constant(p.Terms("cluster_id", (id_,)), _LIFTED * place)
        for place, id_ in zip(range(len(pinned), 0, -1), pinned, strict=True)
    ]
    return p.any_of((asked, *lifted))
