"""`/admin/feeds/{key}/test` and `/begin`: a feed that was kept as a draft is tested, and begun."""

from __future__ import annotations

import asyncio

from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline.feed_begin import begin as begin_feed
from federation.pipeline.feed_begin import is_new_host, tested
from federation.pipeline.trial import Trial
from federation.storage import institutions
from federation.storage.clashes import repeats_clashes
from federation.storage.feeds import BEFORE, StoredFeed
from federation.storage.institutions import StoredInstitution
from portal_api.auth.requests import read_form, reader_of
from portal_api.errors import NotFound, OverBudget, StatePassed
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.marking import N_, Sentence
from portal_api.pages.admin.showing import moved, show
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed
from portal_api.views.passed import feed_passed
from portal_api.views.trials import trial_view

ADDRESS = "/admin/feeds"
_WAITS = N_("The exchange was never given anything by this host: an administrator of the exchange begins this feed.")
#: a person who finds the place taken comes again
_PATIENCE_SECONDS = 30


async def test(request: web.Request) -> web.Response:
    """Tests a draft with ten records; where some came it is known as tested."""
    await read_form(request)
    reader, exchange, key = await reader_of(request), request.app[EXCHANGE], request.match_info["key"]
    feed, holder, host_waits = await asyncio.to_thread(_draft, exchange, reader, key)
    trial = await tried(exchange, feed, holder)
    if trial.samples:
        await asyncio.to_thread(_tested, exchange, reader, key)
    return await show(
        request, "admin/feed_test.html", trial=trial_view(trial), feed=feed, host_waits=host_waits, here=ADDRESS
    )


async def begin(request: web.Request) -> web.Response:
    """Begins a draft; leads back to the feed."""
    await read_form(request)
    reader, key = await reader_of(request), request.match_info["key"]
    await asyncio.to_thread(_begin, request.app[EXCHANGE], reader, key)
    return moved(f"{ADDRESS}/{key}")


async def tried(exchange: Exchange, feed: StoredFeed, holder: StoredInstitution) -> Trial:
    """What a test of a feed finds; raises OverBudget while the places for tests are taken."""
    if exchange.trials.locked():
        raise OverBudget(_PATIENCE_SECONDS)
    async with exchange.trials:
        return await exchange.try_feed(feed, holder)


def _draft(exchange: Exchange, reader: Reader, key: str) -> tuple[StoredFeed, StoredInstitution, bool]:
    """A draft, whose it is, and whether it waits because of its host."""
    with exchange.store.reading() as connection:
        feed = found_feed(connection, reader, key)
        holder, host_waits = institutions.get(connection, feed.institution), is_new_host(connection, feed)
    if feed.state not in BEFORE or feed.source == "upload":
        raise feed_passed(feed)
    if holder is None:
        raise NotFound
    return feed, holder, host_waits


@repeats_clashes
def _tested(exchange: Exchange, reader: Reader, key: str) -> None:
    with exchange.store.transaction(actor=reader.actor) as tx:
        tested(tx, found_feed(tx.connection, reader, key))


@repeats_clashes
def _begin(exchange: Exchange, reader: Reader, key: str) -> None:
    with exchange.store.transaction(actor=reader.actor) as tx:
        feed = found_feed(tx.connection, reader, key)
        try:
            begin_feed(tx, feed, may_allow_hosts=reader.has("exchange_admin"))
        except RequestRefused as refused:
            if refused.reason != "host_waits":
                raise feed_passed(feed) from refused
            raise StatePassed(str(refused), Sentence(text=_WAITS)) from refused
