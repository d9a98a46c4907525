"""`/try`: anybody's file or address, mapped by the crosswalk that is proposed for it. Nothing is stored."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO

from aiohttp import web

from federation.pipeline.sandbox import MOST_BYTES, RECORDS, SHOWN, NotTried, Tried
from federation.pipeline.sandbox_address import Address
from federation.pipeline.sandbox_workers import Sandbox
from mappings.engine.library import names
from portal_api.auth.requests import Form, reader_of
from portal_api.auth.uploads import read_upload
from portal_api.errors import OverBudget, TrialsSpent
from portal_api.exchange import EXCHANGE
from portal_api.http.limits import network_prefix
from portal_api.http.origins import caller_of
from portal_api.pages.admin.showing import show
from portal_api.views.trials import TriedView, tried_view

#: seconds to wait where others are being answered
_PATIENCE_SECONDS = 30

Deed = Callable[[Sandbox], Awaitable[Tried | NotTried]]


async def trying_page(request: web.Request) -> web.Response:
    """The empty form."""
    return await _shown(request, {})


async def trying(request: web.Request) -> web.Response:
    """What became of the file, or of what stands at the address."""
    sent = await read_upload(request, MOST_BYTES, admit=admit)
    crosswalk = sent.fields.get("crosswalk", "")
    crosswalk = crosswalk if crosswalk in names() else ""
    with sent.file:
        if sent.name:
            return await _shown(request, sent.fields, await tried(request, of_file(sent.file, crosswalk)), sent.name)
    url = sent.fields.get("address", "").strip()
    if not url:
        return await _shown(request, sent.fields, tried_view(NotTried(failure="nothing_brought")))
    await admit(request)
    asked = Address(url=url, prefix=sent.fields.get("prefix", "").strip(), crosswalk=crosswalk)
    return await _shown(request, sent.fields, await tried(request, lambda sandbox: sandbox.address(asked)), url)


def of_file(file: IO[bytes], crosswalk: str) -> Deed:
    """The deed that tries a file."""

    async def deed(sandbox: Sandbox) -> Tried | NotTried:
        with tempfile.NamedTemporaryFile(prefix="exchange-tried-") as named:
            await asyncio.to_thread(_copy, file, named)
            return await sandbox.file(Path(named.name), crosswalk)

    return deed


def _copy(file: IO[bytes], named: IO[bytes]) -> None:
    file.seek(0)
    shutil.copyfileobj(file, named)
    named.flush()


async def tried(request: web.Request, deed: Deed) -> TriedView:
    """What a deed finds; who is admitted waits for a place, and holds it no longer than the deed takes."""
    exchange = request.app[EXCHANGE]
    async with exchange.sandbox_places:
        return tried_view(await deed(exchange.sandbox))


async def admit(request: web.Request) -> None:
    """Counts a trial against the caller's network, or the account of its key, before its file is taken in.

    raises  TrialsSpent where that had its share; OverBudget where every place is taken
    """
    exchange = request.app[EXCHANGE]
    if exchange.sandbox_places.locked():
        raise OverBudget(_PATIENCE_SECONDS)
    reader = await reader_of(request)
    if reader.known and not reader.key:
        return
    counted = reader.account or network_prefix(caller_of(request, exchange.settings))
    if wait := exchange.sandbox_limit.take(counted, time.monotonic()):
        raise TrialsSpent(wait, most=exchange.sandbox_limit.most)


async def _shown(request: web.Request, typed: Form, view: TriedView | None = None, name: str = "") -> web.Response:
    return await show(
        request,
        "public/try.html",
        status=422 if view is not None and view.failure else 200,
        view=view,
        name=name,
        typed={key: typed.get(key, "") for key in ("address", "prefix", "crosswalk")},
        crosswalks=[(each, each) for each in names()],
        most_megabytes=MOST_BYTES >> 20,
        most_records=RECORDS,
        most_shown=SHOWN,
    )
