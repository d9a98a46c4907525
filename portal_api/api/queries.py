"""One query in every notation: the search box's, CQL, the tree as JSON, and the address that asks it."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from index.errors import BackendUnavailable
from index.ports import SearchBackend
from index.query.canonical import printed
from index.query.cql import parse_cql
from index.query.cql_printed import printed_cql
from index.query.limits import price
from index.query.model import All, QueryNode
from index.query.recognising import recognised
from index.query.syntax import parse
from index.query.wire import read_tree
from index.request import SearchRequest
from index.results import Notice
from mappings.schema.access import EVERYONE, Visibility
from portal_api.api.catalogue import answered
from portal_api.exchange import EXCHANGE
from portal_api.pages.public.asking import check_notation, strict, visibility_of


class QueryParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A query in one notation."""

    q: str = ""
    cql: str = ""
    tree: str = ""
    #: refuse what the search box would read otherwise than written
    strict: bool = False


class ParsedQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query in every notation."""

    text: str
    cql: str
    tree: QueryNode
    #: the tree that is searched, where words were understood to mean something too
    meant: QueryNode
    #: of `meant`, for SRU
    meant_cql: str
    notices: tuple[Notice, ...]
    #: what a search for it alone costs; 100 is the most
    price: float
    #: the page that answers it
    address: str


async def parsed(request: web.Request) -> web.Response:
    """What a query was understood to ask; raises QueryInvalid with the place of the fault."""
    given = strict(request, QueryParameters)
    check_notation(given)
    tree, notices = read(given)
    understands = not (given.cql or given.tree or given.strict)
    meant = await _meant(request, tree) if understands else tree
    text = "" if isinstance(tree, All) else printed(tree)
    found = ParsedQuery(
        text=text,
        cql=printed_cql(tree),
        tree=tree,
        meant=meant,
        meant_cql=printed_cql(meant),
        notices=notices,
        price=price(SearchRequest(visibility=EVERYONE), tree).total,
        address=f"/search?{urlencode({'q': text or '*'})}",
    )
    return answered(request, found)


async def _meant(request: web.Request, tree: QueryNode) -> QueryNode:
    """The tree as the results page understands it; without the names of institutions while there is no index."""
    search, visibility = request.app[EXCHANGE].search, await visibility_of(request)
    try:
        return await asyncio.to_thread(_recognised, search, tree, visibility)
    except BackendUnavailable:
        return recognised(tree)


def _recognised(search: SearchBackend, tree: QueryNode, visibility: Visibility) -> QueryNode:
    return recognised(tree, search.holders(visibility), search.sounds(tree, visibility))


def read(given: QueryParameters) -> tuple[QueryNode, tuple[Notice, ...]]:
    """The tree of a query in whatever notation, and what was read otherwise than written; raises QueryInvalid."""
    if given.cql:
        return parse_cql(given.cql).tree, ()
    if given.tree:
        return read_tree(given.tree), ()
    found = parse(given.q, "strict" if given.strict else "lenient")
    return found.tree, found.notices
