"""A form with a file in it: the token is checked before the first byte of the file is taken in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from tempfile import TemporaryFile
from typing import IO

import msgspec
from aiohttp import BodyPartReader, web

from portal_api.auth.requests import FORM_TOKEN, Form, check_token, read_form
from portal_api.errors import FormExpired, TooLarge

_CHUNK_BYTES = 1 << 20
_FIELD_BYTES = 64 * 1024
_MOST_FIELDS = 20


class SentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A form's fields and its file, which lies in a nameless file of the disk until it is closed."""

    fields: Form
    #: as the browser calls it; shown, never opened
    name: str
    file: IO[bytes]

    def pieces(self) -> Iterator[bytes]:
        """The file's bytes."""
        self.file.seek(0)
        while piece := self.file.read(_CHUNK_BYTES):
            yield piece


async def read_upload(
    request: web.Request, most_bytes: int, *, admit: Callable[[web.Request], Awaitable[None]] | None = None
) -> SentFile:
    """The form; its fields stand before its file.

    admit    is asked before the first byte of a file is taken in, and raises where that may not be
    raises   FormExpired, TooLarge; what `admit` raises
    """
    if not request.content_type.startswith("multipart/"):
        await read_form(request)
        raise FormExpired
    fields: Form = {}
    try:
        reader = await request.multipart()
        for _ in range(_MOST_FIELDS):
            part = await reader.next()
            if not isinstance(part, BodyPartReader):
                break
            if part.filename is not None:
                check_token(request, fields.get(FORM_TOKEN, ""))
                if admit is not None and part.filename:
                    await admit(request)
                return await _with_file(part, fields, most_bytes)
            fields.setdefault(part.name or "", await _text(part))
    except ValueError as error:
        raise FormExpired from error
    check_token(request, fields.get(FORM_TOKEN, ""))
    raise FormExpired


async def _text(part: BodyPartReader) -> str:
    body = bytearray()
    while piece := await part.read_chunk():
        body += piece
        if len(body) > _FIELD_BYTES:
            raise TooLarge(_FIELD_BYTES)
    return body.decode("utf-8", "replace")


async def _with_file(part: BodyPartReader, fields: Form, most_bytes: int) -> SentFile:
    kept = TemporaryFile(prefix="exchange-sent-")  # noqa: SIM115  whoever is given it closes it
    size = 0
    try:
        while piece := await part.read_chunk(_CHUNK_BYTES):
            size += len(piece)
            if size > most_bytes:
                raise TooLarge(most_bytes)
            await asyncio.to_thread(kept.write, piece)
    except BaseException:
        kept.close()
        raise
    return SentFile(fields=fields, name=part.filename or "", file=kept)
