"""Signing in, signing out, and acting for an institution."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from federation.storage import accounts
from federation.storage.engine import Store
from portal_api.auth.requests import keep_session, read_form, reader_of, session_cookie
from portal_api.exchange import EXCHANGE
from portal_api.http.marking import N_
from portal_api.http.origins import caller_of
from portal_api.pages.admin.feed_forms import fault
from portal_api.pages.admin.showing import moved, show
from portal_api.reader import Reader

LABELS = {"sign_in": N_("Name or e-mail address"), "password": N_("Password")}
#: where people go who came for nothing in particular
HOME = "/"
STAFF_HOME = "/admin"


async def sign_in_page(request: web.Request) -> web.Response:
    """The form; `next` is where it leads. Whoever has signed in already need not give their name again."""
    typed = await asyncio.to_thread(signs_in_as, request.app[EXCHANGE].store, await reader_of(request))
    return await _form(request, following=local_address(request.query.get("next", "")), typed=typed)


async def sign_in(request: web.Request) -> web.Response:
    """Opens a session, or shows the form again with one answer for everything that can be wrong."""
    form, exchange = await read_form(request), request.app[EXCHANGE]
    name, following = form.get("sign_in", ""), local_address(form.get("next", ""))
    cookie = await exchange.gate.sign_in(
        name,
        form.get("password", ""),
        caller=caller_of(request, exchange.settings),
        former=session_cookie(request),
    )
    if cookie is None:
        return await _form(request, following=following, typed=name, known=False)
    reader = await asyncio.to_thread(exchange.gate.sessions.reader, cookie)
    response = moved(following or (STAFF_HOME if reader.grants else HOME))
    keep_session(request, response, cookie)
    return response


async def sign_out(request: web.Request) -> web.Response:
    """Ends this browser's session."""
    await read_form(request)
    await asyncio.to_thread(request.app[EXCHANGE].gate.sessions.end, session_cookie(request))
    response = moved(HOME)
    keep_session(request, response, "")
    return response


async def act_for(request: web.Request) -> web.Response:
    """The reader acts for the institution that the form names from now on; for none where it is empty."""
    form, sessions = await read_form(request), request.app[EXCHANGE].gate.sessions
    reader = await reader_of(request)
    cookie = await asyncio.to_thread(sessions.act_for, session_cookie(request), reader, form.get("institution", ""))
    response = moved(local_address(form.get("next", "")) or HOME)
    keep_session(request, response, cookie)
    return response


def to_sign_in(address: str) -> web.Response:
    """Leads a reader whom a page does not know to the form, and back to `address`."""
    return moved("/sign-in?" + urlencode({"next": address}) if address else "/sign-in")


def local_address(text: str) -> str:
    """`text` where it is an address of this exchange, else nothing: a form never leads elsewhere."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    inside = not parts.scheme and not parts.netloc and text.startswith("/") and text[:2] not in ("//", "/\\")
    return text if inside and text.isprintable() and "\\" not in text else ""


def signs_in_as(store: Store, reader: Reader) -> str:
    """The name by which a reader signs in; empty for one who has not."""
    if not reader.known:
        return ""
    with store.reading() as connection:
        known = accounts.get(connection, reader.account)
    return known.sign_in if known else ""


async def _form(request: web.Request, *, following: str, typed: str = "", known: bool = True) -> web.Response:
    gate = request.app[EXCHANGE].gate
    return await show(
        request,
        "account/sign_in.html",
        status=200 if known else 422,
        faults=() if known else (fault("sign_in", "not-known"),),
        labels=LABELS,
        following=following,
        typed=typed,
        set_up=await asyncio.to_thread(lambda: gate.is_set_up),
    )
