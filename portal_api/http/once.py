"""`Idempotency-Key`: a request that is sent again with its key has one effect, and is told of it again.

It is told as things stand now, to whoever may see them now: no answer is kept. The same key with another address, other
parameters or another body is refused; so is one whose first request is still under way
(draft-ietf-httpapi-idempotency-key-header). A key is its sender's own, and is kept for 24 hours: of one account each
session, each key of a program and each institution acted for is a sender. Without an account the header says nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from federation.storage import repeated_requests
from federation.storage.engine import Store
from federation.storage.repeated_requests import KEPT, Asked, Note, Taken, unnoted
from federation.storage.transactions import Transaction
from portal_api.auth.requests import reader_of, session_cookie
from portal_api.errors import AlreadyRunning, BodyDiffers, ParameterFault, ParametersInvalid
from portal_api.exchange import EXCHANGE
from portal_api.reader import Reader

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


async def once(
    request: web.Request,
    body_sha256: str,
    act: Callable[[Note], Awaitable[str]],
    tell: Callable[[str], Awaitable[web.Response]],
) -> web.Response:
    """Acts, or does not where this request acted before, and tells of it; without the header it is simply done.

    body_sha256   of the body, in hexadecimal
    act           gives the name of what it made, and notes it in its own transaction unless it may well be done twice
    tell          the answer by that name, for the reader of now; refuses what they may not see
    raises        ParametersInvalid, BodyDiffers, AlreadyRunning; what `act` raises, which is not kept; as `tell`
    """
    reader = await reader_of(request)
    if HEADER not in request.headers or not reader.known:
        return await tell(await act(unnoted))
    asked = Asked(asker=_asker(request, reader), key=_key(request), sha256=_digest(request, body_sha256))
    return await tell(await _made(request.app[EXCHANGE].store, asked, act))


class _Noting:
    """Notes what an act made, in its transaction; one whose key is its own no longer is not committed."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.done = False

    def __call__(self, tx: Transaction, name: str) -> None:
        if not repeated_requests.note(tx, self._asked, name):
            raise AlreadyRunning(HEADER)
        self.done = True


async def _made(store: Store, asked: Asked, act: Callable[[Note], Awaitable[str]]) -> str:
    """The name of what was made, now or before."""
    known = await asyncio.to_thread(repeated_requests.take, store, asked)
    if known is not None:
        return _again(known, asked)
    noting = _Noting(asked)
    try:
        name = await act(noting)
    except Exception:
        # what was committed has noted itself, and stays
        await asyncio.shield(asyncio.to_thread(repeated_requests.give_back, store, asked))
        raise
    if not noting.done:
        await asyncio.shield(asyncio.to_thread(repeated_requests.keep, store, asked, name))
    return name


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


def _asker(request: web.Request, reader: Reader) -> str:
    by = reader.key or digest_of(session_cookie(request).encode())
    return repeated_requests.asker(reader.account, by, reader.acting_for)


def _again(known: Taken, asked: Asked) -> str:
    if known.sha256 != asked.sha256:
        raise BodyDiffers(HEADER, int(KEPT.total_seconds()) // 3600)
    if known.made is None:
        raise AlreadyRunning(HEADER)
    return known.made
