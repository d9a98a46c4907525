"""`/admin/feeds/{key}/rules`: how much a feed may delete and change unasked, and what counts as deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline.feed_rules import Rules, set_rules
from federation.storage.clashes import repeats_clashes
from portal_api.auth.requests import read_form, reader_of
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.pages.admin.showing import moved
from portal_api.reader import Reader
from portal_api.views.feeds import found_feed


async def changed(request: web.Request) -> web.Response:
    """Sets the rules that the form names; leads back to the feed."""
    posted = await read_form(request)
    reader, key = await reader_of(request), request.match_info["key"]
    await asyncio.to_thread(_change, request.app[EXCHANGE], reader, key, _read(posted))
    return moved(f"/admin/feeds/{key}#rules")


@repeats_clashes
def _change(exchange: Exchange, reader: Reader, key: str, wanted: Rules) -> None:
    with exchange.store.transaction(actor=reader.actor) as tx:
        set_rules(tx, found_feed(tx.connection, reader, key), wanted)


def _read(posted: Mapping[str, str]) -> Rules:
    """The form's fields; one that is empty leaves its rule as it is."""
    records = _number(posted, "records")
    return Rules(
        deletions=posted.get("deletions") or None,
        deleted_percent=_number(posted, "deleted"),
        changed_percent=_number(posted, "changed"),
        fallen_percent=_number(posted, "fallen"),
        refused_percent=_number(posted, "refused"),
        opens=posted.get("opens") or None,
        records=None if records is None else int(records),
    )


def _number(posted: Mapping[str, str], name: str) -> float | None:
    text = posted.get(name, "").strip()
    if not text:
        return None
    if not text.replace(".", "", 1).isascii() or not text.replace(".", "", 1).isdigit() or len(text) > 10:
        raise RequestRefused("number_invalid", f"{name}: expected a number, found {text[:20]!r}")
    return float(text)
