"""Pages of things and of single descriptions, and what an address says that no longer names one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from federation.access.ways import ways_to_see
from federation.storage.linkage.clusters import Gone, Live, Moved
from index.errors import BackendUnavailable
from index.results import SimilarHit
from mappings.schema.unified import UnifiedRecord
from portal_api.auth.requests import reader_of
from portal_api.errors import NotFound, Withdrawn
from portal_api.exchange import EXCHANGE, Below
from portal_api.http.negotiation import preferred
from portal_api.http.origins import origin_of
from portal_api.pages.render import page
from portal_api.views import vocabulary
from portal_api.views.cluster import cluster_view
from portal_api.views.downloads import BY_MEDIA_TYPE, downloaded, offered
from portal_api.views.reasons import detail_of
from portal_api.views.structured_data import structured_data

#: a former name is asked for again after a day, as joins can be undone
_MOVED_SECONDS = 86_400
_SIMILAR = 5
#: records below one that a page shows
_BELOW = 100
_DIGITS = 9


async def thing(request: web.Request) -> web.Response:
    """One thing, every value with the records it rests on; a client that asks for another form is led to it."""
    unified = await standing(request)
    if isinstance(unified, web.Response):
        return unified
    if form := preferred(request.headers.get("Accept", ""), BY_MEDIA_TYPE):
        address = f"/r/{unified.id}.{BY_MEDIA_TYPE[form]}"
        return web.Response(status=303, headers={"Location": address, "Vary": "Accept, Cookie, Authorization"})
    reader, catalogue = await reader_of(request), request.app[EXCHANGE].catalogue
    related = await asyncio.to_thread(catalogue.related, unified.id, reader.visibility.audience)
    alike = await _similar(request, unified.id, [each.id for each in related])
    shown = {"related": related, "similar": alike, "downloads": offered(unified)}
    return await _shown(request, unified, "public/record.html", **shown)


async def _similar(request: web.Request, cluster_id: str, named: Sequence[str]) -> Sequence[SimilarHit]:
    """Things like this one that the page does not name already; none while there is no index."""
    search, reader = request.app[EXCHANGE].search, await reader_of(request)
    try:
        found = await asyncio.to_thread(search.similar, cluster_id, reader.visibility)
    except BackendUnavailable:
        return ()
    return [each for each in found if each.id not in named][:_SIMILAR]


async def download(request: web.Request) -> web.Response:
    """A thing in another format, named by the ending of its address; raises NotFound, Withdrawn, FormatUnavailable."""
    unified = await standing(request)
    if isinstance(unified, web.Response):
        return unified
    page_address = f"{_base(request)}/r/{unified.id}"
    chosen, body = await asyncio.to_thread(downloaded, unified, request.match_info["suffix"], page_address)
    headers = {"Content-Type": chosen.content_type, "Link": f'<{page_address}>; rel="canonical"'}
    if chosen.suffix == "mrc":
        headers["Content-Disposition"] = f'attachment; filename="{unified.id}.mrc"'
    return web.Response(body=body, headers=headers)


def _base(request: web.Request) -> str:
    """The exchange's own address."""
    return origin_of(request, request.app[EXCHANGE].settings)


async def description(request: web.Request) -> web.Response:
    """One institution's description alone."""
    unified = await described(request)
    if unified.id != request.match_info["id"]:
        return _moved(request, request.match_info["id"], unified.id)
    return await _shown(request, unified, "public/description.html")


async def described(request: web.Request) -> UnifiedRecord:
    """The record that an address names, as a thing of one member; raises NotFound, Withdrawn."""
    reader, catalogue = await reader_of(request), request.app[EXCHANGE].catalogue
    record_id, audience = request.match_info["id"], reader.visibility.audience
    found = await asyncio.to_thread(catalogue.description, record_id, audience)
    if found is None:
        gone = await asyncio.to_thread(catalogue.withdrawn, record_id, audience)
        raise Withdrawn(gone.at, gone.institution) if gone else NotFound
    return found


async def why(request: web.Request) -> web.Response:
    """Why the records of a thing are one."""
    unified = await standing(request)
    if isinstance(unified, web.Response):
        return unified
    reader, exchange = await reader_of(request), request.app[EXCHANGE]
    links = await asyncio.to_thread(exchange.catalogue.why, unified.id, reader.visibility.audience)
    return await page(
        request, "public/why.html", view=cluster_view(unified), links=links, words=vocabulary, detail_of=detail_of
    )


async def standing(request: web.Request) -> UnifiedRecord | web.Response:
    """The thing that an address names now; a redirect where its name moved.

    raises  NotFound, Withdrawn
    """
    reader, exchange = await reader_of(request), request.app[EXCHANGE]
    name, audience = request.match_info["id"], reader.visibility.audience
    found = await asyncio.to_thread(exchange.catalogue.unified, name, audience)
    if found is not None:
        return found
    match await asyncio.to_thread(exchange.catalogue.resolve, name, audience):
        case Moved(to=to):
            return _moved(request, name, to)
        case Gone(at=at, institution=institution):
            raise Withdrawn(at, institution)
        case Live():
            raise NotFound
    raise NotFound


def _moved(request: web.Request, name: str, to: str) -> web.Response:
    headers = {"Location": request.path_qs.replace(name, to, 1), "Cache-Control": f"max-age={_MOVED_SECONDS}"}
    return web.Response(status=301, headers=headers)


def number_in(request: web.Request, name: str) -> int:
    """A place in a list that an address names; 0 for what is no number."""
    written = request.query.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) <= _DIGITS else 0


async def _below(request: web.Request, unified: UnifiedRecord) -> tuple[Below, int]:
    """What stands directly below a thing, a page of it, and how many stand before that page."""
    reader, lead, after = await reader_of(request), unified.members[0], number_in(request, "below")
    if lead.hierarchy is None:
        return Below(), 0
    catalogue = request.app[EXCHANGE].catalogue
    return await asyncio.to_thread(catalogue.below, lead.record, reader.visibility.audience, after, _BELOW), after


async def _shown(request: web.Request, unified: UnifiedRecord, template: str, **shown: Any) -> web.Response:
    reader, base = await reader_of(request), _base(request)
    below, after = await _below(request, unified)
    return await page(
        request,
        template,
        view=cluster_view(unified),
        below=below,
        after=after,
        ways=ways_to_see(unified, reader, datetime.now(UTC)),
        sources=request.query.get("sources") == "1",
        structured=structured_data(unified, base),
        words=vocabulary,
        address=f"{base}{request.path}",
        **shown,
    )
