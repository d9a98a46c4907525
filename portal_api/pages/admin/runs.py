"""`/admin/runs/{id}`: one run, its verdict and every number behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import sqlalchemy as sa
from aiohttp import web

from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE
from portal_api.pages.admin.showing import number_in, show
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views.runs import RunPlace, RunView, numbered_run_view, run_view


async def one(request: web.Request) -> web.Response:
    """One run."""
    return await show(request, "admin/run.html", view=await found_run(request), here="/admin/feeds")


async def found_run(request: web.Request) -> RunView:
    """The run that the address names, as the reader may see it."""
    place, number = strict(request, RunPlace), number_in(request, "id")
    return await _read(request, lambda connection, reader: run_view(connection, reader, number, place))


async def found_numbered_run(request: web.Request) -> RunView:
    """The run that the address names by its feed and its number within it."""
    place, number, feed = strict(request, RunPlace), number_in(request, "number"), request.match_info["key"]
    return await _read(request, lambda connection, reader: numbered_run_view(connection, reader, feed, number, place))


async def _read(request: web.Request, view: Callable[[sa.Connection, Reader], RunView]) -> RunView:
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def built() -> RunView:
        with store.reading() as connection:
            return view(connection, reader)

    return await asyncio.to_thread(built)
