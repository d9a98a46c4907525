"""How a feed's rules do, in sum and on one record, as JSON; and the lists that cataloguers take away as CSV."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

import sqlalchemy as sa
from aiohttp import web

from federation.storage import outcomes
from portal_api.api.administration import as_json
from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import NoParameters
from portal_api.pages.admin.comparing import explained
from portal_api.pages.admin.coverage import found_coverage
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views.explained import explained_view
from portal_api.views.feeds import found_feed
from portal_api.views.listings import coverage_csv, misses_csv, rejects_csv
from portal_api.views.tables import misses_view

Listing = Literal["coverage", "misses", "rejects"]
#: the most refused records of a list
MOST_REJECTS = 100_000


async def coverage(request: web.Request) -> web.Response:
    """Quality, filled fields, what each rule set, and paths that no rule reads, in stored records by the live rules."""
    strict(request, NoParameters)
    return as_json(await found_coverage(request))


async def explain(request: web.Request) -> web.Response:
    """How a version, or what is live, maps a stored record: what each rule read, each step, and what came of it."""
    return as_json(explained_view(await explained(request)))


async def listed(request: web.Request) -> web.Response:
    """The coverage, what tables did not know, or what was refused, as a table."""
    strict(request, NoParameters)
    name, key = request.match_info["list"], request.match_info["key"]
    if name == "coverage":
        body = coverage_csv(await found_coverage(request))
    else:
        body = await _read(request, _misses if name == "misses" else _rejects)
    headers = {
        "Content-Disposition": f'attachment; filename="{key}-{name}.csv"',
        "Cache-Control": "private, no-store",
    }
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)


async def _read(request: web.Request, made: Callable[[sa.Connection, Reader, str], bytes]) -> bytes:
    reader, store, key = await reader_of(request), request.app[EXCHANGE].store, request.match_info["key"]

    def read() -> bytes:
        with store.reading() as connection:
            return made(connection, reader, key)

    return await asyncio.to_thread(read)


def _misses(connection: sa.Connection, reader: Reader, key: str) -> bytes:
    return misses_csv(misses_view(connection, reader, key).misses)


def _rejects(connection: sa.Connection, reader: Reader, key: str) -> bytes:
    feed = found_feed(connection, reader, key)
    return rejects_csv(outcomes.refusals(connection, feed.key, "rejected", MOST_REJECTS))
