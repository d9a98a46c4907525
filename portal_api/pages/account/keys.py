"""`/account/keys`: the keys of a person's programs; each is shown whole on the page that made it, and never again."""

from __future__ import annotations

import asyncio

from aiohttp import web

from federation.errors import RequestRefused
from federation.ledger.entry import SELF
from federation.storage.api_keys import LONGEST_DAYS, SCOPES, WantedKey
from portal_api.auth.requests import Form, read_form, reader_of
from portal_api.auth.sessions import require_fresh
from portal_api.errors import ParameterFault
from portal_api.exchange import EXCHANGE
from portal_api.http.marking import N_
from portal_api.pages.admin.feed_forms import fault
from portal_api.pages.admin.showing import moved, show, whole_number
from portal_api.reader import Reader
from portal_api.views.keys import key_faults, keys_view, revoke

ADDRESS = "/account/keys"
#: days that the form proposes
_DAYS = 90
LABELS = {"name": N_("Name"), "scopes": N_("What it may"), "days": N_("Days")}
#: scope -> what it opens
_SCOPE_WORDS = {
    "read": N_("read: search, records, your kept searches"),
    "export": N_("export: lists of hits"),
    "feed": N_("feed: your feeds, runs, crosswalks and tables, as far as your roles go"),
    "admin": N_("admin: jobs, as far as your roles go"),
}


async def listed(request: web.Request) -> web.Response:
    """The reader's keys, and the form that makes one."""
    return await _page(request, {}, ())


async def made(request: web.Request) -> web.Response:
    """Makes a key and shows it; needs a fresh sign-in."""
    form, reader = await read_form(request), await reader_of(request)
    require_fresh(reader, ADDRESS)
    wanted = _wanted(form, reader)
    if faults := tuple(key_faults(wanted)):
        return await _page(request, form, faults)
    keys = request.app[EXCHANGE].keys
    try:
        _, whole = await asyncio.to_thread(keys.make, reader.account, wanted, actor=SELF)
    except RequestRefused as refused:
        if refused.reason != "too_many_keys":
            raise
        return await _page(request, form, (fault("name", "keys-too-many"),))
    return await _page(request, {}, (), whole=whole)


async def revoked(request: web.Request) -> web.Response:
    """From now on the key opens nothing."""
    await read_form(request)
    exchange, reader, name = request.app[EXCHANGE], await reader_of(request), request.match_info["id"]
    await asyncio.to_thread(revoke, exchange, reader, name)
    return moved(ADDRESS)


def _wanted(form: Form, reader: Reader) -> WantedKey:
    is_project = form.get("project") == "1" and reader.has("exchange_admin")
    return WantedKey(
        name=form.get("name", "").strip(),
        scopes=tuple(each for each in SCOPES if form.get(f"scope_{each}") == "1"),
        days=whole_number(form.get("days", "").strip()) or 0,
        kind="project" if is_project else "personal",
        acting_for=reader.acting_for if form.get("acting") == "1" else "",
    )


async def _page(
    request: web.Request, typed: Form, faults: tuple[ParameterFault, ...], *, whole: str = ""
) -> web.Response:
    exchange, reader = request.app[EXCHANGE], await reader_of(request)
    return await show(
        request,
        "account/keys.html",
        status=422 if faults else 200,
        faults=faults,
        labels=LABELS,
        typed=typed,
        whole=whole,
        lines=await asyncio.to_thread(keys_view, exchange, reader),
        scopes=_SCOPE_WORDS,
        days=typed.get("days", str(_DAYS)),
        most_days=LONGEST_DAYS,
    )
