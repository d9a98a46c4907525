"""`/admin/feeds/{key}/settings`: how a feed is asked: what is left out, when, how far back, where, how much."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline.feed_settings import set_settings
from federation.storage.clashes import repeats_clashes
from federation.storage.feeds import StoredFeed
from portal_api.auth.requests import read_form, reader_of
from portal_api.errors import ParameterFault
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.pages.admin.asking_forms import (
    ASKED,
    AskingForm,
    asked_by,
    fault_of_asking,
    faults_of_asking,
    may_set_ports,
    times_offered,
)
from portal_api.pages.admin.showing import moved, show
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed
from portal_api.views.passed import refuse_retired

ADDRESS = "/admin/feeds"


async def page(request: web.Request) -> web.Response:
    """The form, as the feed is asked now."""
    return await _form(request, None, ())


async def changed(request: web.Request) -> web.Response:
    """Sets what the form says; leads back to the feed."""
    posted = await read_form(request)
    reader, key, typed = await reader_of(request), request.match_info["key"], _read(posted)
    faults = await asyncio.to_thread(_change, request.app[EXCHANGE], reader, key, typed)
    return await _form(request, typed, faults) if faults else moved(f"{ADDRESS}/{key}")


@repeats_clashes
def _change(exchange: Exchange, reader: Reader, key: str, typed: AskingForm) -> tuple[ParameterFault, ...]:
    """Sets what was typed, or gives every fault of it and sets nothing."""
    with exchange.store.transaction(actor=reader.actor) as tx:
        feed = found_feed(tx.connection, reader, key)
        refuse_retired(feed)
        offered = _offered(feed, reader)
        faults = tuple(faults_of_asking(feed, typed, offered))
        if "ports" not in offered and typed.ports and typed.ports != _as_typed(feed).ports:
            expected = "expected an administrator of the exchange to set the ports of a feed in a private network"
            faults += (fault_of_asking(RequestRefused("ports_in_network", expected)),)
        if not faults:
            set_settings(tx, feed, asked_by(typed, offered))
    return faults


def _offered(feed: StoredFeed, reader: Reader) -> Sequence[str]:
    """The fields that say something of such a feed, and that the reader may set."""
    names = tuple(ASKED) if feed.source == "oai" else ("quiet_hours", "ports", "page_mebibytes")
    if feed.is_fetched:
        names = ("every", "interval", *names, "pages", "records")
    return names if may_set_ports(reader, feed.networks) else tuple(name for name in names if name != "ports")


def _read(posted: Mapping[str, str]) -> AskingForm:
    return AskingForm(**{name: posted.get(name, "").strip() for name in AskingForm.__struct_fields__})


def _as_typed(feed: StoredFeed) -> AskingForm:
    return AskingForm(
        every=str(feed.every_seconds),
        interval=f"{feed.min_interval_seconds:g}",
        exclude=" ".join(feed.set_exclude),
        quiet_hours=str(feed.quiet_hours or ""),
        look_back=str(feed.look_back_days),
        ports=" ".join(map(str, feed.ports)),
        page_mebibytes=str(feed.caps.page_mebibytes),
        pages=str(feed.caps.pages),
        records=str(feed.caps.records),
    )


async def _form(request: web.Request, typed: AskingForm | None, faults: Sequence[ParameterFault]) -> web.Response:
    reader, store, key = await reader_of(request), request.app[EXCHANGE].store, request.match_info["key"]

    def read_feed() -> StoredFeed:
        with store.reading() as connection:
            return found_feed(connection, reader, key)

    feed = await asyncio.to_thread(read_feed)
    return await show(
        request,
        "admin/feed_settings.html",
        status=422 if faults else 200,
        faults=faults,
        labels=ASKED,
        offered=_offered(feed, reader),
        times=times_offered(feed),
        typed=typed or _as_typed(feed),
        feed=feed,
        here=ADDRESS,
    )
