"""`/admin/bases`: which feeds build on a base that ships, and its newer version for all of them in one step."""

from __future__ import annotations

import asyncio
from typing import Literal, get_args

import msgspec
from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline import base_rise
from federation.pipeline.base_rise import Left
from federation.settings import Approval
from federation.storage.clashes import repeats_clashes
from federation.storage.repeated_requests import Note, unnoted
from federation.storage.transactions import Transaction
from portal_api.auth.requests import read_form, reader_of
from portal_api.auth.sessions import require_fresh
from portal_api.errors import NotAllowed
from portal_api.exchange import EXCHANGE
from portal_api.pages.admin.showing import moved, show
from portal_api.reader import Reader
from portal_api.views.bases import base_view, bases_view, run_feeds, seen_feeds
from portal_api.views.passed import no_such_act

ADDRESS = "/admin/bases"

RiseAct = Literal["dry-run", "confirm", "activate", "rollback"]
_ACTS: tuple[RiseAct, ...] = get_args(RiseAct)


async def listed(request: web.Request) -> web.Response:
    """Every base that the reader's feeds build on."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def read_view() -> object:
        with store.reading() as connection:
            return bases_view(connection, reader)

    return await show(request, "admin/bases.html", lines=await asyncio.to_thread(read_view), here="/admin/crosswalks")


async def one(request: web.Request) -> web.Response:
    """One base: its feeds, what its newest version would change in each, and what can be done for all."""
    return await _one(request)


async def _one(request: web.Request, refused: RequestRefused | None = None) -> web.Response:
    reader, store, base = await reader_of(request), request.app[EXCHANGE].store, base_in(request)

    def read_view() -> object:
        with store.reading() as connection:
            return base_view(connection, reader, base)

    view, status = await asyncio.to_thread(read_view), 409 if refused else 200
    return await show(
        request,
        "admin/base.html",
        status=status,
        view=view,
        approval=request.app[EXCHANGE].settings.approval,
        refused=refused,
        here="/admin/crosswalks",
    )


def base_in(request: web.Request) -> str:
    """The base that an address names without its `base/`."""
    return f"base/{request.match_info['name']}"


async def acted(request: web.Request) -> web.Response:
    """Tries, confirms, puts to work or takes back the newest version for every feed."""
    form = await read_form(request)
    try:
        await perform(request, request.match_info["act"], form.get("note", ""))
    except RequestRefused as refused:
        return await _one(request, refused)
    return moved(f"{ADDRESS}/{request.match_info['name']}")


async def perform(request: web.Request, name: str, why: str, note: Note = unnoted) -> tuple[Left, ...]:
    """Does the act of this name for every feed that the reader may decide about; gives the feeds that were left.

    note    is told these as JSON, in the act's transaction
    raises  RequestRefused; StatePassed; NotAllowed; NotSignedIn where a confirmation needs a fresh sign-in
    """
    act = next((each for each in _ACTS if each == name), None)
    if act is None:
        raise no_such_act(name, _ACTS)
    reader, store, base = await reader_of(request), request.app[EXCHANGE].store, base_in(request)
    approval = request.app[EXCHANGE].settings.approval
    if act == "confirm":
        require_fresh(reader, f"{ADDRESS}/{request.match_info['name']}")

    @repeats_clashes
    def write() -> tuple[Left, ...]:
        with store.transaction(actor=reader.actor) as tx:
            left = _done(tx, reader, base, act, why, approval)
            note(tx, msgspec.json.encode(left).decode())
            return left

    return await asyncio.to_thread(write)


def _done(tx: Transaction, reader: Reader, base: str, act: RiseAct, why: str, approval: Approval) -> tuple[Left, ...]:
    if act == "confirm":
        seen = seen_feeds(tx.connection, reader)
        return base_rise.confirm_all(tx, base, seen, reader.account, why, approval=approval)
    run = run_feeds(tx.connection, reader)
    if not run:
        raise NotAllowed("harvest_admin")
    match act:
        case "dry-run":
            return base_rise.try_all(tx, base, run, reader.account)
        case "activate":
            base_rise.activate_all(tx, base, run, approval=approval)
        case "rollback":
            base_rise.roll_back_all(tx, base, run)
    return ()
