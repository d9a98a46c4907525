"""`/admin/feeds/{key}/profile`: what a person says of a feed's repository in the place of what it taught."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from federation.pipeline.feed_pins import pin_values
from federation.storage.clashes import repeats_clashes
from harvester.feeds import PINNABLE
from portal_api.auth.requests import read_form, reader_of
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.pages.admin.showing import moved
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed
from portal_api.views.passed import refuse_retired


async def changed(request: web.Request) -> web.Response:
    """Pins what the form says, and what it leaves empty no more; leads back to the feed."""
    posted = await read_form(request)
    reader, key = await reader_of(request), request.match_info["key"]
    stated = {name: posted[name] for name in PINNABLE if name in posted}
    await asyncio.to_thread(pin, request.app[EXCHANGE], reader, key, stated)
    return moved(f"/admin/feeds/{key}#profile")


@repeats_clashes
def pin(exchange: Exchange, reader: Reader, key: str, stated: Mapping[str, str]) -> None:
    """Pins values of a feed that the reader administers, whatever door it was said at.

    raises  NotFound, StatePassed, RequestRefused
    """
    with exchange.store.transaction(actor=reader.actor) as tx:
        feed = found_feed(tx.connection, reader, key)
        refuse_retired(feed)
        pin_values(tx, feed, stated)
