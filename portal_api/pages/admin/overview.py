"""`/admin`: what needs a look."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
from aiohttp import web

from federation.storage import institutions
from index.semantic.status import SemanticStatus
from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.pages.admin.showing import show
from portal_api.reader import Reader
from portal_api.views.feeds import FeedLine, decided_feeds, feeds_view
from portal_api.views.waiting import Waiting, waiting

#: harvests on the page
_LATEST = 10


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The administration in numbers, and the feeds that need a look."""

    feeds: int
    institutions: int
    #: what the public finds
    records: int
    things: int
    #: changes that some stage has still to take in
    behind: int
    #: feeds never harvested, or whose last harvest is held or was not complete
    attention: tuple[FeedLine, ...]
    #: the same of feeds that others run for institutions that the reader decides for
    elsewhere: tuple[FeedLine, ...]
    #: versions and files that wait for a person
    waiting: Waiting
    #: feeds by the end of their last harvest, the newest first
    latest: tuple[FeedLine, ...]
    #: how the search by meaning stands
    semantic: SemanticStatus


async def overview(request: web.Request) -> web.Response:
    """The way into the area."""
    reader = await reader_of(request)
    view = await asyncio.to_thread(_overview, request.app[EXCHANGE], reader)
    return await show(request, "admin/overview.html", view=view, here="/admin")


def _overview(exchange: Exchange, reader: Reader) -> Overview:
    health = exchange.health()
    with exchange.store.reading() as connection:
        lines, others = feeds_view(connection, reader).feeds, decided_feeds(connection, reader)
        waits = waiting(connection, reader, exchange.settings.approval)
        known = len(institutions.everyone(connection))
    return Overview(
        feeds=len(lines),
        institutions=known,
        records=health.records,
        things=health.clusters,
        behind=sum(msgspec.structs.asdict(health.lag).values()),
        attention=tuple(line for line in lines if _needs_a_look(line)),
        elsewhere=tuple(line for line in others if _needs_a_look(line)),
        waiting=waits,
        latest=_latest(lines),
        semantic=exchange.semantic(),
    )


def _latest(lines: Sequence[FeedLine]) -> tuple[FeedLine, ...]:
    ended = [(line.last.ended, line) for line in lines if line.last is not None and line.last.ended is not None]
    return tuple(line for _, line in sorted(ended, key=lambda each: (each[0], each[1].key), reverse=True)[:_LATEST])


def _needs_a_look(line: FeedLine) -> bool:
    if line.state == "retired":
        return False
    return line.last is None or line.last.is_held or line.last.verdict not in ("", "complete")
