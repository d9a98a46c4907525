"""A response's body, decompressed while it streams and cut off at its limits."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator

import aiohttp

from harvester.errors import PayloadRefused
from harvester.pace import Pace
from harvester.settings import Limits

_GZIP = b"\x1f\x8b"
#: gzip members in one body
MOST_MEMBERS = 64
#: compressed bytes below which the ratio says nothing
_SMALL = 1 << 16


class Body:
    """Collects chunks; knows gzip by its magic bytes, whatever the headers say."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._head = b""
        self._gzip: bool | None = None
        self._inflater = zlib.decompressobj(wbits=31)
        self._parts: list[bytes] = []
        self._members = 1
        self._taken = self._given = 0

    def feed(self, chunk: bytes) -> None:
        """Takes in what came; raises PayloadRefused once a limit is passed."""
        self._taken += len(chunk)
        if self._gzip is None:
            self._head += chunk
            if len(self._head) < len(_GZIP):
                return
            chunk, self._head = self._head, b""
            self._gzip = chunk.startswith(_GZIP)
        if self._gzip:
            self._inflate(chunk)
        else:
            self._keep(chunk)

    def whole(self) -> bytes:
        """All of it; raises PayloadRefused where gzip ended early."""
        if self._gzip and not self._inflater.eof:
            raise PayloadRefused("truncated", "expected the end of the gzip body, found the end of the answer")
        return self._head + b"".join(self._parts)

    def _inflate(self, chunk: bytes) -> None:
        while chunk:
            room = self._limits.page_bytes - self._given + 1
            self._keep(self._decompressed(chunk, room))
            chunk = self._inflater.unconsumed_tail
            if self._inflater.eof:
                chunk = self._next_member()

    def _decompressed(self, chunk: bytes, room: int) -> bytes:
        try:
            return self._inflater.decompress(chunk, room)
        except zlib.error as error:
            raise PayloadRefused("truncated", f"expected gzip, found {error}") from error

    def _next_member(self) -> bytes:
        """What stands behind a member: another one, or padding, which is dropped."""
        rest = self._inflater.unused_data
        if not rest.startswith(_GZIP):
            return b""
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise PayloadRefused("oversize", f"expected at most {MOST_MEMBERS} gzip members")
        self._inflater = zlib.decompressobj(wbits=31)
        return rest

    def _keep(self, part: bytes) -> None:
        self._given += len(part)
        if self._given > self._limits.page_bytes:
            raise PayloadRefused("oversize", f"expected at most {self._limits.page_bytes} bytes a page")
        if self._taken > _SMALL and self._given > self._taken * self._limits.ratio:
            raise PayloadRefused("oversize", f"expected at most {self._limits.ratio} bytes for each compressed one")
        self._parts.append(part)


async def read_body(chunks: AsyncIterator[bytes], limits: Limits) -> bytes:
    """The whole body of `chunks`."""
    body = Body(limits)
    async for chunk in chunks:
        body.feed(chunk)
    return body.whole()


async def body_of(response: aiohttp.ClientResponse, limits: Limits) -> bytes:
    """The whole body of an answer; raises TimeoutError on silence, PayloadRefused over a limit."""
    async with asyncio.timeout(limits.silence_seconds) as silence:
        return await read_body(_steady(response.content, limits, silence), limits)


async def _steady(content: aiohttp.StreamReader, limits: Limits, silence: asyncio.Timeout) -> AsyncIterator[bytes]:
    """The chunks of a body, each of which puts off the end of patience; raises PayloadRefused where they trickle."""
    loop, pace = asyncio.get_running_loop(), Pace(limits)
    async for chunk in content.iter_any():
        silence.reschedule(loop.time() + limits.silence_seconds)
        pace.came(len(chunk))
        yield chunk
