"""The place that a request needs among those who search."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE
from portal_api.http.limits import network_prefix
from portal_api.http.origins import caller_of


@asynccontextmanager
async def search_place(request: web.Request, points: int) -> AsyncIterator[None]:
    """Holds a place while the index is asked; raises OverBudget, Crowded. Nothing is read from the sender in it."""
    exchange, reader = request.app[EXCHANGE], await reader_of(request)
    who = reader.account or network_prefix(caller_of(request, exchange.settings))
    async with exchange.search_slots.place(who, points, known=reader.known):
        yield
