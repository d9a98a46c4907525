"""`POST /api/v1/trials`: a file or an address tried, as JSON; what `/try` shows."""

from __future__ import annotations

import asyncio
import tempfile
from typing import IO

import msgspec
from aiohttp import web

from federation.pipeline.sandbox import MOST_BYTES
from federation.pipeline.sandbox_address import Address
from mappings.engine.library import names
from portal_api.api.administration import as_json
from portal_api.auth.requests import check_sender
from portal_api.errors import BodyInvalid, ParameterFault, TooLarge
from portal_api.pages.public.asking import strict
from portal_api.pages.public.trying import of_file, tried
from portal_api.views.trials import TriedView

_CHUNK_BYTES = 1 << 20
_LONGEST_JSON_BYTES = 16 * 1024


class TrialParameters(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is tried."""

    #: a crosswalk that ships; empty = the one for the file's format
    crosswalk: str = ""


class AskedAddress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body that asks for a trial of an address."""

    address: str
    prefix: str = ""
    set_spec: str = ""
    crosswalk: str = ""


async def trials(request: web.Request) -> web.Response:
    """Tries the JSON body's address, or the body itself as a file."""
    check_sender(request)
    wanted = strict(request, TrialParameters)
    with tempfile.TemporaryFile(prefix="exchange-sent-") as body:
        is_json = request.content_type == "application/json"
        await _received(request, body, _LONGEST_JSON_BYTES if is_json else MOST_BYTES)
        if is_json:
            return _answer(await _of_address(request, body))
        return _answer(await tried(request, of_file(body, _known(wanted.crosswalk))))


def _answer(view: TriedView) -> web.Response:
    answer = as_json(view)
    answer.set_status(422 if view.failure else 200)
    return answer


async def _of_address(request: web.Request, body: IO[bytes]) -> TriedView:
    body.seek(0)
    try:
        asked = msgspec.json.decode(body.read(), type=AskedAddress)
    except msgspec.DecodeError as error:
        raise BodyInvalid([ParameterFault(parameter="", code="body-invalid", detail=str(error))]) from error
    wanted = Address(url=asked.address, prefix=asked.prefix, set_spec=asked.set_spec, crosswalk=_known(asked.crosswalk))
    return await tried(request, lambda sandbox: sandbox.address(wanted))


def _known(crosswalk: str) -> str:
    if crosswalk and crosswalk not in names():
        detail = f"crosswalk: expected one of {', '.join(names())}, found {crosswalk!r}"
        raise BodyInvalid([ParameterFault(parameter="crosswalk", code="parameter-invalid", detail=detail)])
    return crosswalk


async def _received(request: web.Request, body: IO[bytes], most_bytes: int) -> None:
    size = 0
    async for piece in request.content.iter_chunked(_CHUNK_BYTES):
        size += len(piece)
        if size > most_bytes:
            raise TooLarge(most_bytes)
        await asyncio.to_thread(body.write, piece)
