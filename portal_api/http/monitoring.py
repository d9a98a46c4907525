"""`/metrics`: what a monitor reads, on this machine or with the key of an administrator of the exchange."""

from __future__ import annotations

import asyncio

from aiohttp import web

from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE
from portal_api.http.origins import caller_of, within
from portal_api.http.parameters import NoParameters
from portal_api.metrics import MEDIA_TYPE, UNKNOWN, Metrics
from portal_api.pages.public.asking import strict
from portal_api.reader import require
from portal_api.settings import PortalSettings

_LOOPBACK = ("127.0.0.0/8", "::1/128")
#: what proxies say of a request that they pass on; one on this machine makes every caller look like its own
_PASSED_ON = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


async def metrics(request: web.Request) -> web.Response:
    """The numbers; raises NotSignedIn, NotAllowed for whoever is neither of this machine nor an administrator."""
    exchange = request.app[EXCHANGE]
    if not is_of_this_machine(request, exchange.settings):
        require(await reader_of(request), "exchange_admin", "")
    strict(request, NoParameters)
    return await numbers(exchange.metrics)


def is_of_this_machine(request: web.Request, settings: PortalSettings) -> bool:
    """Whether this machine asks, and asks directly."""
    is_direct = not any(name in request.headers for name in _PASSED_ON)
    return is_direct and within(caller_of(request, settings), _LOOPBACK)


async def numbers(metrics: Metrics) -> web.Response:
    """The numbers as an answer."""
    body = await asyncio.to_thread(metrics.text)
    return web.Response(body=body, headers={"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store"})


def route_of(request: web.Request) -> str:
    """The pattern of the door that a request came to."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else UNKNOWN
