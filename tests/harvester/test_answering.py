"""A source that wants digests is answered, request after request, on one connection."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from harvester.answering import Answering
from harvester.challenges import parameters
from harvester.digests import Person
from tests.peers.loopback import listening

PERSON = Person(username="bob", password="a secret: yes")
LONG = "x" * 500_000


class Guarded:
    """A source that believes digests alone, each of them once."""

    def __init__(self, stated: str, *, lasts: int = 1_000, gives_next: bool = False) -> None:
        """`lasts`: requests that a nonce is good for; `gives_next`: with each answer the nonce of the next request."""
        self.stated, self.lasts, self.gives_next = stated, lasts, gives_next
        self.asked, self.given, self.count = 0, 0, 0
        #: of a session, which begins with a challenge
        self.first = ""

    @property
    def nonce(self) -> str:
        return f"n{self.given}"

    def renew(self) -> None:
        self.given, self.count = self.given + 1, 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        said = parameters(request.headers.get("Authorization", ""))
        if not self.believes(said, request.method, request.raw_path, await request.read()):
            stale = ", stale=true" if said else ""
            self.renew()
            self.first = self.nonce
            challenge = f'Digest realm="peer", nonce="{self.nonce}", {self.stated}{stale}'.rstrip(", ")
            return web.Response(status=401, headers={"WWW-Authenticate": challenge}, text=LONG)
        if not self.gives_next:
            return web.Response(text="all")
        self.renew()
        return web.Response(text="all", headers={"Authentication-Info": f'nextnonce="{self.nonce}"'})

    def believes(self, said: dict[str, str], method: str, target: str, body: bytes) -> bool:
        if said.get("nonce") != self.nonce or said.get("uri") != target or self.count >= self.lasts:
            return False
        self.count += 1
        wants = parameters(self.stated)
        algorithm = wants.get("algorithm", "MD5").lower()

        def digest(*parts: str) -> str:
            return hashlib.new(algorithm.removesuffix("-sess").replace("-", ""), ":".join(parts).encode()).hexdigest()

        secret = digest(PERSON.username, "peer", PERSON.password)
        if algorithm.endswith("-sess"):
            secret = digest(secret, self.first, said["cnonce"])
        covered = (method, target, digest(body.decode())) if said.get("qop") == "auth-int" else (method, target)
        between = [self.nonce]
        if "qop" in wants:
            if said["nc"] != f"{self.count:08x}" or said["qop"] not in wants["qop"]:
                return False
            between += [said["nc"], said["cnonce"], said["qop"]]
        return bool(said["response"] == digest(secret, *between, digest(*covered)))


@asynccontextmanager
async def asking(guarded: Guarded, person: Person = PERSON) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    app = web.Application()
    app.router.add_route("*", "/oai", guarded.answer)
    connector = aiohttp.TCPConnector(limit=1)
    async with (
        listening(app) as url,
        aiohttp.ClientSession(connector=connector, middlewares=(Answering(person),)) as session,
    ):
        yield session, f"{url}/oai?verb=Identify&x=%26"


@pytest.mark.parametrize("qop", ["", 'qop="auth"', 'qop="auth,auth-int"', "qop=auth-int"])
@pytest.mark.parametrize("algorithm", ["", "MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512"])
async def test_a_challenge_is_answered_and_the_next_request_answers_it_ahead(algorithm: str, qop: str) -> None:
    named = f"algorithm={algorithm}" if algorithm else ""
    guarded = Guarded(", ".join(filter(None, [named, qop])))
    async with asking(guarded) as (session, url):
        for method in ("GET", "POST", "GET"):
            body = b"verb=ListSets" if method == "POST" else None
            async with session.request(method, url, data=body) as answered:
                assert (answered.status, await answered.text()) == (200, "all")
    assert guarded.asked == 4, "the first request alone was challenged"


async def test_a_nonce_that_is_stale_is_answered_anew() -> None:
    guarded = Guarded("qop=auth, algorithm=SHA-256", lasts=2)
    async with asking(guarded) as (session, url):
        for _ in range(6):
            async with session.get(url) as answered:
                assert answered.status == 200
    assert guarded.asked == 9


@pytest.mark.parametrize("algorithm", ["SHA-256", "SHA-256-sess"])
async def test_the_nonce_that_an_answer_names_is_the_next(algorithm: str) -> None:
    guarded = Guarded(f"qop=auth, algorithm={algorithm}", lasts=1, gives_next=True)
    async with asking(guarded) as (session, url):
        for _ in range(6):
            async with session.get(url) as answered:
                assert answered.status == 200
    assert guarded.asked == 7


async def test_a_wrong_password_is_tried_no_more_than_once() -> None:
    guarded = Guarded("qop=auth")
    other = Person(username="bob", password="other")
    async with asking(guarded, other) as (session, url), session.get(url) as answered:
        assert (answered.status, len(await answered.text())) == (401, len(LONG))
    assert guarded.asked == 2


async def test_another_401_is_no_challenge() -> None:
    async with asking(Guarded("qop=other")) as (session, url), session.get(url) as answered:
        assert (answered.status, len(await answered.text())) == (401, len(LONG))
