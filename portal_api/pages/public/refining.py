"""All values of one facet, a hundred at most, with a search among them: what "more" beneath a facet leads to."""

from __future__ import annotations

import asyncio

from aiohttp import web

from portal_api.api.finding import FacetParameters
from portal_api.errors import NotFound
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import as_pairs
from portal_api.pages.public.asking import lenient, visibility_of
from portal_api.pages.render import page
from portal_api.views import vocabulary
from portal_api.views.search import SHOWN_FACETS, address, plain, request_of
from portal_api.views.told import page_faults


async def refine(request: web.Request) -> web.Response:
    """A form of checkboxes that leads back to the results."""
    field = request.match_info["field"]
    if field not in SHOWN_FACETS:
        raise NotFound
    parameters, faults = lenient(request, FacetParameters)
    search = request.app[EXCHANGE].search
    asked = request_of(parameters, await visibility_of(request), facets=())
    values = await asyncio.to_thread(
        lambda: search.facet_values(asked, field, contains=parameters.contains, limit=parameters.size)
    )
    kept = plain(parameters)
    return await page(
        request,
        "public/refine.html",
        facet=field,
        values=values,
        contains=parameters.contains,
        faults=page_faults(faults),
        kept=[pair for pair in as_pairs(kept) if pair[0] not in (field, "page")],
        unlisted=[each for each in getattr(kept, field) if each not in {value.value for value in values}],
        back=address("/search", kept, page=1),
        most=len(values) == parameters.size,
        words=vocabulary,
    )
