"""`GET /api/v1/feeds/{key}/find`: which stored records of a feed have a value at a path, as JSON."""

from __future__ import annotations

from aiohttp import web

from portal_api.api.administration import as_json
from portal_api.pages.admin.finding import FindParameters, found_raw
from portal_api.pages.public.asking import strict


async def find(request: web.Request) -> web.Response:
    """One part of the hits; `following` is the next part's `after`."""
    return as_json(await found_raw(request, strict(request, FindParameters)))
