"""What a feed's repository taught, and what a person says in its place, as JSON."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa
from aiohttp import web

from federation.pipeline.feed_pins import written
from harvester.feeds import PINNABLE, Pins
from portal_api.api.administration import decoded, read_as
from portal_api.auth.requests import check_token, read_body, reader_of
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import NoParameters
from portal_api.pages.admin.feed_profile import pin
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed
from portal_api.views.profile import ProfileLine, profile_lines


class PinsBody(Pins, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every value that a person says; what is absent is as it was learned."""


async def profile(request: web.Request) -> web.Response:
    """Every value with the run and page that taught it."""
    strict(request, NoParameters)
    key = request.match_info["key"]

    def found(connection: sa.Connection, reader: Reader) -> tuple[ProfileLine, ...]:
        return profile_lines(connection, found_feed(connection, reader, key))

    return await read_as(request, found)


async def pinned(request: web.Request) -> web.Response:
    """Pins the values that the body names and no other, such as `{"charset": "gb18030"}`.

    raises  BodyInvalid, NotFound, StatePassed, RequestRefused
    """
    check_token(request, "")
    wanted = decoded(await read_body(request), PinsBody)
    reader, key = await reader_of(request), request.match_info["key"]
    stated = {name: written(getattr(wanted, name)) for name in PINNABLE}
    await asyncio.to_thread(pin, request.app[EXCHANGE], reader, key, stated)
    return await profile(request)
