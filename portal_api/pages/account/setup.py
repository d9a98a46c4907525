"""`/setup`: the code that the exchange printed makes the first account."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import msgspec
from aiohttp import web

from federation.errors import RequestRefused
from federation.storage import accounts
from portal_api.auth.gate import NewAccount
from portal_api.auth.passwords import is_long_enough
from portal_api.auth.requests import Form, keep_session, read_form
from portal_api.errors import ParameterFault
from portal_api.exchange import EXCHANGE
from portal_api.http.marking import N_
from portal_api.http.origins import caller_of
from portal_api.pages.admin.feed_forms import fault
from portal_api.pages.admin.showing import moved, show

LABELS = {
    "code": N_("Code"),
    "sign_in": N_("Name or e-mail address"),
    "name": N_("Your name"),
    "password": N_("Password"),
    "again": N_("The password once more"),
}


class SetupForm(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown again; passwords never are."""

    code: str = ""
    sign_in: str = ""
    name: str = ""


async def setup_page(request: web.Request) -> web.Response:
    """The form, or the word that there is an account."""
    return await _form(request, SetupForm(), ())


async def setup(request: web.Request) -> web.Response:
    """Makes the first account and signs it in."""
    form, exchange = await read_form(request), request.app[EXCHANGE]
    typed = SetupForm(**{name: form.get(name, "").strip() for name in SetupForm.__struct_fields__})
    if faults := tuple(_faults(typed, form)):
        return await _form(request, typed, faults)
    wanted = NewAccount(sign_in=typed.sign_in, name=typed.name, password=form["password"])
    caller = caller_of(request, exchange.settings)
    verdict, cookie = await exchange.gate.set_up(typed.code, wanted, caller=caller)
    if verdict != "right":
        return await _form(request, typed, (fault("code", f"code-{verdict}"),))
    response = moved("/admin")
    keep_session(request, response, cookie)
    return response


def password_faults(form: Form) -> Iterator[ParameterFault]:
    """What is wrong with a new password and its repetition."""
    password = form.get("password", "")
    if not is_long_enough(password):
        yield fault("password", "password-length")
    elif form.get("again", "") != password:
        yield fault("again", "password-differs")


def _faults(typed: SetupForm, form: Form) -> Iterator[ParameterFault]:
    if not typed.code:
        yield fault("code", "field-missing")
    try:
        accounts.folded(typed.sign_in)
    except RequestRefused:
        yield fault("sign_in", "sign-in-invalid")
    yield from password_faults(form)


async def _form(request: web.Request, typed: SetupForm, faults: tuple[ParameterFault, ...]) -> web.Response:
    gate = request.app[EXCHANGE].gate
    return await show(
        request,
        "account/setup.html",
        status=422 if faults else 200,
        faults=faults,
        labels=LABELS,
        typed=typed,
        set_up=await asyncio.to_thread(lambda: gate.is_set_up),
    )
