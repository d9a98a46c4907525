"""Awkward peers that need more than a page: names, certificates, two servers, a process that dies (rows 48 to 115)."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from yarl import URL

from federation.pipeline.harvest import harvest_feed
from federation.storage import raw_records
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from harvester.egress import session
from harvester.feeds import Feed
from harvester.oaipmh.client import fetch_page
from harvester.oaipmh.requests import IDENTIFY
from harvester.retry import Failure, Stop, decide
from harvester.settings import Limits
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, held, last_run, parse
from tests.peers.awkward.peer import Asked, Behaviour, Peer, Said, serving
from tests.peers.certificates import certificate
from tests.peers.courteous.repository import Repository, items, page
from tests.peers.courteous.repository import serving as courteous

INSIDE = ("127.0.0.0/8", "::1/128")


async def test_48_a_name_that_is_not_found_once_costs_one_try(embedded: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    known = socket.getaddrinfo

    def found_the_second_time(host: str, *more: Any, **named: Any) -> object:
        if host != "peer.invalid":
            return known(host, *more, **named)
        asked.append(host)
        if len(asked) == 1:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known("127.0.0.1", *more, **named)

    monkeypatch.setattr("socket.getaddrinfo", found_the_second_time)
    repository = Repository(items())
    async with courteous(repository) as url:
        feed = add_feed(embedded, url.replace("127.0.0.1", "peer.invalid"))
        await harvest_feed(embedded, feed, parse=parse, clock=PatientClock(), user_agent="test")
    assert (last_run(embedded).verdict, len(repository.asked)) == ("complete", 6)


@pytest.mark.parametrize("name", ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost"])
async def test_62_a_redirect_to_the_inside_is_not_followed(name: str, embedded: Store) -> None:
    canary = Repository(items())
    async with courteous(canary) as inside:
        target = inside.replace("127.0.0.1", name)

        def led_inside(asked: Asked) -> Said:
            return web.Response(status=302, headers={"Location": target})

        async with serving(Peer(Behaviour(name="62", instead=led_inside)), host="127.0.0.2") as url:
            named = {"networks": ("127.0.0.2/32",), "ports": (URL(inside).port or 0,)}
            feed = msgspec.structs.replace(add_feed(embedded, url), **named)
            await harvest_feed(embedded, feed, parse=parse, clock=PatientClock(), user_agent="test")
    assert (last_run(embedded).verdict, last_run(embedded).reason) == ("blocked", "address_refused")
    assert canary.asked == []


async def test_67_another_host_gets_every_argument_and_nothing_that_was_for_the_first(embedded: Store) -> None:
    there = Peer(Behaviour(name="67"))
    async with serving(there, host="127.0.0.3") as target:

        def elsewhere(asked: Asked) -> Said:
            return web.Response(status=302, headers={"Location": target})

        here = Peer(Behaviour(name="67", instead=elsewhere, base_query="?key=secret"))
        async with serving(here, host="127.0.0.2") as url:
            feed = msgspec.structs.replace(add_feed(embedded, url), ports=(URL(target).port or 0,))
            await _harvested(embedded, feed)
    assert (last_run(embedded).verdict, len(held(embedded))) == ("complete", 120)
    assert [asked["key"] for asked in here.asked] == ["secret"] * 6
    assert [sorted(asked) for asked in there.asked] == [["metadataPrefix", "verb"]] + [["resumptionToken", "verb"]] * 5


async def test_115_a_record_of_two_sets_with_other_words_in_each_is_held_once_and_flagged(store: Store) -> None:
    first = items(60, deleted_every=1_000)
    second = [replace(each, title=f"Other {each.title}") for each in first[50:]] + items(110, deleted_every=1_000)[60:]

    def of_set(asked: Asked) -> Said:
        wanted = {"one": first, "two": second}.get(asked.query.get("set", ""))
        return asked.repository.listed(wanted, "", len(wanted), verb=asked.query["verb"]) if wanted else None

    async with serving(Peer(Behaviour(name="115", instead=of_set))) as url:
        feed = msgspec.structs.replace(add_feed(store, url), set_specs=("one", "two"))
        await _harvested(store, feed)
    assert (last_run(store).verdict, len(held(store))) == ("complete", 110)
    with store.reading() as connection:
        stored = [each.raw for each in raw_records.of_feed(connection, "k", 0, 200)]
    flagged = [raw for raw in stored if "identifier_repeated" in [issue.code for issue in raw.repairs]]
    assert [raw.identifier for raw in flagged] == [each.identifier for each in first[50:]]
    assert all("Other" in raw.payload for raw in flagged)


async def test_90_a_token_that_dies_with_its_client_is_asked_anew_by_date(store: Store) -> None:
    hanging, dead = asyncio.Event(), ["|60"]

    async def of_one_client(asked: Asked) -> Said:
        if asked.token not in dead:
            return None
        if not hanging.is_set():
            hanging.set()
            await asyncio.sleep(60)
        dead.clear()
        return page('<error code="badResumptionToken"/>')

    peer = Peer(Behaviour(name="90", instead=of_one_client))
    async with serving(peer) as url:
        feed = add_feed(store, url)
        first = asyncio.create_task(_harvested(store, feed))
        await hanging.wait()
        first.cancel()
        await asyncio.wait((first,))
        assert (last_run(store).state, len(held(store))) == ("running", 60)
        await _harvested(store, feed)
    assert (last_run(store).verdict, len(held(store))) == ("complete", 120)
    assert [asked["from"] for asked in peer.asked if "from" in asked] == ["2020-03-04"]


async def _harvested(store: Store, feed: StoredFeed) -> None:
    await harvest_feed(store, feed, parse=parse, clock=PatientClock(), user_agent="test")


@pytest.mark.parametrize(
    ("host", "days", "trusted", "reason"),
    [
        ("localhost", -1, True, "certificate_expired"),
        ("elsewhere.example", 30, True, "certificate_of_another_host"),
        ("localhost", 30, False, "certificate_untrusted"),
    ],
    ids=["59 expired", "60 of another host", "that nobody vouches for"],
)
async def test_a_certificate_is_always_verified(
    host: str, days: int, trusted: bool, reason: str, tmp_path: Path
) -> None:
    made, key = certificate(host, days)
    (tmp_path / "cert").write_bytes(made)
    (tmp_path / "key").write_bytes(key)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    trusting = ssl.create_default_context(cadata=made.decode() if trusted else None)
    peer, clock = Peer(Behaviour(name="59")), PatientClock()
    async with serving(peer, tls=served) as url:
        feed = Feed(key="k", base_url=url.replace("127.0.0.1", "localhost"), metadata_prefix="oai_dc", networks=INSIDE)
        async with session(feed, user_agent="test", tls=trusting) as connections:
            told = await fetch_page(feed, IDENTIFY, session=connections, parser=parse, clock=clock, limits=Limits())
    assert isinstance(told, Failure)
    assert decide(told, 0, Limits(), clock.now()) == Stop(reason=reason)
    assert peer.asked == []
