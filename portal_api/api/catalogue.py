"""The public JSON resources: health, search, things, records, institutions (portal chapter, 6)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import msgspec
from aiohttp import web

from index.facets import MOST_VALUES
from index.request import LAST_HIT
from index.results import (
    Chip,
    FacetCount,
    Histogram,
    Notice,
    Relaxed,
    SearchAnswer,
    SearchHit,
    Understood,
    WayOut,
)
from mappings.engine.explain import RuleTrace
from mappings.schema.unified import Member
from mappings.serialisations.with_origins import encoded
from portal_api.auth.requests import reader_of
from portal_api.errors import NotFound, ParameterFault, ParametersInvalid
from portal_api.exchange import EXCHANGE, Link
from portal_api.http.parameters import NoParameters
from portal_api.pages.public.asking import (
    check_bounds,
    check_notation,
    searched,
    strict,
    unknown_preference,
    visibility_of,
)
from portal_api.pages.public.things import described, standing
from portal_api.views.filters import API_FACETS
from portal_api.views.search import ApiSearchParameters, Walk, address, going_back, request_of, shown_hits
from portal_api.views.search_faults import cursor_beside_page, too_deep


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search finds: hits with reasons, facets, bars."""

    total: int
    #: rows on all pages, of a search that gathers hits
    groups: int | None
    #: hits on all pages that were found by meaning alone; neither `total` nor facets count them
    semantic_added: int
    #: every part of the index answered in time; else there may be more hits, and counts are too low
    exact: bool
    hits: tuple[SearchHit, ...]
    facets: dict[str, tuple[FacetCount, ...]]
    histogram: Histogram | None
    understood: tuple[Understood, ...]
    chips: tuple[Chip, ...]
    notices: tuple[Notice, ...]
    relaxed: Relaxed | None
    ways_out: tuple[WayOut, ...]
    #: what was searched, printed
    query: str


class FoundPage(Found, frozen=True, kw_only=True):
    """What a search finds, with the addresses of the pages behind and before it; null at either end."""

    next: str | None
    prev: str | None


class Members(msgspec.Struct, frozen=True, kw_only=True):
    """The records of a thing."""

    id: str
    members: tuple[Member, ...]


class BondReason(msgspec.Struct, frozen=True, kw_only=True):
    """A named reason with its bits, and what was compared."""

    name: str
    bits: float
    detail: str


class Bond(msgspec.Struct, frozen=True, kw_only=True):
    """Two records of a thing, and what binds them."""

    a: str
    b: str
    bits: float
    reasons: tuple[BondReason, ...]


class Bonds(msgspec.Struct, frozen=True, kw_only=True):
    """What binds the records of a thing."""

    id: str
    links: tuple[Bond, ...]


class Traced(msgspec.Struct, frozen=True, kw_only=True):
    """Which rules made a record, and of what."""

    crosswalk: str
    rules: tuple[RuleTrace, ...]


def answered(request: web.Request, value: object, *, private: bool = False, whole: bool = True) -> web.Response:
    """`value` as JSON with a strong ETag; 304 where the client has it already; an answer in part is kept by nobody."""
    body = msgspec.json.encode(value)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    cache = "no-store" if not whole else "private, no-cache" if private else "public, max-age=60"
    headers = {"ETag": tag, "Cache-Control": cache, "Vary": "Accept, Accept-Language, Cookie, Authorization"}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type="application/json", headers=headers)


async def health(request: web.Request) -> web.Response:
    """What the public may know of the exchange's state."""
    strict(request, NoParameters)
    found = await asyncio.to_thread(request.app[EXCHANGE].health)
    return web.Response(body=msgspec.json.encode(found), content_type="application/json")


async def institutions(request: web.Request) -> web.Response:
    """Every institution with the number of its public records."""
    strict(request, NoParameters)
    return answered(request, await asyncio.to_thread(request.app[EXCHANGE].catalogue.institutions))


async def search(request: web.Request) -> web.Response:
    """A search: hits with reasons, facets, bars."""
    parameters = strict(request, ApiSearchParameters)
    answer, walk = await hits_of(request, parameters)
    ways = {"next": going_on(parameters, answer, walk.on), "prev": going_back(answer, walk.back)}
    pages = {way: address("/api/v1/search", parameters, **changes) for way, changes in ways.items() if changes}
    found = FoundPage(**members_of(answer), next=pages.get("next"), prev=pages.get("prev"))
    response = answered(request, found, private=(await reader_of(request)).known, whole=answer.exact)
    if pages:
        response.headers["Link"] = ", ".join(f'<{page}>; rel="{way}"' for way, page in pages.items())
    return response


async def hits_of(request: web.Request, parameters: ApiSearchParameters) -> tuple[SearchAnswer, Walk]:
    """What a search finds, and the cursors behind and before its hits; raises ParametersInvalid, QueryInvalid."""
    check_notation(parameters)
    check_bounds(parameters)
    sizes = facet_sizes(parameters.facets)
    if parameters.page_size and parameters.page * parameters.page_size > LAST_HIT:
        raise ParametersInvalid([too_deep()])
    if parameters.cursor and parameters.page != 1:
        raise ParametersInvalid([cursor_beside_page()])
    if unknown := await asyncio.to_thread(unknown_preference, request.app[EXCHANGE], parameters):
        raise ParametersInvalid([unknown])
    asked = request_of(parameters, await visibility_of(request), facets=tuple(sizes), page_size=parameters.page_size)
    stated = tuple((facet, size) for facet, size in sizes.items() if size)
    asked = msgspec.structs.replace(asked, facet_sizes=stated)
    return await asyncio.to_thread(searched, request.app[EXCHANGE], asked, parameters)


def facet_sizes(stated: Sequence[str]) -> dict[str, int]:
    """Facets that are to be counted, each with how many values, 0 = as many as usual; raises ParametersInvalid."""
    parted = [each.partition(":") for each in stated]
    faults = [_unknown_facet(facet) for facet, _, _ in parted if facet not in API_FACETS]
    faults += [_no_size(facet, size) for facet, colon, size in parted if colon and not _is_size(size)]
    if faults:
        raise ParametersInvalid(faults)
    return {facet: int(size or 0) for facet, _, size in parted}


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= MOST_VALUES


def _no_size(facet: str, size: str) -> ParameterFault:
    detail = f"facets: expected 1 to {MOST_VALUES} values, as in {facet[:40]}:5, found {size[:40]!r}"
    return ParameterFault(parameter="facets", code="parameter-invalid", detail=detail)


def _unknown_facet(facet: str) -> ParameterFault:
    known, near = ", ".join(API_FACETS), get_close_matches(facet, API_FACETS, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    detail = f"facets: {facet[:80]} is none of {known}{hint}"
    return ParameterFault(parameter="facets", code="parameter-invalid", detail=detail)


def members_of(answer: SearchAnswer) -> dict[str, Any]:
    """The members of `Found`, but how it goes on."""
    return {name: getattr(answer, name) for name in Found.__struct_fields__}


def going_on(parameters: ApiSearchParameters, answer: SearchAnswer, cursor: str) -> dict[str, str | int | bool]:
    """What changes of the parameters for what comes next; empty at the end.

    By cursor in an order that is walked, so that nothing comes twice or is left out; else by page.
    """
    if cursor:
        return {"page": 1, "cursor": cursor}
    last = answer.page * answer.page_size
    more = parameters.page_size and not parameters.cursor and min(shown_hits(answer), LAST_HIT) > last
    return {"page": answer.page + 1} if more else {}


async def cluster(request: web.Request) -> web.Response:
    """A thing: every field with the records, paths, rules and crosswalks that it comes from."""
    strict(request, NoParameters)
    found = await standing(request)
    if isinstance(found, web.Response):
        return found
    return answered(request, encoded(found), private=(await reader_of(request)).known)


async def members(request: web.Request) -> web.Response:
    """The records of a thing."""
    strict(request, NoParameters)
    found = await standing(request)
    if isinstance(found, web.Response):
        return found
    return answered(request, Members(id=found.id, members=found.members), private=(await reader_of(request)).known)


async def why(request: web.Request) -> web.Response:
    """What binds the records of a thing: pairs, bits, reasons."""
    strict(request, NoParameters)
    found = await standing(request)
    if isinstance(found, web.Response):
        return found
    reader = await reader_of(request)
    links = await asyncio.to_thread(request.app[EXCHANGE].catalogue.why, found.id, reader.visibility.audience)
    return answered(request, Bonds(id=found.id, links=tuple(_bond(each) for each in links)), private=reader.known)


def _bond(link: Link) -> Bond:
    reasons = tuple(BondReason(name=each.name, bits=each.bits, detail=each.detail) for each in link.reasons)
    return Bond(a=link.a, b=link.b, bits=link.bits, reasons=reasons)


async def record(request: web.Request) -> web.Response:
    """One institution's record, unmerged."""
    strict(request, NoParameters)
    reader = await reader_of(request)
    return answered(request, encoded(await described(request)), private=reader.known)


async def raw(request: web.Request) -> web.Response:
    """The record as harvested, as its feed lets it be seen; an attachment, never run."""
    strict(request, NoParameters)
    reader = await reader_of(request)
    name = request.match_info["id"]
    found = await asyncio.to_thread(request.app[EXCHANGE].catalogue.raw, name, reader.visibility.audience)
    if found is None:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending_of(found.payload)}"'}
    return web.Response(text=found.payload, content_type="application/octet-stream", headers=headers)


def ending_of(payload: str) -> str:
    """Of a file that holds what was harvested."""
    begins = payload.lstrip()[:1]
    return "xml" if begins == "<" else "json" if begins in ("{", "[") else "txt"


async def trace(request: web.Request) -> web.Response:
    """Which rule read what, each transform before and after, as the feed lets it be seen."""
    strict(request, NoParameters)
    reader = await reader_of(request)
    catalogue = request.app[EXCHANGE].catalogue
    found = await asyncio.to_thread(catalogue.trace, request.match_info["id"], reader.visibility.audience)
    if found is None:
        raise NotFound
    return answered(request, Traced(crosswalk=found.crosswalk, rules=found.rules), private=reader.known)
