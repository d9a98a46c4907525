"""Kept searches as JSON: `/api/v1/saved-searches`."""

from __future__ import annotations

import asyncio

import msgspec
import sqlalchemy as sa
from aiohttp import web

from federation.storage.repeated_requests import Note
from portal_api.api.administration import as_json, read_as
from portal_api.auth.requests import check_token, read_body, reader_of
from portal_api.errors import NotFound, ParameterFault, ParametersInvalid
from portal_api.exchange import EXCHANGE
from portal_api.http.once import digest_of, once
from portal_api.http.parameters import NoParameters
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views import saved
from portal_api.views.saved import FoundView, SavedView


class NewSearch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is kept."""

    #: the query of the address of its results page, such as `q=letters&level=item`
    search: str
    name: str = ""


class SavedSearches(msgspec.Struct, frozen=True, kw_only=True):
    """The searches that the reader keeps."""

    searches: list[SavedView]


class SavedFound(msgspec.Struct, frozen=True, kw_only=True):
    """A kept search, and what it found, newest first."""

    search: SavedView
    found: list[FoundView]


_DECODER = msgspec.json.Decoder(NewSearch)


async def searches(request: web.Request) -> web.Response:
    """The searches that the reader keeps."""
    strict(request, NoParameters)
    return await read_as(request, _listed)


def _listed(connection: sa.Connection, reader: Reader) -> SavedSearches:
    return SavedSearches(searches=saved.searches_view(connection, reader))


async def search(request: web.Request) -> web.Response:
    """One of them, and what it found."""
    strict(request, NoParameters)
    reader, exchange = await reader_of(request), request.app[EXCHANGE]
    view, found = await asyncio.to_thread(saved.found_view, exchange, reader, request.match_info["id"])
    return as_json(SavedFound(search=view, found=found))


async def add(request: web.Request) -> web.Response:
    """Keeps a search; raises ParametersInvalid, RequestRefused."""
    check_token(request, "")
    strict(request, NoParameters)
    body = await read_body(request)
    wanted = _decoded(body)
    parameters = saved.parameters_of(wanted.search)
    reader, exchange = await reader_of(request), request.app[EXCHANGE]

    async def added(note: Note) -> str:
        return (await asyncio.to_thread(saved.keep, exchange, reader, wanted.name, parameters, note)).id

    async def told(name: str) -> web.Response:
        answer = await read_as(request, lambda connection, reader: _kept(connection, reader, name))
        answer.set_status(201)
        return answer

    return await once(request, digest_of(body), added, told)


def _kept(connection: sa.Connection, reader: Reader, search_id: str) -> SavedView:
    """One of the reader's searches; raises NotFound."""
    found = next((each for each in saved.searches_view(connection, reader) if each.id == search_id), None)
    if found is None:
        raise NotFound
    return found


def _decoded(body: bytes) -> NewSearch:
    try:
        return _DECODER.decode(body)
    except msgspec.MsgspecError as error:
        raise ParametersInvalid([ParameterFault(parameter="body", code="body-invalid", detail=str(error))]) from error


async def seen(request: web.Request) -> web.Response:
    """Notes that the reader has looked at what one of them found."""
    check_token(request, "")
    strict(request, NoParameters)
    reader, store = await reader_of(request), request.app[EXCHANGE].store
    await asyncio.to_thread(saved.note_seen, store, reader, request.match_info["id"])
    return web.Response(status=204)


async def remove(request: web.Request) -> web.Response:
    """Keeps a search no longer."""
    check_token(request, "")
    strict(request, NoParameters)
    reader, store = await reader_of(request), request.app[EXCHANGE].store
    await asyncio.to_thread(saved.remove, store, reader, request.match_info["id"])
    return web.Response(status=204)
