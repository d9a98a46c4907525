"""`/admin/feeds/{key}/files` and `/admin/uploads/{id}`: bring a file, see its check, apply it or set it aside."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec
from aiohttp import web

from federation.pipeline import uploads as pipeline
from federation.storage import uploads
from federation.storage.clashes import repeats_clashes
from federation.storage.feeds import BEFORE
from federation.storage.jobs import enqueue
from federation.storage.repeated_requests import Note, unnoted
from federation.storage.uploads import Mode, State, Upload
from portal_api.auth.requests import read_form, reader_of
from portal_api.auth.uploads import read_upload
from portal_api.errors import StatePassed
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.marking import N_, Sentence
from portal_api.pages.admin.feed_forms import fault
from portal_api.pages.admin.feeds import ADDRESS
from portal_api.pages.admin.showing import moved, number_in, show
from portal_api.reader import Reader
from portal_api.views.passed import feed_passed, no_such_act
from portal_api.views.uploads import UploadView, file_feed, files_view, found_upload, upload_view

#: field of the form that releases what the brake holds
RELEASE = "release"
#: act -> the states from which it leads on
_FROM: dict[str, tuple[State, ...]] = {"approve": ("checked",), "set-aside": ("received", "checked")}
#: state -> what can be done with a file that stands in it
_NEXT: dict[State, str] = {
    "receiving": N_("It is still being brought: wait until it is here."),
    "received": N_("It is being checked: ask for it again once its check has ended."),
    "approved": N_("It is being applied: ask for it again to see its run."),
    "applied": N_("Its run says what became of its records; to change them, bring another file."),
    "refused": N_("Its reason says why; bring the file again once that is mended."),
}


async def listed(request: web.Request) -> web.Response:
    """The files of a feed, and the form that brings another."""
    return await _listed(request, "")


async def _listed(request: web.Request, code: str) -> web.Response:
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def read_view() -> object:
        with store.reading() as connection:
            return files_view(connection, file_feed(connection, reader, request.match_info["key"]))

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
    if feed.state in BEFORE:
        raise feed_passed(feed)
    if feed.state == "retired":
        said = Sentence(text=N_("This feed is retired and takes no files. Bring the file to another feed."))
        message = f"feed {key}: expected one that takes files, found a retired one; bring the file to another feed"
        raise StatePassed(message, said)
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
    reader, exchange, number = await reader_of(request), request.app[EXCHANGE], number_in(request, "id")

    def read_view() -> UploadView:
        with exchange.store.reading() as connection:
            return upload_view(connection, reader, number)

    view = await asyncio.to_thread(read_view)
    if view.report is not None:
        judged = await exchange.judges.brought(number)
        view = msgspec.structs.replace(view, samples=judged.samples, gave_out=judged.gave_out)
    return await show(request, "admin/upload.html", view=view, here=ADDRESS)


async def decided(request: web.Request) -> web.Response:
    """Applies a file or sets it aside."""
    form = await read_form(request)
    reader, number = await reader_of(request), number_in(request, "id")
    act = request.match_info["act"]
    released = form.get(RELEASE) == "yes"
    await asyncio.to_thread(decide, request.app[EXCHANGE], reader, number, act, released)
    return moved(f"/admin/uploads/{number}")


@repeats_clashes
def decide(exchange: Exchange, reader: Reader, number: int, act: str, released: bool, note: Note = unnoted) -> None:
    """Applies a file or sets it aside, and notes its number; raises NotFound, StatePassed, RequestRefused."""
    if act not in _FROM:
        raise no_such_act(act, _FROM)
    with exchange.store.transaction(actor=reader.actor) as tx:
        found, feed = found_upload(tx.connection, reader, number)
        if found.state not in _FROM[act]:
            raise _passed(found, act)
        if act == "approve":
            pipeline.approve(tx, number, feed.institution, released=released)
        else:
            pipeline.refuse(tx, number, feed.institution)
        note(tx, str(number))


def _passed(found: Upload, act: str) -> StatePassed:
    """Why a file cannot be decided over: what was expected, what is, and what can be done."""
    expected, why = " or ".join(_FROM[act]), f" ({found.reason})" if found.reason else ""
    following = _NEXT[found.state]
    message = f"upload {found.id}: {act} expects the state {expected}, found {found.state}{why}. {following}"
    return StatePassed(message, Sentence(text=following))
