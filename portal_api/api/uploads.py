"""Files that programs bring: the body of a request, told of as JSON, applied or set aside as on the pages."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO

import msgspec
from aiohttp import web

from federation.storage.repeated_requests import Note
from federation.storage.uploads import MOST_BYTES, Mode
from portal_api.api.administration import read_as
from portal_api.auth.requests import body_pieces, check_token, read_body, reader_of
from portal_api.exchange import EXCHANGE
from portal_api.http.once import digest_of, once
from portal_api.http.parameters import NoParameters
from portal_api.pages.admin.files import decide, receive
from portal_api.pages.admin.showing import number_in
from portal_api.pages.public.asking import strict
from portal_api.views.feeds import found_feed
from portal_api.views.uploads import file_feed, files_view, upload_state

_PIECE_BYTES = 1 << 20


class BringParameters(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is brought."""

    #: `replace`: what it does not hold is deleted
    mode: Mode = "add"
    #: shown beside it
    name: str = ""


class DecideParameters(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is decided over."""

    #: deletions or changes over the brake are meant
    release: bool = False


async def listed(request: web.Request) -> web.Response:
    """The files of a feed, newest first."""
    strict(request, NoParameters)
    key = request.match_info["key"]
    return await read_as(
        request, lambda connection, reader: files_view(connection, found_feed(connection, reader, key))
    )


async def bring(request: web.Request) -> web.Response:
    """Takes in the body; 202 and where its state is told. The same bytes again are the same upload.

    raises  NotFound, TooLarge, StatePassed, RequestRefused, and as `once`
    """
    check_token(request, "")
    wanted, key = strict(request, BringParameters), request.match_info["key"]
    reader, exchange = await reader_of(request), request.app[EXCHANGE]

    def allowed() -> None:
        with exchange.store.reading() as connection:
            file_feed(connection, reader, key)

    await asyncio.to_thread(allowed)
    with tempfile.TemporaryFile(prefix="exchange-sent-") as file:
        hashed = hashlib.sha256()
        async for piece in body_pieces(request, most_bytes=MOST_BYTES):
            hashed.update(piece)
            await asyncio.to_thread(file.write, piece)

        async def taken_in(_note: Note) -> str:
            # the same bytes are the same upload, so it may well be done twice
            found = await asyncio.to_thread(receive, exchange, reader, key, wanted.name, wanted.mode, _pieces(file))
            return str(found.id)

        async def told(number: str) -> web.Response:
            answer = await _told(request, int(number))
            answer.set_status(202)
            answer.headers["Location"] = f"/api/v1/uploads/{number}"
            return answer

        return await once(request, hashed.hexdigest(), taken_in, told)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE_BYTES):
        yield piece


async def one(request: web.Request) -> web.Response:
    """The state of a file, and what its check found."""
    strict(request, NoParameters)
    return await _told(request, number_in(request, "id"))


async def _told(request: web.Request, number: int) -> web.Response:
    return await read_as(request, lambda connection, reader: upload_state(connection, reader, number))


async def decided(request: web.Request) -> web.Response:
    """Applies a checked file, or sets it aside; raises NotFound, StatePassed, RequestRefused, and as `once`."""
    check_token(request, "")
    wanted, number = strict(request, DecideParameters), number_in(request, "id")
    reader, act = await reader_of(request), request.match_info["act"]

    async def done(note: Note) -> str:
        await asyncio.to_thread(decide, request.app[EXCHANGE], reader, number, act, wanted.release, note)
        return str(number)

    async def told(_number: str) -> web.Response:
        return await _told(request, number)

    return await once(request, digest_of(await read_body(request)), done, told)
