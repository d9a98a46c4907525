"""`/account`: a person's roles, password and sessions."""

from __future__ import annotations

import asyncio

from aiohttp import web

from federation.ledger.entry import SELF
from portal_api.auth.gate import change_password
from portal_api.auth.requests import keep_session, read_form, reader_of
from portal_api.auth.sessions import require_fresh
from portal_api.errors import ParameterFault
from portal_api.exchange import EXCHANGE
from portal_api.pages.account.setup import LABELS, password_faults
from portal_api.pages.account.sign_in import signs_in_as
from portal_api.pages.admin.showing import moved, show

ADDRESS = "/account"


async def account_page(request: web.Request) -> web.Response:
    """Who I am here."""
    return await _page(request, ())


async def new_password(request: web.Request) -> web.Response:
    """Changes the password and ends every session; needs a fresh sign-in."""
    form, reader = await read_form(request), await reader_of(request)
    require_fresh(reader, ADDRESS)
    if faults := tuple(password_faults(form)):
        return await _page(request, faults)
    store = request.app[EXCHANGE].store
    await asyncio.to_thread(change_password, store, reader.account, form["password"], actor=SELF)
    return _signed_out(request)


async def end_sessions(request: web.Request) -> web.Response:
    """Ends every session of the account, this one too."""
    await read_form(request)
    reader = await reader_of(request)
    await asyncio.to_thread(request.app[EXCHANGE].gate.sessions.end_all, reader.account)
    return _signed_out(request)


def _signed_out(request: web.Request) -> web.Response:
    response = moved("/sign-in")
    keep_session(request, response, "")
    return response


async def _page(request: web.Request, faults: tuple[ParameterFault, ...]) -> web.Response:
    status, store = 422 if faults else 200, request.app[EXCHANGE].store
    name = await asyncio.to_thread(signs_in_as, store, await reader_of(request))
    return await show(request, "account/account.html", status=status, faults=faults, labels=LABELS, signs_in_as=name)
