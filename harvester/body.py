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
#: first byte of a zlib stream with the usual window (RFC 1950, 2.2), which HTTP calls `deflate`
_ZLIB = 0x78
#: the bit of its second byte that asks for a preset dictionary, of which HTTP knows none
_DICTIONARY = 0x20
#: bytes of a body within which it may turn out to be text, although it begins as a zlib stream does
_DOUBTFUL = 1 << 16
#: either of them
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
#: gzip members in one body
MOST_MEMBERS = 64
#: compressed bytes below which the ratio says nothing
_SMALL = 1 << 16


class Body:
    """Collects chunks; knows gzip and deflate by their first bytes, whatever the headers say.

    sent_bytes  how much was sent for what it is fed, where that is something else: what was packed inside of a packing
    """

    def __init__(self, limits: Limits, *, sent_bytes: int = 0) -> None:
        self._limits = limits
        self._sent_bytes = sent_bytes
        self._head = b""
        self._packed: bool | None = None
        self._inflater = zlib.decompressobj(wbits=_GZIP_OR_ZLIB)
        self._parts: list[bytes] = []
        #: what came of a zlib stream, as long as it may turn out to be text; else None
        self._raw: bytes | None = None
        self._members = 1
        self._taken = self._given = 0

    def feed(self, chunk: bytes) -> None:
        """Takes in what came; raises PayloadRefused once a limit is passed."""
        self._taken += len(chunk)
        if self._packed is None:
            self._head += chunk
            if len(self._head) < len(_GZIP):
                return
            chunk, self._head = self._head, b""
            self._packed = chunk.startswith(_GZIP) or _begins_as_zlib(chunk)
            self._raw = None if chunk.startswith(_GZIP) else b""
        if self._packed:
            self._unpack(chunk)
        else:
            self._keep(chunk)

    def whole(self) -> bytes:
        """All of it; raises PayloadRefused where it is packed and ended early."""
        if self._packed and not self._inflater.eof and self._raw and not self._given:
            return self._raw
        if self._packed and not self._inflater.eof:
            raise PayloadRefused("truncated", "expected the end of the packed body, found the end of the answer")
        whole = self._head + b"".join(self._parts)
        return self._unpacked_again(whole) if self._packed and whole.startswith(_GZIP) else whole

    def _unpacked_again(self, whole: bytes) -> bytes:
        """What a server packed and a proxy before it packed once more; a third packing is left as it is."""
        if self._sent_bytes:
            return whole
        inside = Body(self._limits, sent_bytes=self._taken)
        inside.feed(whole)
        return inside.whole()

    def _unpack(self, chunk: bytes) -> None:
        """Inflates what came; what begins as a zlib stream does and cannot be inflated is text, such as `x^2 + y`."""
        if self._raw is not None:
            self._raw = self._raw + chunk if self._taken <= _DOUBTFUL else None
        try:
            self._inflate(chunk)
        except PayloadRefused as refused:
            if self._raw is None or refused.reason != "truncated":
                raise
            self._packed, self._parts, self._given = False, [], 0
            self._keep(self._raw)

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
            raise PayloadRefused("truncated", f"expected gzip or deflate, found {error}") from error

    def _next_member(self) -> bytes:
        """What stands behind a member: another one, or padding, which is dropped."""
        rest = self._inflater.unused_data
        if not rest.startswith(_GZIP):
            return b""
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise PayloadRefused("oversize", f"expected at most {MOST_MEMBERS} gzip members")
        self._inflater = zlib.decompressobj(wbits=_GZIP_OR_ZLIB)
        return rest

    def _keep(self, part: bytes) -> None:
        self._given += len(part)
        if self._given > self._limits.page_bytes:
            raise PayloadRefused("oversize", f"expected at most {self._limits.page_bytes} bytes a page")
        sent = self._sent_bytes or self._taken
        if sent > _SMALL and self._given > sent * self._limits.ratio:
            raise PayloadRefused("oversize", f"expected at most {self._limits.ratio} bytes for each compressed one")
        self._parts.append(part)


def _begins_as_zlib(head: bytes) -> bool:
    """Whether a body begins as a zlib stream without a dictionary does, whose first two bytes are a multiple of 31."""
    return head[0] == _ZLIB and not head[1] & _DICTIONARY and int.from_bytes(head[:2]) % 31 == 0


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
