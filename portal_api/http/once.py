"""`Idempotency-Key`: a request that is sent again with its key has the answer of the first, and one effect.

The same key with another address, other parameters or another body is refused; so is one whose first request is still
under way (draft-ietf-httpapi-idempotency-key-header). A key is its sender's own, and is kept for 24 hours.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from federation.storage import repeated_requests
from federation.storage.repeated_requests import KEPT, Answered, Asked
from portal_api.auth.requests import reader_of
from portal_api.errors import AlreadyRunning, BodyDiffers, ParameterFault, ParametersInvalid
from portal_api.exchange import EXCHANGE

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
#: of an answer, what a repetition has too
_HEADERS = ("Content-Type", "Location", "ETag", "Cache-Control")


async def once(
    request: web.Request, body_sha256: str, act: Callable[[], Awaitable[web.Response]], *, asker: str = ""
) -> web.Response:
    """What `act` answers, or what it answered to the same request before; without the header it is simply done.

    body_sha256   of the body, in hexadecimal
    asker         who asks, where that is nobody with an account
    raises        ParametersInvalid, BodyDiffers, AlreadyRunning; what `act` raises, which is not kept
    """
    if HEADER not in request.headers:
        return await act()
    store = request.app[EXCHANGE].store
    asked = Asked(
        asker=(await reader_of(request)).account or asker, key=_key(request), sha256=_digest(request, body_sha256)
    )
    known = await asyncio.to_thread(repeated_requests.take, store, asked)
    if known is not None:
        return _again(known, asked)
    try:
        answer = await act()
    except BaseException:
        await asyncio.shield(asyncio.to_thread(repeated_requests.give_back, store, asked))
        raise
    await asyncio.shield(asyncio.to_thread(repeated_requests.keep, store, asked, _answered(answer, asked)))
    return answer


def digest_of(body: bytes) -> str:
    """Of a body that is held."""
    return hashlib.sha256(body).hexdigest()


def _key(request: web.Request) -> str:
    sent = request.headers.getall(HEADER)
    # a string of RFC 8941 stands in quotes; many programs send it without
    key = sent[0].strip().removeprefix('"').removesuffix('"')
    if len(sent) > 1 or not _KEY.fullmatch(key):
        detail = f"{HEADER}: expected one key of 1 to 255 characters of ASCII without white space, such as a UUID"
        raise ParametersInvalid([ParameterFault(parameter=HEADER, code="parameter-invalid", detail=detail)])
    return key


def _digest(request: web.Request, body_sha256: str) -> str:
    return digest_of(f"{request.method} {request.rel_url.raw_path_qs}\n{body_sha256}".encode())


def _again(known: Answered, asked: Asked) -> web.Response:
    if known.sha256 != asked.sha256:
        raise BodyDiffers(HEADER, int(KEPT.total_seconds()) // 3600)
    if known.status is None:
        raise AlreadyRunning(HEADER)
    return web.Response(status=known.status, headers=msgspec.json.decode(known.headers), body=known.body)


def _answered(answer: web.Response, asked: Asked) -> Answered:
    headers = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
    body = answer.body if isinstance(answer.body, bytes) else b""
    return Answered(sha256=asked.sha256, status=answer.status, headers=msgspec.json.encode(headers).decode(), body=body)
