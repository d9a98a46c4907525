"""Holders, and what the exchange says of itself."""

from __future__ import annotations

import asyncio

from aiohttp import web

from federation.linkage.ruleset import base
from federation.storage import feeds, runs
from index.request import FacetFilter, SearchRequest
from portal_api.errors import NotFound
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.openapi import ADDRESS as OPENAPI_ADDRESS
from portal_api.http.openapi import LINK as SERVICE_DESCRIPTION
from portal_api.http.openapi import OPENAPI
from portal_api.pages.public.asking import counted, visibility_of
from portal_api.pages.render import page
from portal_api.views import vocabulary
from portal_api.views.api_told import api_told
from portal_api.views.cluster import safe_link
from portal_api.views.problem_kinds import problem_kinds

PAGE_SIZE = 50


async def institution(request: web.Request) -> web.Response:
    """A holder: what it holds, and its newest whole harvest."""
    exchange, slug = request.app[EXCHANGE], request.match_info["slug"]
    lines = await asyncio.to_thread(exchange.catalogue.institutions)
    line = next((line for line in lines if line.slug == slug), None)
    if line is None:
        raise NotFound
    after = request.query.get("after", "")[:100]
    things = await asyncio.to_thread(exchange.catalogue.of_institution, slug, after, PAGE_SIZE)
    asked = SearchRequest(
        visibility=await visibility_of(request),
        filters=(FacetFilter(facet="institution", values=(slug,)),),
        page_size=0,
        facets=("level", "type", "language"),
    )
    return await page(
        request,
        "public/institution.html",
        institution=line,
        link=safe_link(line.url),
        things=things,
        following=things[-1].id if len(things) == PAGE_SIZE else None,
        after=after,
        answer=await counted(request, asked),
        harvested=await asyncio.to_thread(_last_complete, exchange, slug),
        words=vocabulary,
    )


def _last_complete(exchange: Exchange, slug: str) -> object | None:
    """When the institution's feeds last came whole; None where none did."""
    with exchange.store.reading() as connection:
        mine = [feed for feed in feeds.everyone(connection) if feed.institution == slug]
        ended = [run for feed in mine for run in runs.of_feed(connection, feed.key) if run.state == "ended"]
    found = [run for run in ended if run.verdict == "complete"]
    return max((run.ended_at for run in found if run.ended_at is not None), default=None)


async def institutions(request: web.Request) -> web.Response:
    """Every holder."""
    lines = await asyncio.to_thread(request.app[EXCHANGE].catalogue.institutions)
    return await page(request, "public/institutions.html", institutions=lines)


async def about(request: web.Request) -> web.Response:
    """How things are found, ranked and merged, and what is covered."""
    exchange = request.app[EXCHANGE]
    lines = await asyncio.to_thread(exchange.catalogue.institutions)
    health = await asyncio.to_thread(exchange.health)
    fresh = {line.slug: await asyncio.to_thread(_last_complete, exchange, line.slug) for line in lines}
    shown = await page(
        request, "public/about.html", institutions=lines, health=health, fresh=fresh, limits=base().limits
    )
    shown.headers["Link"] = SERVICE_DESCRIPTION
    return shown


async def problems(request: web.Request) -> web.Response:
    """Every kind of problem, at the address that its type names."""
    return await page(request, "public/problems.html", kinds=problem_kinds())


async def api(request: web.Request) -> web.Response:
    """The API, address by address, as OpenAPI tells it to programs."""
    resources = api_told(request.app[OPENAPI]())
    shown = await page(request, "public/api.html", resources=resources, address=OPENAPI_ADDRESS)
    shown.headers["Link"] = SERVICE_DESCRIPTION
    return shown


#: what machines need not read
_CLOSED = (
    "/search",
    "/exports",
    "/api",
    "/sru",
    "/oai",
    "/account",
    "/partner",
    "/admin",
    "/try",
    "/sign-in",
    "/setup",
)


async def robots(request: web.Request) -> web.Response:
    """What machines that read everything may read: the things, not the searches."""
    settings = request.app[EXCHANGE].settings
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED)]
    for agent in settings.robots_refused:
        lines += ["", f"User-agent: {agent}", "Disallow: /"]
    return web.Response(text="\n".join(lines) + "\n", content_type="text/plain")
