"""Thirty spellings of addresses on the inside, each as it stands, by name, by redirect and by a name that turns."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from yarl import URL

from harvester.egress import session
from harvester.feeds import Feed
from harvester.oaipmh.client import Fetched, fetch_page
from harvester.oaipmh.requests import IDENTIFY
from harvester.retry import Failure
from harvester.settings import Limits
from tests.federation.pipeline.test_harvest import PatientClock, parse
from tests.peers.awkward.peer import Asked, Behaviour, Peer, Said
from tests.peers.awkward.peer import serving as at
from tests.peers.courteous.repository import Repository, items, serving

NAME, ALLOWED = "peer.example", "127.0.0.2"
#: hosts of this machine as somebody might write them into an address; the canary listens at 127.0.0.1
SPELLINGS = (
    *("127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "0177.0.0.1", "0x7f.0.0.1", "0x7f.1", "0x7f000001"),
    *("2130706433", "017700000001", "127.00.00.001", "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost."),
    *("%31%32%37.0.0.1", "１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1", "any:word@127.0.0.1"),
    *("[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),
    *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1:0:0:80ff:fffe]"),
)
Found = Fetched | Failure


@pytest.fixture(name="canary")
async def fixture_canary() -> AsyncIterator[tuple[Repository, int]]:
    """A repository that nobody may ask, and its port."""
    repository = Repository(items(3))
    async with serving(repository) as url:
        yield repository, URL(url).port or 0


async def fetched(url: str, *, networks: tuple[str, ...] = (), ports: tuple[int, ...] = ()) -> Found:
    """What a request brought."""
    feed = Feed(key="k", base_url=url, metadata_prefix="oai_dc", networks=networks, ports=ports)
    limits = Limits(connect_seconds=2.0, silence_seconds=2.0)
    async with session(feed, user_agent="test", limits=limits) as connections:
        return await fetch_page(feed, IDENTIFY, session=connections, parser=parse, clock=PatientClock(), limits=limits)


def _named(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    """The name leads to each of these in turn, and to the last from then on."""
    known, rest = socket.getaddrinfo, list(hosts)

    def found(host: str, *more: Any, **named: Any) -> object:
        if host != NAME:
            return known(host, *more, **named)
        return known(rest.pop(0) if len(rest) > 1 else rest[0], *more, **named)

    monkeypatch.setattr("socket.getaddrinfo", found)


def _bare(spelling: str) -> str:
    return spelling.rpartition("@")[2].strip("[]")


async def as_it_stands(spelling: str, port: int, _patch: pytest.MonkeyPatch) -> Found:
    return await fetched(f"http://{spelling}:{port}/oai")


async def by_name(spelling: str, port: int, patch: pytest.MonkeyPatch) -> Found:
    _named(patch, _bare(spelling))
    return await fetched(f"http://{NAME}:{port}/oai")


def _leading(location: str) -> Peer:
    def led(asked: Asked) -> Said:
        return web.Response(status=302, headers={"Location": location, "Connection": "close"})

    return Peer(Behaviour(name="leads inside", instead=led))


async def by_redirect(spelling: str, port: int, _patch: pytest.MonkeyPatch) -> Found:
    peer = _leading(f"http://{spelling}:{port}/oai")
    async with at(peer, host=ALLOWED) as url:
        found = await fetched(url, networks=(f"{ALLOWED}/32",), ports=(port,))
    assert len(peer.asked) == 1
    return found


async def by_a_name_that_turns(spelling: str, port: int, patch: pytest.MonkeyPatch) -> Found:
    """At first the name leads where the feed may go; the connection is not kept, so it is looked up again."""
    peer = _leading(f"http://{NAME}:{port}/oai")
    async with at(peer, host=ALLOWED) as url:
        _named(patch, ALLOWED, _bare(spelling))
        found = await fetched(url.replace(ALLOWED, NAME), networks=(f"{ALLOWED}/32",), ports=(port,))
    assert len(peer.asked) == 1
    return found


Way = Callable[[str, int, pytest.MonkeyPatch], Awaitable[Found]]


@pytest.mark.parametrize("way", [as_it_stands, by_name, by_redirect, by_a_name_that_turns])
@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_no_way_leads_to_the_inside(
    spelling: str, way: Way, canary: tuple[Repository, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    repository, port = canary
    found = await way(spelling, port, monkeypatch)
    assert isinstance(found, Failure)
    assert repository.asked == []


async def test_the_canary_sings_where_it_may(canary: tuple[Repository, int], monkeypatch: pytest.MonkeyPatch) -> None:
    repository, port = canary
    _named(monkeypatch, "127.0.0.1")
    assert isinstance(await fetched(f"http://{NAME}:{port}/oai", networks=("127.0.0.0/8",)), Fetched)
    assert len(repository.asked) == 1


def test_there_are_thirty_of_them() -> None:
    assert len(set(SPELLINGS)) == 30
