"""`/admin/runs/{id}`: one run, its verdict and every number behind it, and a person's word where it is held."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from aiohttp import web

from federation.pipeline import settling
from federation.storage import run_reports
from federation.storage.clashes import repeats_clashes
from federation.storage.transactions import Transaction
from portal_api.auth.requests import read_form, reader_of
from portal_api.errors import NotFound
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.pages.admin.showing import moved, number_in, show
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed
from portal_api.views.passed import no_such_act
from portal_api.views.runs import RunPlace, RunView, numbered_run_view, run_view

_ACTS: Mapping[str, Callable[[Transaction, int], None]] = {
    "release": settling.release,
    "release-without-deletions": partial(settling.release, deletions=False),
    "renamed": settling.confirm_renaming,
    "discard": settling.discard,
}


async def one(request: web.Request) -> web.Response:
    """One run."""
    return await show(request, "admin/run.html", view=await found_run(request), here="/admin/feeds")


async def decided(request: web.Request) -> web.Response:
    """Releases or discards what a run holds; leads back to the run."""
    await read_form(request)
    reader, act = await reader_of(request), request.match_info["act"]
    if act not in _ACTS:
        raise no_such_act(act, _ACTS)
    number = number_in(request, "id")
    await asyncio.to_thread(_decide, request.app[EXCHANGE], reader, number, act)
    return moved(f"/admin/runs/{number}")


async def page_as_it_came(request: web.Request) -> web.Response:
    """A page of a run as it came: a download, never a page of this exchange; not found once it is kept no longer."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store
    number, page = number_in(request, "id"), number_in(request, "page")

    def read_bytes() -> bytes:
        with store.reading() as connection:
            run = run_reports.get(connection, number)
            if run is None:
                raise NotFound
            found_feed(connection, reader, run.feed)
            found = run_reports.page_as_it_came(connection, number, page)
        if found is None:
            raise NotFound
        return found

    headers = {
        "Content-Disposition": f'attachment; filename="run-{number}-page-{page}.xml"',
        "Cache-Control": "private, no-store",
    }
    body = await asyncio.to_thread(read_bytes)
    return web.Response(body=body, content_type="application/octet-stream", headers=headers)


@repeats_clashes
def _decide(exchange: Exchange, reader: Reader, number: int, act: str) -> None:
    with exchange.store.transaction(actor=reader.actor) as tx:
        run = run_reports.get(tx.connection, number)
        if run is None:
            raise NotFound
        found_feed(tx.connection, reader, run.feed)
        _ACTS[act](tx, number)


async def found_run(request: web.Request) -> RunView:
    """The run that the address names, as the reader may see it."""
    place, number = strict(request, RunPlace), number_in(request, "id")
    return await _read(request, lambda connection, reader, now: run_view(connection, reader, number, place, now))


async def found_numbered_run(request: web.Request) -> RunView:
    """The run that the address names by its feed and its number within it."""
    place, number, feed = strict(request, RunPlace), number_in(request, "number"), request.match_info["key"]
    return await _read(
        request,
        lambda connection, reader, now: numbered_run_view(connection, reader, feed, number, place, now),
    )


async def _read(request: web.Request, view: Callable[[sa.Connection, Reader, datetime], RunView]) -> RunView:
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def built() -> RunView:
        with store.reading() as connection:
            return view(connection, reader, store.now())

    return await asyncio.to_thread(built)
