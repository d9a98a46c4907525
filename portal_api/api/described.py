"""`GET /api/v1/openapi.json`: the API told to programs, in OpenAPI 3.1."""

from __future__ import annotations

from aiohttp import web

from portal_api.api.catalogue import answered
from portal_api.http.openapi import OPENAPI
from portal_api.http.parameters import NoParameters
from portal_api.pages.public.asking import strict


async def openapi(request: web.Request) -> web.Response:
    """This description: every address with its parameters, bodies, answers and problems."""
    strict(request, NoParameters)
    return answered(request, request.app[OPENAPI]())
