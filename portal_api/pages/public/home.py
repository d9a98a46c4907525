"""The home page: what is here, how fresh it is, and ways in."""

from __future__ import annotations

import asyncio

from aiohttp import web

from index.request import SearchRequest
from portal_api.exchange import EXCHANGE
from portal_api.http.origins import origin_of
from portal_api.pages.public.asking import counted, visibility_of
from portal_api.pages.render import page
from portal_api.views.structured_data import site_data
from portal_api.views.vocabulary import LEVELS, TYPES

#: searches that show what can be asked; each finds something in the demonstration
EXAMPLES = ("scarlet letter", "红楼梦", 'creator:"Dickens"')
#: first years of the periods that lead into the catalogue
PERIODS = ((1, 1499), (1500, 1599), (1600, 1699), (1700, 1799), (1800, 1849), (1850, 1899), (1900, 1949), (1950, 2099))


async def home(request: web.Request) -> web.Response:
    """What the exchange holds, and how to begin."""
    exchange = request.app[EXCHANGE]
    visibility = await visibility_of(request)
    lines = await asyncio.to_thread(exchange.catalogue.institutions)
    health = await asyncio.to_thread(exchange.health)
    asked = SearchRequest(visibility=visibility, page_size=0, facets=("type", "level"))
    return await page(
        request,
        "public/home.html",
        institutions=[line for line in lines if line.records],
        health=health,
        answer=await counted(request, asked),
        examples=EXAMPLES,
        periods=PERIODS,
        levels=LEVELS,
        types=TYPES,
        structured=site_data(exchange.settings.title, origin_of(request, exchange.settings)),
    )
