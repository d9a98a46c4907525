"""`/help/search`: what may be typed into the search box."""

from __future__ import annotations

from aiohttp import web

from portal_api.pages.render import page
from portal_api.views.search_help import SECTIONS


async def search_help(request: web.Request) -> web.Response:
    """The examples, each a link that tries it."""
    return await page(request, "public/search_help.html", sections=SECTIONS)
