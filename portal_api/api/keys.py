"""The reader's own keys as JSON: `/api/v1/keys`. A key may list them; only a person at a browser makes or ends one."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from federation.ledger.entry import SELF
from federation.storage.api_keys import LONGEST_DAYS, SCOPES, Kind, Scope, WantedKey
from portal_api.api.administration import as_json, decoded
from portal_api.auth.requests import check_token, read_body, reader_of
from portal_api.auth.sessions import require_fresh
from portal_api.errors import BodyInvalid, NotAllowed
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import NoParameters
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views import keys
from portal_api.views.keys import KeyView, acting_faults, key_faults, key_view


class NewKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key that is asked for."""

    name: str
    scopes: tuple[Scope, ...]
    days: int = LONGEST_DAYS
    kind: Kind = "personal"
    #: it sees what its person sees who acts for their institution, in place of what everybody sees
    acting: bool = False


class MadeKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was made."""

    key: KeyView
    #: this once
    whole: str


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """The reader's keys."""

    keys: list[KeyView]


async def listed(request: web.Request) -> web.Response:
    """The reader's keys."""
    strict(request, NoParameters)
    found = await asyncio.to_thread(keys.keys_view, request.app[EXCHANGE], await reader_of(request))
    return as_json(Keys(keys=found))


async def add(request: web.Request) -> web.Response:
    """Makes a key; raises NotSignedIn without a fresh sign-in, BodyInvalid, NotAllowed, RequestRefused."""
    check_token(request, "")
    strict(request, NoParameters)
    reader, exchange = await reader_of(request), request.app[EXCHANGE]
    require_fresh(reader, "")
    wanted = _wanted(await read_body(request), reader)
    made, whole = await asyncio.to_thread(exchange.keys.make, reader.account, wanted, actor=SELF)
    answer = as_json(MadeKey(key=key_view(made, exchange.store.now()), whole=whole))
    answer.set_status(201)
    return answer


def _wanted(body: bytes, reader: Reader) -> WantedKey:
    sent = decoded(body, NewKey)
    if sent.kind == "project" and not reader.has("exchange_admin"):
        raise NotAllowed("exchange_admin")
    wanted = WantedKey(
        name=sent.name.strip(),
        scopes=tuple(each for each in SCOPES if each in sent.scopes),
        days=sent.days,
        kind=sent.kind,
        acting_for=reader.acting_for if sent.acting else "",
    )
    if faults := [*key_faults(wanted), *acting_faults(reader, acting=sent.acting)]:
        raise BodyInvalid(faults)
    return wanted


async def remove(request: web.Request) -> web.Response:
    """Revokes a key."""
    check_token(request, "")
    strict(request, NoParameters)
    reader, exchange = await reader_of(request), request.app[EXCHANGE]
    await asyncio.to_thread(keys.revoke, exchange, reader, request.match_info["id"])
    return web.Response(status=204)
