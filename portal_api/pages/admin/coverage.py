"""`/admin/crosswalks/{key}/coverage`: how a feed's live rules do on its stored records."""

from __future__ import annotations

import asyncio

from aiohttp import web

from federation.pipeline.feed_coverage import FeedCoverage
from federation.storage.feeds import StoredFeed
from portal_api.auth.requests import reader_of
from portal_api.errors import PlacesTaken
from portal_api.exchange import EXCHANGE
from portal_api.pages.admin.showing import show
from portal_api.views.feeds import found_feed


async def shown(request: web.Request) -> web.Response:
    """Quality, filled fields, what each rule set, and paths that no rule reads."""
    feed = await _feed(request)
    found = await found_coverage(request)
    return await show(request, "admin/coverage.html", feed=feed, view=found, here="/admin/crosswalks")


async def found_coverage(request: web.Request) -> FeedCoverage:
    """The coverage of the feed in the address; raises NotFound where it is not the reader's to run, PlacesTaken."""
    feed = await _feed(request)
    found = await request.app[EXCHANGE].judges.covered(feed.key)
    if found is None:
        raise PlacesTaken(retry_after_seconds=60)
    return found


async def _feed(request: web.Request) -> StoredFeed:
    reader, store, key = await reader_of(request), request.app[EXCHANGE].store, request.match_info["key"]

    def read() -> StoredFeed:
        with store.reading() as connection:
            return found_feed(connection, reader, key)

    return await asyncio.to_thread(read)
