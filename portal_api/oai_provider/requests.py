"""From an HTTP request to the arguments of OAI-PMH, and from an answer to an HTTP response (OAI-PMH 2.0, 3.1)."""

from __future__ import annotations

import asyncio
import gzip
from urllib.parse import parse_qsl

from aiohttp import web

from portal_api.oai_provider import envelope
from portal_api.oai_provider.arguments import Pairs
from portal_api.oai_provider.repositories import Repository
from portal_api.oai_provider.settings import ProviderSettings
from portal_api.oai_provider.verbs import answer

#: largest form that a POST may carry
FORM_BYTES = 16 * 1024
#: quick, and within a tenth of the best that gzip does for this text
_LEVEL = 1
_FORM = "application/x-www-form-urlencoded"


async def respond(request: web.Request, repository: Repository, settings: ProviderSettings) -> web.Response:
    """The answer of `repository` to a GET or a form POST; what stands in a body of another type is not read."""
    pairs = await _pairs(request)
    wants_gzip = "gzip" in request.headers.get("Accept-Encoding", "").casefold()
    body = await asyncio.to_thread(_packed_answer if wants_gzip else _plain_answer, pairs, repository, settings)
    headers = {"Content-Type": envelope.MEDIA_TYPE, "Vary": "Accept-Encoding", "Cache-Control": "no-store"}
    if wants_gzip:
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, headers=headers)


def _plain_answer(pairs: Pairs, repository: Repository, settings: ProviderSettings) -> bytes:
    return answer(pairs, repository, settings).encode("utf-8", "replace")


def _packed_answer(pairs: Pairs, repository: Repository, settings: ProviderSettings) -> bytes:
    return packed(_plain_answer(pairs, repository, settings))


def packed(body: bytes) -> bytes:
    """`body` in gzip."""
    return gzip.compress(body, _LEVEL, mtime=0)


async def _pairs(request: web.Request) -> Pairs:
    query = request.rel_url.raw_query_string
    if request.method == "POST" and request.content_type == _FORM:
        form = (await request.read()).decode("ascii", "replace")
        query = f"{query}&{form}" if query else form
    return parse_qsl(query, keep_blank_values=True, max_num_fields=None)
