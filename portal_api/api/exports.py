"""Lists written to a file, as JSON: `/api/v1/exports` (portal chapter, 6)."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import sqlalchemy as sa
from aiohttp import web

from federation.pipeline.list_forms import FORMS
from federation.storage.list_files import ListFile, Of
from federation.storage.repeated_requests import Note, unnoted
from portal_api.api.administration import decoded, read_as
from portal_api.api.posted_search import read_members
from portal_api.auth.requests import check_sender, read_body, reader_of
from portal_api.errors import OverBudget, ParameterFault, ParametersInvalid
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.costs import SEARCH
from portal_api.http.limits import network_prefix
from portal_api.http.once import digest_of, once
from portal_api.http.origins import caller_of, origin_of
from portal_api.http.parameters import NoParameters
from portal_api.http.spending import search_place
from portal_api.pages.public.asking import check_bounds, strict
from portal_api.reader import Reader
from portal_api.views import exports
from portal_api.views.exports import ExportView, WantedExport, export_view
from portal_api.views.saved import parameters_of
from portal_api.views.search import SearchParameters

#: of a body that names things by id
_MOST_BYTES = 1 << 20


class NewExport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for."""

    #: words as typed into the search box, or the parameters of a search as an object
    query: str | dict[str, msgspec.Raw] = ""
    #: the query of the address of its results page, such as `q=letters&level=item`, in place of `query`
    search: str = ""
    #: things by id, in place of a search
    ids: tuple[str, ...] = ()
    format: str = "csv"
    of: Of = "clusters"


class Exports(msgspec.Struct, frozen=True, kw_only=True):
    """The reader's lists."""

    exports: list[ExportView]


async def listed(request: web.Request) -> web.Response:
    """The reader's lists."""
    strict(request, NoParameters)
    return await read_as(request, _listed)


def _listed(connection: sa.Connection, reader: Reader) -> Exports:
    return Exports(exports=exports.exports_view(connection, reader))


async def add(request: web.Request) -> web.Response:
    """Has a list written; raises BodyInvalid, ParametersInvalid, TooManyHits, RequestRefused, OverBudget."""
    check_sender(request)
    strict(request, NoParameters)
    body = await read_body(request, most_bytes=_MOST_BYTES)
    wanted = _wanted(body)

    async def added(note: Note) -> str:
        return (await _ask(request, wanted, note)).id

    async def told(name: str) -> web.Response:
        answer = await _told(request, name)
        answer.set_status(202)
        answer.headers["Location"] = f"/api/v1/exports/{name}"
        return answer

    async with _turn(request):
        return await once(request, digest_of(body), added, told)


def _wanted(body: bytes) -> WantedExport:
    """What a body asks for; raises BodyInvalid, ParametersInvalid."""
    sent = decoded(body, NewExport)
    if sent.search and sent.query:
        raise ParametersInvalid([_twice()])
    parameters = parameters_of(sent.search) if sent.search else _queried(sent.query) if sent.query else None
    if parameters is not None:
        check_bounds(parameters)
    return WantedExport(parameters=parameters, ids=sent.ids, format=sent.format, of=sent.of)


def _queried(query: str | dict[str, msgspec.Raw]) -> SearchParameters:
    """The search of a query; raises ParametersInvalid, BodyInvalid."""
    if isinstance(query, str):
        return SearchParameters(q=query)
    return read_members(query, SearchParameters)


def _twice() -> ParameterFault:
    detail = "search: a list is of one search, and query is one"
    return ParameterFault(parameter="search", code="parameter-invalid", detail=detail)


async def asked(request: web.Request, wanted: WantedExport) -> ExportView:
    """The list that is written from now on; of those without an account each network has so many an hour."""
    async with _turn(request):
        return export_view(await _ask(request, wanted, unnoted))


@asynccontextmanager
async def _turn(request: web.Request) -> AsyncIterator[None]:
    """A place among those who search, for whoever may ask for a list; raises OverBudget, and as `search_place`."""
    exchange, reader = request.app[EXCHANGE], await reader_of(request)
    async with search_place(request, SEARCH):
        if not reader.known:
            _take(_network(request, exchange), exchange)
        yield


async def _ask(request: web.Request, wanted: WantedExport, note: Note) -> ListFile:
    exchange, reader = request.app[EXCHANGE], await reader_of(request)
    base, asker = origin_of(request, exchange.settings), _asker(request, exchange, reader)
    return await asyncio.to_thread(exports.ask, exchange, reader, wanted, base, asker, note)


def _network(request: web.Request, exchange: Exchange) -> str:
    return network_prefix(caller_of(request, exchange.settings))


def _asker(request: web.Request, exchange: Exchange, reader: Reader) -> str:
    network = _network(request, exchange)
    return reader.account or hmac.digest(exchange.list_salt, network.encode(), "sha256").hex()[:16]


def _take(network: str, exchange: Exchange) -> None:
    if wait := exchange.list_limit.take(network, asyncio.get_running_loop().time()):
        raise OverBudget(wait)


async def one(request: web.Request) -> web.Response:
    """One list, and how far it is."""
    strict(request, NoParameters)
    return await _told(request, request.match_info["id"])


async def _told(request: web.Request, name: str) -> web.Response:
    return await read_as(
        request, lambda connection, reader: export_view(exports.found_export(connection, reader, name))
    )


async def part(request: web.Request) -> web.StreamResponse:
    """The file, its manifest, or what was left out; ranges are given (RFC 9110, 14)."""
    strict(request, NoParameters)
    reader, exchange = await reader_of(request), request.app[EXCHANGE]
    name, kind = request.match_info["id"], request.match_info["part"]
    made, path = await asyncio.to_thread(exports.file_of, exchange, reader, name, kind)
    types = {"manifest": "application/json", "skipped": "text/tab-separated-values; charset=utf-8"}
    endings = {"file": made.format, "manifest": "manifest.json", "skipped": "skipped.tsv"}
    headers = {
        "Content-Type": types.get(kind) or FORMS[made.format].content_type,
        "Content-Disposition": f'attachment; filename="{made.id}.{endings[kind]}"',
        "Cache-Control": "private, no-cache",
    }
    if kind == "file":
        headers["Repr-Digest"] = f"sha-256=:{_base64(made.sha256)}:"
    return web.FileResponse(path, headers=headers)


def _base64(hexadecimal: str) -> str:
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


async def remove(request: web.Request) -> web.Response:
    """Gives a list up."""
    check_sender(request)
    reader = await reader_of(request)
    strict(request, NoParameters)
    await asyncio.to_thread(exports.give_up, request.app[EXCHANGE], reader, request.match_info["id"])
    return web.Response(status=204)
