"""`/admin/crosswalks/{key}/{number}/diff` and `…/{key}/explain`: versions compared, a record rule by rule."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from federation.storage import raw_records, withheld
from mappings.engine.explain import Trace
from portal_api.auth.requests import reader_of
from portal_api.errors import NotFound, PlacesTaken
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import RowNumber
from portal_api.pages.admin.showing import number_in, show
from portal_api.pages.public.asking import strict
from portal_api.views.crosswalks import ComparedVersions, compared_versions, text_of_version
from portal_api.views.explained import explained_view

ADDRESS = "/admin/crosswalks"


class DiffParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Beside what a version is put."""

    #: number of another version; 0 = what is live
    against: RowNumber = 0


class ExplainParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Which record is explained."""

    #: native identifier of a stored record of the feed
    identifier: str = ""
    #: number of the version that maps it; 0 = what is live
    version: RowNumber = 0


async def diff(request: web.Request) -> web.Response:
    """What a version changes of another one, line by line."""
    return await show(request, "admin/crosswalk_diff.html", view=await compared(request), here=ADDRESS)


async def compared(request: web.Request) -> ComparedVersions:
    """The two versions in the address; raises NotFound."""
    wanted, number = strict(request, DiffParameters), number_in(request, "number")
    reader, store, key = await reader_of(request), request.app[EXCHANGE].store, request.match_info["key"]

    def read() -> ComparedVersions:
        with store.reading() as connection:
            return compared_versions(connection, reader, key, number, wanted.against)

    return await asyncio.to_thread(read)


async def explain(request: web.Request) -> web.Response:
    """A stored record rule by rule: what was read, each step, and what came of it."""
    wanted, found = strict(request, ExplainParameters), await explained(request)
    key, view = request.match_info["key"], explained_view(found)
    return await show(request, "admin/explain.html", view=view, key=key, wanted=wanted, here=ADDRESS)


async def explained(request: web.Request) -> Trace:
    """How a version, or what is live, maps a stored record; raises CrosswalkInvalid, PlacesTaken.

    raises  NotFound where nothing is stored, and of what a person withholds, which is shown to nobody
    """
    wanted, key = strict(request, ExplainParameters), request.match_info["key"]
    reader, exchange = await reader_of(request), request.app[EXCHANGE]

    def read_text() -> tuple[str, str]:
        with exchange.store.reading() as connection:
            found = text_of_version(connection, reader, key, wanted.version)
            is_withheld = bool(withheld.among(connection, [(key, wanted.identifier)]))
            if is_withheld or raw_records.get(connection, key, wanted.identifier) is None:
                raise NotFound
            return found

    text, name = await asyncio.to_thread(read_text)
    found = await exchange.judges.explained(key, text, name, wanted.identifier)
    if found is None:
        raise PlacesTaken(retry_after_seconds=60)
    return found
