"""What a request brings of its sender: the session behind its cookie, and a form whose token is its own.

Every unsafe request needs the token of its session, or of the visitor's cookie before signing in, and an Origin of ours
(access chapter, 1). There is no list of exemptions.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from portal_api.auth.api_keys import Points, key_in
from portal_api.auth.form_tokens import check_form, form_token
from portal_api.errors import FormExpired, KeyAndCookie, TooLarge
from portal_api.exchange import EXCHANGE
from portal_api.http import cookies
from portal_api.http.origins import is_secure, own_origins
from portal_api.reader import ANYBODY, Reader

FORM_TOKEN = "form_token"
HEADER_TOKEN = "X-CSRF-Token"
#: a form of ours, or JSON in its place, is far smaller
LONGEST_FORM_BYTES = 64 * 1024
_CHUNK_BYTES = 1 << 20
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

READER: web.RequestKey[Reader] = web.RequestKey("reader", Reader)
#: what the request's key has left
POINTS: web.RequestKey[Points] = web.RequestKey("points", Points)
_VISITOR: web.RequestKey[str] = web.RequestKey("visitor", str)

Form = dict[str, str]


async def reader_of(request: web.Request) -> Reader:
    """Who asks, by key or by session; looked up once a request. Raises KeyInvalid, KeyAndCookie the first time."""
    if READER not in request:
        exchange, key = request.app[EXCHANGE], key_in(request.headers)
        # whoever is refused for a bad key is told so as anybody is
        request[READER] = ANYBODY
        if key is not None and session_cookie(request):
            raise KeyAndCookie
        if key is None:
            request[READER] = await asyncio.to_thread(exchange.gate.sessions.reader, session_cookie(request))
        else:
            request[READER] = await asyncio.to_thread(exchange.keys.reader, key)
    return request[READER]


def session_cookie(request: web.Request) -> str:
    """The session's cookie as the browser sent it, empty where it sent none."""
    return cookies.read(request, cookies.SESSION, secure=_secure(request))


async def read_form(request: web.Request, *, most_bytes: int = LONGEST_FORM_BYTES) -> Form:
    """The fields of a form, its token checked; of a field that is sent twice the first counts.

    raises   FormExpired, TooLarge
    """
    if (request.content_length or 0) > most_bytes:
        raise TooLarge(most_bytes)
    try:
        sent = await request.post()
    except web.HTTPRequestEntityTooLarge as error:
        raise TooLarge(most_bytes) from error
    except ValueError as error:
        raise FormExpired from error
    fields = {name: value for name, value in reversed(list(sent.items())) if isinstance(value, str)}
    check_token(request, fields.get(FORM_TOKEN, ""))
    return fields


async def read_body(request: web.Request, *, most_bytes: int = LONGEST_FORM_BYTES) -> bytes:
    """The body as it was sent; raises TooLarge."""
    return b"".join([piece async for piece in body_pieces(request, most_bytes=most_bytes)])


async def body_pieces(request: web.Request, *, most_bytes: int) -> AsyncIterator[bytes]:
    """The body piece by piece, for one that is too large to be held; raises TooLarge before the piece that exceeds."""
    left = most_bytes
    if (request.content_length or 0) > left:
        raise TooLarge(most_bytes)
    async for piece in request.content.iter_chunked(_CHUNK_BYTES):
        left -= len(piece)
        if left < 0:
            raise TooLarge(most_bytes)
        yield piece


def check_token(request: web.Request, sent: str) -> None:
    """Raises FormExpired unless the form's token, in a field or a header, is that of who sends it.

    A key is no cookie: no page of somebody else's can have a browser send it along.
    """
    if READER in request and request[READER].key:
        return
    token = request.headers.get(HEADER_TOKEN) or sent
    check_form(_own_cookie(request), token, request.headers, own_origins(request, request.app[EXCHANGE].settings))


def check_sender(request: web.Request) -> None:
    """Raises FormExpired where a browser sends this without the token of its form.

    A program sends neither cookies nor an Origin, so nobody else's page can have made it ask.
    """
    is_program = not any(name in request.headers for name in ("Cookie", "Origin", "Referer", "Sec-Fetch-Site"))
    if not is_program:
        check_token(request, "")


def token_for(request: web.Request) -> str:
    """A token for a form on the page that answers `request`; `keep_visitor` must see the answer."""
    own = _own_cookie(request) or request.get(_VISITOR, "")
    if not own:
        own = request[_VISITOR] = cookies.fresh_visitor()
    return form_token(own)


def keep_visitor(request: web.Request, response: web.StreamResponse) -> None:
    """Gives a visitor without a cookie the one that their form's token belongs to."""
    if _VISITOR in request:
        cookies.write(response, cookies.VISITOR, request[_VISITOR], secure=_secure(request))


def keep_session(request: web.Request, response: web.StreamResponse, cookie: str) -> None:
    """Sets the session's cookie; an empty one clears it."""
    cookies.write(response, cookies.SESSION, cookie, secure=_secure(request))


def _own_cookie(request: web.Request) -> str:
    return session_cookie(request) or cookies.read(request, cookies.VISITOR, secure=_secure(request))


def _secure(request: web.Request) -> bool:
    return is_secure(request, request.app[EXCHANGE].settings)
