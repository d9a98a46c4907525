"""The public JSON resources: health, search, things, records, institutions (portal chapter, 6)."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import msgspec
from aiohttp import web

from index.request import LAST_HIT
from index.results import SearchAnswer
from mappings.serialisations.with_origins import encoded
from portal_api.auth.requests import reader_of
from portal_api.errors import NotFound, ParameterFault, ParametersInvalid
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import NoParameters
from portal_api.pages.public.asking import check_bounds, check_notation, searched, strict, visibility_of
from portal_api.pages.public.things import described, standing
from portal_api.views.search import (
    SHOWN_FACETS,
    ApiSearchParameters,
    address,
    cursor_beside_page,
    request_of,
    shown_hits,
    too_deep,
)


def answered(request: web.Request, value: object, *, private: bool = False) -> web.Response:
    """`value` as JSON with a strong ETag; 304 where the client has it already."""
    body = msgspec.json.encode(value)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    cache = "private, no-cache" if private else "public, max-age=60"
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
    answer, cursor = await hits_of(request, parameters)
    following = going_on(parameters, answer, cursor)
    told = answer_of(answer) | {"next": address("/api/v1/search", parameters, **following) if following else None}
    return answered(request, told, private=(await reader_of(request)).known)


async def hits_of(request: web.Request, parameters: ApiSearchParameters) -> tuple[SearchAnswer, str]:
    """What a search finds, and the cursor behind its last hit; raises ParametersInvalid, QueryInvalid."""
    check_notation(parameters)
    check_bounds(parameters)
    unknown = [facet for facet in parameters.facets if facet not in SHOWN_FACETS]
    if unknown:
        raise ParametersInvalid([_unknown_facet(facet) for facet in unknown])
    if parameters.page_size and parameters.page * parameters.page_size > LAST_HIT:
        raise ParametersInvalid([too_deep()])
    if parameters.cursor and parameters.page != 1:
        raise ParametersInvalid([cursor_beside_page()])
    asked = request_of(
        parameters, await visibility_of(request), facets=parameters.facets, page_size=parameters.page_size
    )
    return await asyncio.to_thread(searched, request.app[EXCHANGE], asked, parameters)


def _unknown_facet(facet: str) -> ParameterFault:
    known = ", ".join(SHOWN_FACETS)
    return ParameterFault(parameter="facets", code="parameter-invalid", detail=f"facets: {facet} is none of {known}")


def answer_of(answer: SearchAnswer) -> dict[str, Any]:
    """The answer as JSON, but how it goes on."""
    return {
        "total": answer.total,
        "semantic_added": answer.semantic_added,
        "exact": answer.exact,
        "hits": answer.hits,
        "facets": answer.facets,
        "histogram": answer.histogram.bars if answer.histogram else (),
        "understood": answer.understood,
        "chips": answer.chips,
        "notices": answer.notices,
        "relaxed": answer.relaxed,
        "ways_out": answer.ways_out,
        "query": answer.query,
    }


def going_on(parameters: ApiSearchParameters, answer: SearchAnswer, cursor: str) -> dict[str, object]:
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
    return answered(request, {"id": found.id, "members": found.members}, private=(await reader_of(request)).known)


async def why(request: web.Request) -> web.Response:
    """What binds the records of a thing: pairs, bits, reasons."""
    strict(request, NoParameters)
    found = await standing(request)
    if isinstance(found, web.Response):
        return found
    reader = await reader_of(request)
    links = await asyncio.to_thread(request.app[EXCHANGE].catalogue.why, found.id, reader.visibility.audience)
    shown = [{**msgspec.structs.asdict(each), "reasons": [_reason(r) for r in each.reasons]} for each in links]
    return answered(request, {"id": found.id, "links": shown}, private=reader.known)


def _reason(reason: Any) -> dict[str, object]:
    return {"name": reason.name, "bits": reason.bits, "detail": reason.detail}


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
    shown = {"crosswalk": found.crosswalk, "rules": found.rules}
    return answered(request, shown, private=reader.known)
