"""`/admin/quarantine/{number}`: the bytes of a record that could not be read, and a person's word about it."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from aiohttp import web

from federation.pipeline.asking_again import ask_again, take_for_lost
from federation.storage import quarantine
from federation.storage.clashes import repeats_clashes
from federation.storage.quarantine import QuarantineLine
from portal_api.auth.requests import read_form, reader_of
from portal_api.errors import NotFound
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.pages.admin.showing import moved, number_in
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed
from portal_api.views.passed import no_such_act

_ACTS = {"retry": ask_again, "acknowledge": take_for_lost}


async def as_it_came(request: web.Request) -> web.Response:
    """The bytes of a record as they came: a download, never a page."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store
    number = number_in(request, "number")

    def read_bytes() -> bytes:
        with store.reading() as connection:
            _line(connection, reader, number)
            return quarantine.body(connection, number)

    headers = {"Content-Disposition": f'attachment; filename="quarantined-{number}.bin"'}
    body = await asyncio.to_thread(read_bytes)
    return web.Response(body=body, content_type="application/octet-stream", headers=headers)


async def acted(request: web.Request) -> web.Response:
    """Asks for a record again, or takes it for lost; leads back to the run that met it last."""
    await read_form(request)
    reader, act = await reader_of(request), request.match_info["act"]
    if act not in _ACTS:
        raise no_such_act(act, _ACTS)
    run = await asyncio.to_thread(_change, request.app[EXCHANGE], reader, number_in(request, "number"), act)
    return moved(f"/admin/runs/{run}#quarantine")


@repeats_clashes
def _change(exchange: Exchange, reader: Reader, number: int, act: str) -> int:
    with exchange.store.transaction(actor=reader.actor) as tx:
        run = _line(tx.connection, reader, number).run
        _ACTS[act](tx, number)
    return run


def _line(connection: sa.Connection, reader: Reader, number: int) -> QuarantineLine:
    """The record, as far as the reader administers its feed; raises NotFound."""
    line = quarantine.line(connection, number)
    if line is None:
        raise NotFound
    found_feed(connection, reader, line.feed)
    return line
