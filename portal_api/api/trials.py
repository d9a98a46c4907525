"""`POST /api/v1/trials`: a file or an address tried, as JSON; what `/try` shows."""

from __future__ import annotations

import asyncio
import tempfile

import msgspec
from aiohttp import web

from federation.pipeline.sandbox import MOST_BYTES
from federation.pipeline.sandbox_address import Address
from mappings.engine.library import names
from portal_api.api.administration import as_json, decoded
from portal_api.auth.requests import body_pieces, check_sender, read_body
from portal_api.errors import BodyInvalid, ParameterFault, TrialFailed
from portal_api.pages.admin.reasons import TRIAL_FAILURES
from portal_api.pages.public.asking import strict
from portal_api.pages.public.trying import admit, of_file, tried
from portal_api.views.trials import TriedView


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
    crosswalk = _known(wanted.crosswalk)
    await admit(request)
    if request.content_type == "application/json":
        return _answer(await _of_address(request), "address")
    with tempfile.TemporaryFile(prefix="exchange-sent-") as file:
        async for piece in body_pieces(request, most_bytes=MOST_BYTES):
            await asyncio.to_thread(file.write, piece)
        return _answer(await tried(request, of_file(file, crosswalk)), "file")


def _answer(view: TriedView, parameter: str) -> web.Response:
    if view.failure:
        said = view.detail or TRIAL_FAILURES.get(view.failure, view.failure)
        raise TrialFailed([ParameterFault(parameter=parameter, code=view.failure, detail=said)])
    return as_json(view)


async def _of_address(request: web.Request) -> TriedView:
    asked = decoded(await read_body(request), AskedAddress)
    wanted = Address(url=asked.address, prefix=asked.prefix, set_spec=asked.set_spec, crosswalk=_known(asked.crosswalk))
    return await tried(request, lambda sandbox: sandbox.address(wanted))


def _known(crosswalk: str) -> str:
    if crosswalk and crosswalk not in names():
        detail = f"crosswalk: expected one of {', '.join(names())}, found {crosswalk!r}"
        raise BodyInvalid([ParameterFault(parameter="crosswalk", code="parameter-invalid", detail=detail)])
    return crosswalk
