"""`/admin/runs/{id}`: one run, its verdict and every number behind it."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE
from portal_api.pages.admin.showing import number_in, show
from portal_api.pages.public.asking import strict
from portal_api.views.runs import RunView, run_view


class RunParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a run's pages is listed."""

    pages_after: int = 0


async def one(request: web.Request) -> web.Response:
    """One run."""
    return await show(request, "admin/run.html", view=await found_run(request), here="/admin/feeds")


async def found_run(request: web.Request) -> RunView:
    """The run that the address names, as the reader may see it."""
    parameters = strict(request, RunParameters)
    reader, store = await reader_of(request), request.app[EXCHANGE].store
    run_id = number_in(request, "id")

    def read_view() -> RunView:
        with store.reading() as connection:
            return run_view(connection, reader, run_id, parameters.pages_after)

    return await asyncio.to_thread(read_view)
