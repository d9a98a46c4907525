"""`/admin/feeds/{key}/credentials`: how a feed makes itself known to its source; secrets are named, and never shown.

Only who administers the whole exchange sets them: whoever could name a secret of another institution would read by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec
import sqlalchemy as sa
from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline.feed_credentials import Wanted, credentials_of
from federation.storage import feeds
from federation.storage.clashes import repeats_clashes
from federation.storage.feeds import StoredFeed
from portal_api.auth.requests import read_form, reader_of
from portal_api.auth.sessions import require_fresh
from portal_api.errors import NotAllowed, NotFound, ParameterFault
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.marking import N_
from portal_api.pages.admin.feed_forms import fault_of_credentials
from portal_api.pages.admin.showing import moved, show
from portal_api.reader import Reader
from portal_api.views.feeds import administers
from portal_api.views.passed import refuse_retired

ADDRESS = "/admin/feeds"
#: what the fields are called
CREDENTIALS = {
    "scheme": N_("How it makes itself known"),
    "username": N_("User name"),
    "header": N_("Name of the header"),
    "secret": N_("Name of the secret"),
    "certificate": N_("Name of the client certificate"),
    "authority": N_("Certificates that are believed"),
}


def require_credentials(reader: Reader, address: str) -> None:
    """Raises NotAllowed, or NotSignedIn, unless the reader may set credentials and gave their password of late."""
    if not reader.has("exchange_admin"):
        raise NotAllowed("exchange_admin")
    require_fresh(reader, address)


async def page(request: web.Request) -> web.Response:
    """The form, as the feed's credentials are."""
    require_fresh(await reader_of(request), request.path)
    return await _form(request, None, ())


async def changed(request: web.Request) -> web.Response:
    """Sets the credentials that the form names, all anew; leads back to where they are shown."""
    posted = await read_form(request)
    reader, key = await reader_of(request), request.match_info["key"]
    require_fresh(reader, request.path)
    wanted = _read(posted)
    try:
        feed = await asyncio.to_thread(_change, request.app[EXCHANGE], reader, key, wanted)
    except RequestRefused as refused:
        return await _form(request, wanted, (fault_of_credentials(refused),))
    return moved(f"{ADDRESS}/{key}" if administers(reader, feed.institution) else request.path)


@repeats_clashes
def _change(exchange: Exchange, reader: Reader, key: str, wanted: Wanted) -> StoredFeed:
    with exchange.store.transaction(actor=reader.actor) as tx:
        feed = _found(tx.connection, key)
        refuse_retired(feed)
        stated = credentials_of(wanted, feed.source, feed.base_url)
        feeds.change(tx, msgspec.structs.replace(feed, credentials=stated))
    return feed


def _found(connection: sa.Connection, key: str) -> StoredFeed:
    """The feed with this key, whosever it is."""
    feed = feeds.get(connection, key)
    if feed is None or feed.key != key:
        raise NotFound
    return feed


def _read(posted: Mapping[str, str]) -> Wanted:
    return Wanted(**{name: posted.get(name, "").strip() for name in Wanted.__struct_fields__})


async def _form(request: web.Request, typed: Wanted | None, faults: Sequence[ParameterFault]) -> web.Response:
    store, key = request.app[EXCHANGE].store, request.match_info["key"]

    def read_feed() -> StoredFeed:
        with store.reading() as connection:
            return _found(connection, key)

    feed, status = await asyncio.to_thread(read_feed), 422 if faults else 200
    return await show(
        request,
        "admin/feed_credentials.html",
        status=status,
        faults=faults,
        labels=CREDENTIALS,
        typed=typed,
        feed=feed,
        here=ADDRESS,
    )
