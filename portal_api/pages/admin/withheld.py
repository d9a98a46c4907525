"""`/admin/feeds/{key}/withheld`: records that are kept out of every channel, and a person's word about them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline import withholding_things
from federation.pipeline.withholding_things import Acted
from federation.storage import withheld
from federation.storage.clashes import repeats_clashes
from federation.storage.feeds import StoredFeed
from federation.storage.linkage import clusters
from portal_api.auth.requests import read_form, reader_of
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.marking import N_
from portal_api.pages.admin.feed_forms import fault
from portal_api.pages.admin.feeds import ADDRESS
from portal_api.pages.admin.showing import moved, show
from portal_api.reader import Reader
from portal_api.views.feeds import administers, found_feed

LABELS = {"record": N_("Identifier of the record or the thing, or its address"), "reason": N_("Reason")}
#: code of a refusal -> field of the form, and the code of its words
_FAULTS = {
    "no_such_record": ("record", "record-unknown"),
    "part_of_record": ("record", "record-part"),
    "withheld_already": ("record", "record-withheld"),
    "not_withheld": ("record", "record-unknown"),
    "reason_missing": ("reason", "field-missing"),
    "reason_too_long": ("reason", "too-long"),
}


async def listed(request: web.Request) -> web.Response:
    """What is withheld of a feed, and the form that withholds another."""
    return await _listed(request, {})


async def acted(request: web.Request) -> web.Response:
    """Withholds a record, or all of a thing's that the reader administers, or releases them."""
    posted = await read_form(request)
    reader, exchange, key = await reader_of(request), request.app[EXCHANGE], request.match_info["key"]
    try:
        found = await asyncio.to_thread(_change, exchange, reader, key, request.match_info["act"], posted)
    except RequestRefused as refused:
        return await _listed(request, posted, refused.reason)
    if _is_thing(posted.get("record", "")):
        return await _listed(request, {}, found=found)
    return moved(f"{ADDRESS}/{key}/withheld")


def _is_thing(typed: str) -> bool:
    return withholding_things.name_in(typed).startswith(clusters.PREFIX)


@repeats_clashes
def _change(exchange: Exchange, reader: Reader, key: str, act: str, posted: Mapping[str, str]) -> Acted:
    typed = posted.get("record", "")

    def may(feed: StoredFeed) -> bool:
        return administers(reader, feed.institution) and (feed.key == key or _is_thing(typed))

    with exchange.store.transaction(actor=reader.actor) as tx:
        found_feed(tx.connection, reader, key)
        if act == "release":
            done = withholding_things.release(tx, exchange.store, typed, may)
        else:
            done = withholding_things.withhold(tx, typed, posted.get("reason", ""), may)
        if all(row.feed != key for row in done.done):
            raise RequestRefused("no_such_record", f"the feed has no record of {typed}")
    return done


async def _listed(
    request: web.Request, typed: Mapping[str, str], code: str = "", found: Acted | None = None
) -> web.Response:
    reader, store, key = await reader_of(request), request.app[EXCHANGE].store, request.match_info["key"]

    def read_rows() -> tuple[str, list[withheld.Withheld]]:
        with store.reading() as connection:
            return found_feed(connection, reader, key).name, withheld.listed(connection, key)

    name, rows = await asyncio.to_thread(read_rows)
    return await show(
        request,
        "admin/withheld.html",
        status=422 if code else 200,
        faults=(fault(*_FAULTS.get(code, ("record", "record-unknown"))),) if code else (),
        labels=LABELS,
        typed=typed,
        found=found,
        act=request.match_info.get("act", ""),
        key=key,
        name=name,
        rows=rows,
        here=ADDRESS,
    )
