"""`/admin/feeds/{key}/files` and `/admin/uploads/{id}`: bring a file, see its check, apply it or set it aside."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from aiohttp import web

from federation.pipeline import uploads as pipeline
from federation.storage import uploads
from federation.storage.clashes import repeats_clashes
from federation.storage.jobs import enqueue
from federation.storage.uploads import Mode, Upload
from portal_api.auth.requests import read_form, reader_of
from portal_api.auth.uploads import read_upload
from portal_api.errors import StatePassed
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.pages.admin.feed_forms import fault
from portal_api.pages.admin.feeds import ADDRESS
from portal_api.pages.admin.showing import moved, number_in, show
from portal_api.reader import Reader
from portal_api.views.uploads import file_feed, files_view, found_upload, upload_view

#: field of the form that releases what the brake holds
RELEASE = "release"


async def listed(request: web.Request) -> web.Response:
    """The files of a feed, and the form that brings another."""
    return await _listed(request, "")


async def _listed(request: web.Request, code: str) -> web.Response:
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def read_view() -> object:
        with store.reading() as connection:
            return files_view(connection, reader, request.match_info["key"])

    view = await asyncio.to_thread(read_view)
    faults = (fault("file", code),) if code else ()
    return await show(request, "admin/files.html", status=422 if code else 200, faults=faults, view=view, here=ADDRESS)


async def brought(request: web.Request) -> web.Response:
    """Takes in a file; its check begins at once."""
    sent = await read_upload(request, uploads.MOST_BYTES)
    reader, exchange, key = await reader_of(request), request.app[EXCHANGE], request.match_info["key"]
    with sent.file:
        if not sent.name:
            return await _listed(request, "field-missing")
        mode: Mode = "replace" if sent.fields.get("mode") == "replace" else "add"
        received = await asyncio.to_thread(receive, exchange, reader, key, sent.name, mode, sent.pieces())
    return moved(f"/admin/uploads/{received.id}")


def receive(exchange: Exchange, reader: Reader, key: str, name: str, mode: Mode, pieces: Iterable[bytes]) -> Upload:
    """Takes in a file and asks for its check; raises NotFound, StatePassed, and as `uploads.receive`."""
    with exchange.store.reading() as connection:
        feed = file_feed(connection, reader, key)
    if feed.state == "retired":
        raise StatePassed("the feed is retired")
    return uploads.receive(
        exchange.store,
        feed.key,
        feed.institution,
        name,
        mode,
        pieces,
        actor=reader.actor,
        follow=lambda tx, found: enqueue(tx, pipeline.check_job(found)),
        manner=pipeline.manner_of(exchange.store, feed),
    )


async def one(request: web.Request) -> web.Response:
    """One file: its check, and what can be decided."""
    reader, store, number = await reader_of(request), request.app[EXCHANGE].store, number_in(request, "id")

    def read_view() -> object:
        with store.reading() as connection:
            return upload_view(connection, reader, number)

    return await show(request, "admin/upload.html", view=await asyncio.to_thread(read_view), here=ADDRESS)


async def decided(request: web.Request) -> web.Response:
    """Applies a file or sets it aside."""
    form = await read_form(request)
    reader, number = await reader_of(request), number_in(request, "id")
    act = request.match_info["act"]
    released = form.get(RELEASE) == "yes"
    await asyncio.to_thread(decide, request.app[EXCHANGE], reader, number, act, released)
    return moved(f"/admin/uploads/{number}")


@repeats_clashes
def decide(exchange: Exchange, reader: Reader, number: int, act: str, released: bool) -> None:
    """Applies a file or sets it aside; raises NotFound, StatePassed, RecordChanged, RequestRefused."""
    if act not in ("approve", "set-aside"):
        raise StatePassed("expected approve or set-aside")
    with exchange.store.transaction(actor=reader.actor) as tx:
        _, feed = found_upload(tx.connection, reader, number)
        if act == "approve":
            pipeline.approve(tx, number, feed.institution, released=released)
        else:
            pipeline.refuse(tx, number, feed.institution)
