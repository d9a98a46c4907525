"""`/account/searches`: the searches that a person keeps, and what they found since."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from federation.errors import RequestRefused
from index.errors import QueryInvalid
from portal_api.auth.requests import read_form, reader_of
from portal_api.errors import NotFound, ParameterFault
from portal_api.exchange import EXCHANGE
from portal_api.http.marking import Sentence
from portal_api.pages.account.setup import LABELS
from portal_api.pages.admin.showing import moved, show
from portal_api.pages.public.asking import lenient
from portal_api.views import saved
from portal_api.views.search import SearchParameters
from portal_api.views.told import query_fault

ADDRESS = "/account/searches"


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Why a search cannot be kept as it is written."""

    why: Sentence
    #: the words at fault; empty where that is not known
    words: str
    #: the query of the search as it was read; empty where that is the same
    otherwise: str


def _refused(error: QueryInvalid, parameters: SearchParameters) -> Refused:
    at_fault = parameters.q[error.position : error.position + error.length] if error.parameter == "q" else ""
    read, asked = saved.asked_of(saved.as_read(parameters)), saved.asked_of(parameters)
    return Refused(why=query_fault(error), words=at_fault, otherwise=read if read != asked else "")


async def listed(request: web.Request) -> web.Response:
    """Every search that the reader keeps."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def found() -> list[saved.SavedView]:
        with store.reading() as connection:
            return saved.searches_view(connection, reader)

    return await show(request, "account/searches.html", searches=await asyncio.to_thread(found))


async def new_page(request: web.Request) -> web.Response:
    """The form that keeps the search of the address."""
    parameters, _ = lenient(request, SearchParameters)
    return await _form(request, saved.asked_of(parameters), parameters.q, ())


async def new(request: web.Request) -> web.Response:
    """Keeps a search."""
    form, reader = await read_form(request), await reader_of(request)
    parameters = saved.parameters_of(form.get("asked", ""))
    name = form.get("name", "")
    try:
        await asyncio.to_thread(saved.keep, request.app[EXCHANGE], reader, name, parameters)
    except RequestRefused as error:
        return await _form(request, saved.asked_of(parameters), name, (saved.too_many(error),))
    except QueryInvalid as error:
        return await _form(request, saved.asked_of(parameters), name, refused=_refused(error, parameters))
    return moved(ADDRESS)


async def _form(
    request: web.Request,
    asked: str,
    name: str,
    faults: tuple[ParameterFault, ...] = (),
    refused: Refused | None = None,
) -> web.Response:
    """The form, after a refusal with why."""
    return await show(
        request,
        "account/search_new.html",
        status=422 if faults or refused else 200,
        faults=faults,
        asked=asked,
        refused=refused,
        name=name,
        labels=LABELS,
    )


async def one(request: web.Request) -> web.Response:
    """What a search found."""
    reader, exchange = await reader_of(request), request.app[EXCHANGE]
    search, found = await asyncio.to_thread(saved.found_view, exchange, reader, request.match_info["id"])
    return await show(request, "account/search_one.html", search=search, found=found)


async def acted(request: web.Request) -> web.Response:
    """Deletes a search, or notes that what it found was seen."""
    await read_form(request)
    acts = {"delete": saved.remove, "seen": saved.note_seen}
    act = acts.get(request.match_info["act"])
    if act is None:
        raise NotFound
    reader, store = await reader_of(request), request.app[EXCHANGE].store
    await asyncio.to_thread(act, store, reader, request.match_info["id"])
    return moved(ADDRESS)
