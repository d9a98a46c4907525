"""`/tree` and `/finding-aid` beneath a thing or a description: where it stands, and all that stands below it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from index.query.model import And, Equals, Under
from index.request import SearchRequest
from mappings.schema.access import Visibility
from mappings.schema.unified import UnifiedRecord
from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE
from portal_api.pages.public.asking import counted
from portal_api.pages.public.things import described, number_in, standing
from portal_api.pages.render import page
from portal_api.views import vocabulary
from portal_api.views.cluster import cluster_view
from portal_api.views.trees import TreeView, tree_view

#: components of a part that is printed
PART = 2_000
#: of one thing: institutions whose hierarchies are shown together
_MOST_TREES = 10


async def tree_of_thing(request: web.Request) -> web.StreamResponse:
    """Where each institution's description of a thing stands."""
    unified = await standing(request)
    if isinstance(unified, web.Response):
        return unified
    reader, catalogue = await reader_of(request), request.app[EXCHANGE].catalogue
    audience = reader.visibility.audience

    def trees() -> list[TreeView]:
        names = [member.record for member in unified.members if member.hierarchy is not None][:_MOST_TREES]
        records = [each for name in names if (each := catalogue.description(name, audience)) is not None]
        return [tree_view(catalogue, each, audience) for each in records]

    return await _shown(request, unified, await asyncio.to_thread(trees), f"/r/{unified.id}")


async def tree_of_record(request: web.Request) -> web.StreamResponse:
    """Where one institution's description stands; `code` leads to the one of that reference code in its fonds."""
    record = await described(request)
    reader, catalogue = await reader_of(request), request.app[EXCHANGE].catalogue
    code, lost = request.query.get("code", "").strip(), ""
    if code:
        if found := await _by_code(request, record, code, reader.visibility):
            return web.Response(status=303, headers={"Location": f"/m/{found}/tree"})
        lost = code
    first = number_in(request, "first") if "first" in request.query else None
    tree = await asyncio.to_thread(
        tree_view,
        catalogue,
        record,
        reader.visibility.audience,
        first=first,
        after=number_in(request, "below"),
    )
    return await _shown(request, record, [tree], f"/m/{record.id}", lost)


async def _shown(
    request: web.Request, unified: UnifiedRecord, trees: Sequence[TreeView], address: str, lost: str = ""
) -> web.StreamResponse:
    view = cluster_view(unified)
    return await page(
        request, "public/tree.html", view=view, trees=trees, address=address, lost=lost[:100], words=vocabulary
    )


async def _by_code(request: web.Request, record: UnifiedRecord, code: str, visibility: Visibility) -> str:
    """The record with a reference code in the same fonds; empty where there is none, or no index."""
    member = record.members[0]
    root = member.hierarchy.root if member.hierarchy else member.record
    below = And(of=(Under(field="ancestors", value=root), Equals(field="code", value=code)))
    asked = SearchRequest(visibility=visibility, tree=below, view="members", page_size=1, sort="code")
    answer = await counted(request, asked)
    return answer.hits[0].record or "" if answer and answer.hits else ""


async def finding_aid_of_thing(request: web.Request) -> web.StreamResponse:
    """All that stands below the leading description of a thing."""
    unified = await standing(request)
    if isinstance(unified, web.Response):
        return unified
    return await _printed(request, unified, unified.members[0].record, f"/r/{unified.id}")


async def finding_aid_of_record(request: web.Request) -> web.StreamResponse:
    """All that stands below one institution's description."""
    record = await described(request)
    return await _printed(request, record, record.id, f"/m/{record.id}")


async def _printed(request: web.Request, unified: UnifiedRecord, name: str, address: str) -> web.StreamResponse:
    reader, catalogue = await reader_of(request), request.app[EXCHANGE].catalogue
    after, audience = request.query.get("after", ""), reader.visibility.audience
    walked = await asyncio.to_thread(catalogue.walked, name, audience, after, PART)
    described_alone = await asyncio.to_thread(catalogue.description, name, audience) or unified
    return await page(
        request,
        "public/finding_aid.html",
        view=cluster_view(described_alone),
        walked=walked,
        after=after,
        address=address,
        words=vocabulary,
    )
