"""An awkward peer: a courteous repository, one way in which it is not, and what a harvest must make of that."""

from __future__ import annotations

import inspect
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from harvester.settings import Limits
from tests.peers.courteous.repository import Item, Repository, items

RECORDS = 120
#: short enough to wait for
LIMITS = Limits(silence_seconds=0.3, slow_seconds=0.4)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What a harvest of the peer ends with."""

    verdict: str = "complete"
    #: evidence of a complete run, reason of any other; empty = whichever
    reason: str = ""
    held: int = RECORDS
    missing: int = 0
    #: tombstones among what is held, where they are the point
    deleted: int | None = None
    #: records that are not `strict`, by quality
    touched: dict[str, int] = field(default_factory=dict)
    most_requests: int = 15
    #: identifier -> text that its record must hold, where its text is the point
    texts: dict[str, str] = field(default_factory=dict)
    #: codes of issues that some record must carry
    issues: frozenset[str] = frozenset()
    #: what is learned: fields of the profile that are not as they were at first, `page_seconds` apart
    learned: dict[str, object] = field(default_factory=dict)
    #: seconds that pass, at least and at most
    waits: tuple[float, float] = (0.0, float("inf"))


@dataclass
class Asked:
    """One request, as a peer takes it."""

    request: web.Request
    #: from 1
    number: int
    #: arguments by GET or POST; a behaviour may write them anew
    query: dict[str, str]
    peer: Peer

    @property
    def repository(self) -> Repository:
        """The courteous repository behind the peer."""
        return self.peer.repository

    @property
    def token(self) -> str:
        """The resumptionToken; empty where there is none."""
        return self.query.get("resumptionToken", "")

    @property
    def start(self) -> int:
        """Number of the first record that is asked for."""
        return int(self.token.rpartition("|")[2] or 0)

    @property
    def is_list(self) -> bool:
        """Whether a list is asked for."""
        return self.query.get("verb") in ("ListRecords", "ListIdentifiers")


#: (what the courteous repository would say, number of the request from 1) -> what is said
Spoil = Callable[[bytes, int], bytes]
#: an answer in place of the repository's, or None
Said = web.StreamResponse | None
Instead = Callable[[Asked], Said | Awaitable[Said]]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One row of the list of awkward peers."""

    name: str
    expected: Expectation = Expectation()
    spoil: Spoil = lambda body, number: body
    instead: Instead = lambda asked: None
    records: Sequence[Item] = tuple(items(RECORDS))
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml"})
    #: what stands behind the path of the base URL
    base_query: str = ""
    limits: Limits = LIMITS


@dataclass
class Peer:
    """Serves 120 records in pages of 20, six of them tombstones, as its behaviour has it."""

    behaviour: Behaviour
    #: lets so many seconds pass
    pass_time: Callable[[float], None] = lambda seconds: None
    repository: Repository = field(init=False)
    #: what was asked, and what a behaviour keeps in mind
    asked: list[dict[str, str]] = field(default_factory=list)
    memory: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.repository = Repository(self.behaviour.records)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        query = {str(name): str(value) for name, value in {**request.query, **await request.post()}.items()}
        self.asked.append(query)
        asked = Asked(request, len(self.asked), query, self)
        instead = self.behaviour.instead(asked)
        if inspect.isawaitable(instead):
            instead = await instead
        return instead or self.said(asked)

    def said(self, asked: Asked) -> web.Response:
        """The repository's answer, spoiled."""
        body = (self.repository.reply(asked.query).text or "").encode()
        return web.Response(body=self.behaviour.spoil(body, asked.number), headers=self.behaviour.headers)


@asynccontextmanager
async def serving(
    peer: Peer, port: int = 0, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """The peer's base URL while the block runs."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", peer.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        yield f"{'https' if tls else 'http'}://{host}:{runner.addresses[0][1]}/oai{peer.behaviour.base_query}"
    finally:
        await runner.cleanup()
