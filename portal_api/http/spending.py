"""What a request spends: points of its key, and while the index is asked a place among those who search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from aiohttp import web

from portal_api.auth.requests import POINTS, reader_of
from portal_api.exchange import EXCHANGE
from portal_api.http.costs import SUGGEST
from portal_api.http.limits import network_prefix
from portal_api.http.origins import caller_of
from portal_api.reader import Reader


async def spend(request: web.Request, points: int) -> None:
    """Takes points from the reader's key, where one is shown; raises PointsSpent."""
    reader = await reader_of(request)
    if reader.key:
        request[POINTS] = await asyncio.to_thread(request.app[EXCHANGE].keys.charge, reader, points)


@asynccontextmanager
async def search_place(request: web.Request, points: int) -> AsyncIterator[None]:
    """Holds a place and spends the points there, so that whoever gets none pays nothing.

    Nothing is read from the sender, or sent to them, while a place is held.

    raises   OverBudget, PlacesTaken; PointsSpent
    """
    async with _place(request, await reader_of(request), points, waits=True):
        await spend(request, points)
        yield


@asynccontextmanager
async def place_beside(request: web.Request) -> AsyncIterator[None]:
    """A place for what a page counts beside its own matter, or OverBudget, PlacesTaken at once."""
    async with _place(request, await reader_of(request), SUGGEST, waits=False):
        yield


def _place(request: web.Request, reader: Reader, points: int, *, waits: bool) -> AbstractAsyncContextManager[None]:
    exchange = request.app[EXCHANGE]
    who = reader.account or network_prefix(caller_of(request, exchange.settings))
    return exchange.search_slots.place(who, points, known=reader.known, waits=waits)
