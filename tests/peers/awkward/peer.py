"""An awkward peer: a courteous repository, one way in which it is not, and what a harvest must make of that."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tests.peers.courteous.repository import Repository, items

RECORDS = 120


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What a harvest of the peer ends with."""

    verdict: str = "complete"
    #: evidence of a complete run, reason of any other; empty = whichever
    reason: str = ""
    held: int = RECORDS
    missing: int = 0
    #: records that are not `strict`, by quality
    touched: dict[str, int] = field(default_factory=dict)
    most_requests: int = 15
    #: the title that a record must have, where its text is the point
    title: tuple[str, str] | None = None


#: (what the courteous repository would say, number of the request from 1) -> what is said
Spoil = Callable[[bytes, int], bytes]
#: (request, its number) -> an answer instead, or None
Instead = Callable[[web.Request, int], web.StreamResponse | None]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One row of the list of awkward peers."""

    name: str
    expected: Expectation
    spoil: Spoil = lambda body, number: body
    instead: Instead = lambda request, number: None
    content_type: str = "text/xml"


@dataclass
class Peer:
    """Serves 120 records in pages of 20, six of them tombstones, as its behaviour has it."""

    behaviour: Behaviour
    repository: Repository = field(default_factory=lambda: Repository(items(RECORDS)))
    requests: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        self.requests += 1
        instead = self.behaviour.instead(request, self.requests)
        if instead is not None:
            return instead
        said = await self.repository.answer(request)
        body = self.behaviour.spoil((said.text or "").encode(), self.requests)
        return web.Response(body=body, headers={"Content-Type": self.behaviour.content_type})


@asynccontextmanager
async def serving(peer: Peer, port: int = 0) -> AsyncIterator[str]:
    """The peer's base URL while the block runs."""
    app = web.Application()
    app.router.add_get("/oai", peer.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/oai"
    finally:
        await runner.cleanup()
