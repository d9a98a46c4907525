"""What helps to find: suggestions, the values of one facet, things like a thing (portal chapter, 6)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from index.results import FacetCount, SimilarHit, Suggestion
from portal_api.api.catalogue import answered
from portal_api.auth.requests import reader_of
from portal_api.errors import NoneOfThese
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import NoParameters
from portal_api.pages.public.asking import check_bounds, strict, visibility_of
from portal_api.pages.public.things import standing
from portal_api.views.filters import API_FACETS
from portal_api.views.search import SearchParameters, request_of


class SuggestParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A text half typed."""

    q: str = ""
    #: `opensearch`: the array of OpenSearch Suggestions 1.0 in place of our own
    format: Literal["json", "opensearch"] = "json"


class FacetParameters(SearchParameters, frozen=True, kw_only=True):
    """A search, and which values of one facet are asked for."""

    #: words that the label holds
    contains: str = ""
    size: Annotated[int, msgspec.Meta(ge=1, le=100)] = 100


class Suggestions(msgspec.Struct, frozen=True, kw_only=True):
    """Ways to go on from what was typed."""

    q: str
    suggestions: tuple[Suggestion, ...]
    #: every part of the index answered in time
    exact: bool


class FacetValues(msgspec.Struct, frozen=True, kw_only=True):
    """Values of one facet, largest first."""

    facet: str
    values: tuple[FacetCount, ...]
    exact: bool


class SimilarThings(msgspec.Struct, frozen=True, kw_only=True):
    """Things like a thing."""

    id: str
    similar: tuple[SimilarHit, ...]
    exact: bool


async def suggest(request: web.Request) -> web.Response:
    """Ways to go on from what was typed."""
    parameters = strict(request, SuggestParameters)
    search, visibility = request.app[EXCHANGE].search, await visibility_of(request)
    found = await asyncio.to_thread(search.suggest, parameters.q, visibility)
    private = (await reader_of(request)).known
    if parameters.format == "opensearch":
        return answered(request, [parameters.q, [each.text for each in found]], private=private, whole=found.is_whole)
    ways = Suggestions(q=parameters.q, suggestions=found, exact=found.is_whole)
    return answered(request, ways, private=private, whole=found.is_whole)


async def facet_values(request: web.Request) -> web.Response:
    """Values of one facet under a search, largest first; the facet's own choices narrow nothing."""
    field = request.match_info["field"]
    if field not in API_FACETS:
        raise NoneOfThese("facet", API_FACETS, field)
    parameters = strict(request, FacetParameters)
    check_bounds(parameters)
    asked = request_of(parameters, await visibility_of(request), facets=())
    search = request.app[EXCHANGE].search
    values = await asyncio.to_thread(
        lambda: search.facet_values(asked, field, contains=parameters.contains, limit=parameters.size)
    )
    told = FacetValues(facet=field, values=values, exact=values.is_whole)
    return answered(request, told, private=(await reader_of(request)).known, whole=told.exact)


async def similar(request: web.Request) -> web.Response:
    """Things like a thing, and what each shares with it."""
    strict(request, NoParameters)
    thing = await standing(request)
    if isinstance(thing, web.Response):
        return thing
    search, visibility = request.app[EXCHANGE].search, await visibility_of(request)
    found = await asyncio.to_thread(search.similar, thing.id, visibility)
    told = SimilarThings(id=thing.id, similar=found, exact=found.is_whole)
    return answered(request, told, private=(await reader_of(request)).known, whole=told.exact)
