"""A guarded GET: redirects followed, its body taken at once or piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp
import msgspec
from yarl import URL

from harvester.body import body_of
from harvester.egress import Session
from harvester.failures import MOST_REDIRECTS, RAISED, REDIRECTS, failure_of, following, status_failure
from harvester.pace import Pace
from harvester.retry import Failure
from harvester.settings import Limits


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer with its whole body."""

    #: where it came from, behind redirects
    address: str
    body: bytes
    charset: str | None


async def whole_answer(session: Session, target: str, limits: Limits) -> Answer | Failure:
    """The answer to a GET, if its status is 200."""
    try:
        async with asyncio.timeout(limits.page_seconds):
            opened = await open_answer(session, target, limits, {})
            if isinstance(opened, Failure):
                return opened
            async with opened:
                if opened.status != 200:
                    return failed_status(opened, session)
                return Answer(address=str(opened.url), body=await body_of(opened, limits), charset=opened.charset)
    except RAISED as error:
        return failure_of(error)


async def open_answer(
    session: Session, target: str, limits: Limits, headers: Mapping[str, str]
) -> aiohttp.ClientResponse | Failure:
    """The answer to a GET as it begins, whatever its status; its body may take as long as it goes on coming."""
    patience = aiohttp.ClientTimeout(sock_connect=limits.connect_seconds, sock_read=limits.first_byte_seconds)
    try:
        for _ in range(MOST_REDIRECTS + 1):
            url = URL(target, encoded=True)
            response = await session.get(url, headers=headers, timeout=patience)
            location = response.headers.get("Location")
            if response.status not in REDIRECTS or not location:
                return response
            response.release()
            led = following(target, location)
            if isinstance(led, Failure):
                session.refusals.note(led.reason)
                return led
            target = led
    except RAISED as error:
        return failure_of(error)
    return Failure(reason="redirect_loop")


def failed_status(response: aiohttp.ClientResponse, session: Session) -> Failure:
    """The failure that the status of an answer stands for."""
    return status_failure(response.status, response.headers.get("Retry-After"), session.shows)


def going_on(offset: int, validator: str) -> dict[str, str]:
    """Headers that ask for a file from a byte on, if it is still the same (RFC 9110, 13.1.5 and 14.2)."""
    return {"Range": f"bytes={offset}-", "If-Range": validator}


def begins_at(response: aiohttp.ClientResponse, offset: int) -> bool:
    """Whether an answer gives a file from that byte on."""
    return response.status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {offset}-")


def strong(etag: str) -> str:
    """A weak validator does not say that the bytes are the same (RFC 9110, 13.1.5): it is none."""
    return "" if etag.startswith("W/") else etag


class Stream:
    """A body that is taken piece by piece."""

    def __init__(self, response: aiohttp.ClientResponse, limits: Limits) -> None:
        self._response, self._limits, self._pace = response, limits, Pace(limits)

    async def take(self, size: int) -> bytes:
        """About `size` bytes more; empty at the end.

        raises  TimeoutError on silence, PayloadRefused where it trickles, aiohttp.ClientError where it ends early
        """
        taken = bytearray()
        while len(taken) < size:
            async with asyncio.timeout(self._limits.silence_seconds):
                chunk = await self._response.content.readany()
            if not chunk:
                break
            self._pace.came(len(chunk))
            taken += chunk
        return bytes(taken)

    def close(self) -> None:
        """Gives the connection up."""
        self._response.close()
