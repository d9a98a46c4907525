"""The results page, and the list of a search as CSV."""

from __future__ import annotations

import asyncio
import csv
import io

import msgspec
from aiohttp import web

from index.request import LAST_HIT
from index.results import SearchHit
from mappings.formats.table import guarded
from portal_api.errors import ParameterFault, ParametersInvalid
from portal_api.exchange import EXCHANGE
from portal_api.pages.public.asking import lenient, searched, strict, visibility_of
from portal_api.pages.render import page
from portal_api.views import vocabulary
from portal_api.views.search import SearchParameters, cursor_beside_page, request_of, search_view, too_deep

PAGE_SIZE = 20
_COLUMNS = ("title", "dates", "level", "type", "creators", "institutions", "reference_codes", "address")


async def results(request: web.Request) -> web.Response:
    """What was found, why, and how to narrow it."""
    parameters, faults = lenient(request, SearchParameters)
    if parameters.page * PAGE_SIZE > LAST_HIT:
        parameters = msgspec.structs.replace(parameters, page=1)
        faults = (*faults, too_deep())
    if parameters.cursor and parameters.page != 1:
        parameters = msgspec.structs.replace(parameters, page=1)
        faults = (*faults, cursor_beside_page())
    exchange = request.app[EXCHANGE]
    asked = request_of(parameters, await visibility_of(request), page_size=PAGE_SIZE)
    answer, cursor = await asyncio.to_thread(searched, exchange, asked, parameters)
    return await page(
        request,
        "public/search.html",
        view=search_view(parameters, answer, cursor),
        faults=faults,
        words=vocabulary,
    )


async def as_csv(request: web.Request) -> web.Response:
    """The hits by words up to the thousandth, a line each; cells that a spreadsheet would run are quoted."""
    parameters = strict(request, SearchParameters)
    if parameters.page != 1 or parameters.cursor:
        detail = "page: the list holds every hit up to the thousandth; it has no pages"
        raise ParametersInvalid([ParameterFault(parameter="page", code="parameter-invalid", detail=detail)])
    exchange, visibility = request.app[EXCHANGE], await visibility_of(request)
    base = exchange.settings.public_url or f"{request.scheme}://{request.host}"

    def written() -> str:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_COLUMNS)
        for number in range(1, LAST_HIT // 100 + 1):
            asked = request_of(parameters, visibility, facets=(), page_size=100)
            plain = msgspec.structs.replace(asked, page=number, histogram=False, semantic="off")
            hits = exchange.search.search(plain).hits
            writer.writerows([[guarded(each) for each in _row(hit, base)] for hit in hits])
            if len(hits) < 100:
                break
        return text.getvalue()

    body = "\ufeff" + await asyncio.to_thread(written)
    response = web.Response(text=body, content_type="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="search.csv"'
    return response


def _row(hit: SearchHit, base: str) -> tuple[str, ...]:
    holders = tuple(dict.fromkeys(holder.name for holder in hit.institutions))
    codes = tuple(dict.fromkeys(holder.reference_code for holder in hit.institutions if holder.reference_code))
    joined = "; ".join
    return (
        hit.title,
        hit.dates,
        hit.level,
        hit.type or "",
        joined(hit.creators),
        joined(holders),
        joined(codes),
        f"{base}/r/{hit.id}",
    )
