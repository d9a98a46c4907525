"""`/admin/feeds/{key}/giving`: what of a feed is given on, under which licence, and who sees it as it came."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline.feed_giving import Wanted, giving_of, set_giving
from federation.storage.clashes import repeats_clashes
from federation.storage.feeds import StoredFeed
from portal_api.auth.requests import read_form, reader_of
from portal_api.errors import ParameterFault
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.marking import N_
from portal_api.pages.admin.feed_forms import fault
from portal_api.pages.admin.showing import moved, show
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed
from portal_api.views.passed import refuse_retired

ADDRESS = "/admin/feeds"
#: what the fields are called
GIVING = {
    "licence": N_("Licence of the metadata"),
    "reexpose": N_("What is given on"),
    "raw_visible": N_("Who is shown its records as they came"),
}


async def page(request: web.Request) -> web.Response:
    """The form, as the feed is given on now."""
    return await _form(request, None, ())


async def changed(request: web.Request) -> web.Response:
    """Sets what the form says; leads back to the feed."""
    posted = await read_form(request)
    reader, key, wanted = await reader_of(request), request.match_info["key"], _read(posted)
    faults = await asyncio.to_thread(_change, request.app[EXCHANGE], reader, key, wanted)
    return await _form(request, wanted, faults) if faults else moved(f"{ADDRESS}/{key}")


@repeats_clashes
def _change(exchange: Exchange, reader: Reader, key: str, wanted: Wanted) -> tuple[ParameterFault, ...]:
    """Sets what is wanted, or gives every fault of it and sets nothing."""
    with exchange.store.transaction(actor=reader.actor) as tx:
        feed = found_feed(tx.connection, reader, key)
        refuse_retired(feed)
        faults = tuple(fault(name, reason) for name in GIVING if (reason := _wrong(feed, wanted, name)))
        if not faults:
            set_giving(tx, feed, wanted)
    return faults


def _wrong(feed: StoredFeed, wanted: Wanted, name: str) -> str:
    """Why a field cannot be as it is wanted; empty where it can."""
    try:
        giving_of(feed, Wanted(**{name: getattr(wanted, name)}))
    except RequestRefused as refused:
        return refused.reason.replace("_", "-")
    return ""


def _read(posted: Mapping[str, str]) -> Wanted:
    return Wanted(**{name: posted.get(name, "").strip() for name in Wanted.__struct_fields__})


async def _form(request: web.Request, typed: Wanted | None, faults: Sequence[ParameterFault]) -> web.Response:
    reader, store, key = await reader_of(request), request.app[EXCHANGE].store, request.match_info["key"]

    def read_feed() -> StoredFeed:
        with store.reading() as connection:
            return found_feed(connection, reader, key)

    feed = await asyncio.to_thread(read_feed)
    held = Wanted(licence=feed.metadata_licence or "", reexpose=feed.reexpose, raw_visible=feed.raw_visible)
    return await show(
        request,
        "admin/feed_giving.html",
        status=422 if faults else 200,
        faults=faults,
        labels=GIVING,
        typed=typed or held,
        feed=feed,
        here=ADDRESS,
    )
