"""A search as a list that is taken away: every hit or a refusal, written as it is read, as one moment has them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

import msgspec
from aiohttp import web

from index.errors import BackendUnavailable
from index.listed import HEADING, ListedHit, cells, listed, table
from index.request import SearchRequest
from index.scanning import Scan
from portal_api.auth.requests import reader_of
from portal_api.errors import ParameterFault, ParametersInvalid
from portal_api.exchange import EXCHANGE
from portal_api.http.costs import SEARCH
from portal_api.http.limits import network_prefix
from portal_api.http.marking import N_, Sentence
from portal_api.http.origins import caller_of, origin_of
from portal_api.http.spending import search_place
from portal_api.pages.public.asking import strict
from portal_api.views.listed import most_listed
from portal_api.views.search import SearchParameters, request_of
from portal_api.views.search_faults import too_many_ids

log = logging.getLogger(__name__)

#: a client that takes nothing for so long is left
PATIENCE_SECONDS = 60.0


class ListForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is written in."""

    suffix: str
    content_type: str
    begin: bytes
    write: Callable[[Sequence[ListedHit]], bytes]


_CSV = ListForm(
    suffix="csv",
    content_type="text/csv; charset=utf-8",
    begin=HEADING,
    write=lambda hits: table(map(cells, hits)),
)
_JSON_LINES = ListForm(
    suffix="jsonl", content_type="application/jsonl", begin=b"", write=msgspec.json.Encoder().encode_lines
)


async def as_csv(request: web.Request) -> web.StreamResponse:
    """The hits by words, a row each; raises TooManyHits where the reader may not take as many."""
    return await _given(request, _CSV)


async def as_json_lines(request: web.Request) -> web.StreamResponse:
    """The hits by words, an object a line; raises TooManyHits where the reader may not take as many."""
    return await _given(request, _JSON_LINES)


async def _given(request: web.Request, form: ListForm) -> web.StreamResponse:
    exchange = request.app[EXCHANGE]
    with exchange.list_places.place(network_prefix(caller_of(request, exchange.settings))):
        return await _scanned(request, form)


async def _scanned(request: web.Request, form: ListForm) -> web.StreamResponse:
    asked, reader = await _asked(request), await reader_of(request)
    exchange = request.app[EXCHANGE]
    async with search_place(request, SEARCH):
        scan = await asyncio.to_thread(exchange.search.scan, asked, most_listed(reader, exchange.settings))
    try:
        response = web.StreamResponse(
            headers={
                "Content-Type": form.content_type,
                "Content-Disposition": f'attachment; filename="search.{form.suffix}"',
                "Cache-Control": "private, no-cache",
            }
        )
        await response.prepare(request)
        if request.method != "HEAD":
            await _written(request, response, form, scan)
        return response
    finally:
        await asyncio.to_thread(scan.close)


async def _asked(request: web.Request) -> SearchRequest:
    parameters = strict(request, SearchParameters)
    if parameters.page != 1 or parameters.cursor:
        detail = "page: a list holds every hit; it has no pages"
        said = Sentence(text=N_("A list holds every hit; it has no pages."))
        raise ParametersInvalid([ParameterFault(parameter="page", code="parameter-invalid", detail=detail, said=said)])
    if too_many := too_many_ids(parameters):
        raise ParametersInvalid([too_many])
    asked = request_of(parameters, (await reader_of(request)).visibility, facets=())
    return msgspec.structs.replace(asked, histogram=False, semantic="off", group="none")


async def _written(request: web.Request, response: web.StreamResponse, form: ListForm, scan: Scan) -> None:
    """The list to its end; one that cannot be ended is broken off, so that nobody takes a part for the whole."""
    base = origin_of(request, request.app[EXCHANGE].settings)

    def next_piece() -> bytes:
        return form.write([listed(hit, f"{base}/r/{hit.id}") for hit in scan.page()])

    try:
        piece = form.begin or await asyncio.to_thread(next_piece)
        while piece:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await response.write(piece)
            piece = await asyncio.to_thread(next_piece)
        await response.write_eof()
    except (BackendUnavailable, ConnectionError, TimeoutError) as error:
        log.warning("a list of %d hits was broken off: %r", scan.total, error)
        if request.transport is not None:
            request.transport.abort()
