"""What tells programs of shapes: the API in OpenAPI 3.1, and the JSON Schema of a catalogue record."""

from __future__ import annotations

from aiohttp import web

from mappings.schema.published import json_schema
from portal_api.api.catalogue import answered
from portal_api.http.openapi import OPENAPI
from portal_api.http.parameters import NoParameters
from portal_api.pages.public.asking import strict


async def openapi(request: web.Request) -> web.Response:
    """This description: every address with its parameters, bodies, answers and problems."""
    strict(request, NoParameters)
    return answered(request, request.app[OPENAPI]())


async def record_schema(request: web.Request) -> web.Response:
    """The JSON Schema (2020-12) of a catalogue record, at the address that it names as its `$id`."""
    strict(request, NoParameters)
    return web.Response(body=json_schema(), content_type="application/schema+json")
