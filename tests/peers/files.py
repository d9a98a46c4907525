"""A loopback server of one file: validators, ranges, and connections that break in the midst of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.peers.loopback import listening


def _at_once() -> asyncio.Event:
    coming = asyncio.Event()
    coming.set()
    return coming


@dataclass
class FileServer:
    """What is served, and how."""

    body: bytes
    #: bytes after which each connection breaks; None = none does
    breaks_after: int | None = None
    ranges: bool = True
    validators: bool = True
    #: set once the first half of an answer is sent
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    #: set once the second half of an answer may come
    rest: asyncio.Event = field(default_factory=_at_once)
    #: statuses that are answered first, one a request
    statuses: list[int] = field(default_factory=list)
    #: headers of every request, in order
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def etag(self) -> str:
        """Of the file as it is now."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answers one request."""
        self.asked.append(dict(request.headers))
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        if self.validators and request.headers.get("If-None-Match") == self.etag:
            return web.Response(status=304)
        start = self._start(request)
        response = web.StreamResponse(status=206 if start else 200)
        response.content_length = len(self.body) - start
        if self.validators:
            response.headers["ETag"] = self.etag
        if start:
            response.headers["Content-Range"] = f"bytes {start}-{len(self.body) - 1}/{len(self.body)}"
        await response.prepare(request)
        end = len(self.body) if self.breaks_after is None else min(start + self.breaks_after, len(self.body))
        middle = (start + end) // 2
        await response.write(self.body[start:middle])
        self.begun.set()
        await self.rest.wait()
        await response.write(self.body[middle:end])
        if end < len(self.body) and request.transport is not None:
            request.transport.close()
        return response

    def _start(self, request: web.Request) -> int:
        asked = request.headers.get("Range", "")
        same = request.headers.get("If-Range") == self.etag
        return int(asked.removeprefix("bytes=").rstrip("-")) if asked and same and self.ranges else 0


@asynccontextmanager
async def serving_file(server: FileServer) -> AsyncIterator[str]:
    """The address of the file while the block runs."""
    app = web.Application()
    app.router.add_get("/catalogue.xml", server.handle)
    async with listening(app) as root:
        yield f"{root}/catalogue.xml"
