"""`/admin/crosswalks/{key}/find`: which stored records of a feed have a value at a path."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline.finding_raw import LONGEST_PATH, RawHits, Wanted, find
from federation.storage.feeds import StoredFeed
from mappings.errors import CrosswalkInvalid
from mappings.said import Said
from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE
from portal_api.http.marking import N_
from portal_api.http.parameters import RowNumber
from portal_api.pages.admin.showing import show
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed


class FindParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What is sought in a feed's stored records."""

    path: str = ""
    value: str = ""
    after: RowNumber = 0


async def found(request: web.Request) -> web.Response:
    """The form, and what was found."""
    wanted = strict(request, FindParameters)
    feed = await asyncio.to_thread(_feed, request, await reader_of(request))
    hits, refusal = None, None
    if wanted.path:
        try:
            hits = await found_raw(request, wanted)
        except CrosswalkInvalid as refused:
            refusal = refused.faults[0].why
        except RequestRefused:
            refusal = Said(N_("Give a path of 1 to %(most)s characters."), {"most": LONGEST_PATH})
    return await show(
        request,
        "admin/find.html",
        status=422 if refusal else 200,
        feed=feed,
        wanted=wanted,
        hits=hits,
        refusal=refusal,
        here="/admin/crosswalks",
    )


def _feed(request: web.Request, reader: Reader) -> StoredFeed:
    with request.app[EXCHANGE].store.reading() as connection:
        return found_feed(connection, reader, request.match_info["key"])


async def found_raw(request: web.Request, wanted: FindParameters) -> RawHits:
    """What is found for the reader; raises NotFound, CrosswalkInvalid, RequestRefused."""
    reader, store, key = await reader_of(request), request.app[EXCHANGE].store, request.match_info["key"]

    def search() -> RawHits:
        with store.reading() as connection:
            feed = found_feed(connection, reader, key)
            return find(connection, feed, Wanted(path=wanted.path, value=wanted.value, after=wanted.after))

    return await asyncio.to_thread(search)
