"""Requests to a source that wants digests: its challenge is answered, and the next request answers it ahead.

What an answer is made of stands in `digests`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

import aiohttp
import msgspec
from aiohttp.client_middlewares import ClientHandlerType
from aiohttp.payload import Payload
from multidict import CIMultiDictProxy

from harvester.challenges import digest_challenge, parameters
from harvester.digests import Asked, Challenge, Nonces, Person, authorization, challenge_of

_AUTHORIZATION, _CHALLENGE, _INFORMATION = "Authorization", "WWW-Authenticate", "Authentication-Info"


def _own_nonce() -> str:
    return secrets.token_hex(16)


class Answering:
    """Sends the requests of one feed; each at most twice."""

    def __init__(self, person: Person, own_nonce: Callable[[], str] = _own_nonce) -> None:
        self._person, self._own_nonce = person, own_nonce
        self._challenge: Challenge | None = None
        self._nonces = Nonces(first="", current="", own="", count=0)

    async def __call__(self, request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        """Sends a request; once more where its answer is a challenge, which what was sent ahead did not meet."""
        answered = await self._sent(request, handler)
        if answered.status != 401 or not self._is_challenged(answered.headers):
            return answered
        # the feed has one connection, which the answer would hold
        answered.release()
        return await self._sent(request, handler)

    async def _sent(self, request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
        if self._challenge is not None:
            body = await request.body.as_bytes() if isinstance(request.body, Payload) else request.body
            asked = Asked(method=request.method, target=request.url.raw_path_qs, body=body)
            self._nonces = msgspec.structs.replace(self._nonces, count=self._nonces.count + 1)
            request.headers[_AUTHORIZATION] = authorization(self._challenge, self._person, asked, self._nonces)
        answered = await handler(request)
        following = parameters(answered.headers.get(_INFORMATION, "")).get("nextnonce")
        if following:
            self._nonces = msgspec.structs.replace(self._nonces, current=following, count=0)
        return answered

    def _is_challenged(self, headers: CIMultiDictProxy[str]) -> bool:
        """Takes the challenge of an answer, whatever else is offered beside it."""
        stated = digest_challenge(headers.getall(_CHALLENGE, ()))
        challenge = challenge_of(parameters(stated))
        if challenge is None:
            return False
        self._challenge = challenge
        self._nonces = Nonces(first=challenge.nonce, current=challenge.nonce, own=self._own_nonce(), count=0)
        return True
