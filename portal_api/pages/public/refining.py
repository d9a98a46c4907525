"""All values of one facet, a hundred at most, with a search among them: what "more" beneath a facet leads to."""

from __future__ import annotations

import asyncio

from aiohttp import web

from index.request import PAGE_SIZE
from portal_api.api.finding import FacetParameters
from portal_api.errors import NotFound
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import as_pairs
from portal_api.pages.public.asking import lenient, visibility_of, with_values
from portal_api.pages.render import page
from portal_api.views import vocabulary
from portal_api.views.filters import API_FACETS, field_of, parameter_of
from portal_api.views.page_size import PageSize, on_page
from portal_api.views.search import address, in_facets, request_of
from portal_api.views.told import page_faults


class RefineParameters(FacetParameters, frozen=True, kw_only=True):
    """What the page of one facet may be asked: the choices of the page that it leads back to, too."""

    page_size: PageSize = PAGE_SIZE


async def refine(request: web.Request) -> web.Response:
    """A form of checkboxes that leads back to the results."""
    field = request.match_info["field"]
    if field not in API_FACETS:
        raise NotFound
    stated, faults = lenient(request, RefineParameters)
    exchange, visibility = request.app[EXCHANGE], await visibility_of(request)
    parameters = await asyncio.to_thread(with_values, exchange, visibility, in_facets(stated))
    search = exchange.search
    asked = request_of(parameters, visibility, facets=())
    values = await asyncio.to_thread(
        lambda: search.facet_values(asked, field, contains=parameters.contains, limit=parameters.size)
    )
    kept, left_out = on_page(parameters), parameter_of(field, excluded=True)
    return await page(
        request,
        "public/refine.html",
        facet=field,
        values=values,
        is_whole=values.is_whole,
        contains=parameters.contains,
        faults=page_faults(faults),
        kept=[pair for pair in as_pairs(kept) if pair[0] not in (field, left_out, "page")],
        left_out=left_out,
        unlisted=[
            (name, each)
            for name, chosen in (
                (field, getattr(kept, field)),
                (left_out, getattr(kept, field_of(field, excluded=True))),
            )
            for each in chosen
            if each not in {value.value for value in values}
        ],
        back=address("/search", kept, page=1),
        most=len(values) == parameters.size,
        words=vocabulary,
    )
