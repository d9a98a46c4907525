"""A permanent redirect to https is learned; one to elsewhere is proposed, and followed only for the answer in hand."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from federation.storage import feeds
from federation.storage.engine import Store
from harvester.egress import session
from harvester.feeds import Feed, Lesson, Profile
from harvester.oaipmh.client import Fetched, fetch_page
from harvester.oaipmh.requests import IDENTIFY
from harvester.redirects import asked_at, proposed, secured, taught, without, without_secure
from harvester.settings import Limits
from tests.federation.pipeline.test_harvest import PatientClock, parse
from tests.harvester.days import harvested_daily
from tests.harvester.test_awkward import held_of
from tests.peers.awkward.peer import Asked, Behaviour, Peer, Said, serving
from tests.peers.certificates import certificate


def feed_at(base_url: str, *ports: int | None, **taught: str) -> Feed:
    return Feed(
        key="k",
        base_url=base_url,
        metadata_prefix="oai_dc",
        networks=("127.0.0.0/8",),
        ports=tuple(filter(None, ports)),
        profile=Profile(**taught),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("base_url", "moved_to", "learned"),
    [
        ("http://a.example/oai", "https://a.example/oai", {"secure_url": "https://a.example/oai", "moved_to": ""}),
        ("http://a.example", "https://a.example/", {"secure_url": "https://a.example/", "moved_to": ""}),
        ("http://a.example/oai", "https://b.example/oai", {"moved_to": "https://b.example/oai"}),
        ("http://a.example/oai", "https://a.example/oai/request", {"moved_to": "https://a.example/oai/request"}),
        ("https://a.example/oai", "https://a.example/oai2", {"moved_to": "https://a.example/oai2"}),
        ("http://a.example/oai", "", {"moved_to": ""}),
        ("http://a.example/oai", "https://me:secret@b.example/oai", {}),
    ],
)
def test_the_same_address_over_https_is_learned_and_any_other_proposed(
    base_url: str, moved_to: str, learned: dict[str, object]
) -> None:
    assert taught(feed_at(base_url), moved_to) == learned


def test_what_was_learned_of_another_address_is_forgotten_with_it() -> None:
    secure = "https://a.example/oai"
    assert asked_at(feed_at("http://a.example/oai", secure_url=secure)) == secure
    assert asked_at(feed_at("http://b.example/oai", secure_url=secure)) == "http://b.example/oai"
    assert proposed("https://b.example/oai", Profile(moved_to="https://b.example/oai")) == ""


def test_only_https_is_forgotten_where_a_person_takes_it_back() -> None:
    lessons = tuple(Lesson(name=name, run=1, page=1) for name in ("secure_url", "charset"))
    taught = Profile(secure_url="https://a.example/oai", charset="utf-8", lessons=lessons)
    assert secured("http://a.example/oai", taught) == "https://a.example/oai"
    assert secured("http://b.example/oai", taught) == ""
    assert without_secure(taught) == Profile(charset="utf-8", lessons=lessons[1:])


def test_the_arguments_of_the_protocol_are_no_part_of_an_address() -> None:
    led = "https://a.example/oai?key=1&verb=Identify#x"
    assert without(led, ("verb",)) == "https://a.example/oai?key=1"


@asynccontextmanager
async def over_tls(tmp_path: Path, peer: Peer) -> AsyncIterator[tuple[str, ssl.SSLContext]]:
    """The peer over https, and whom to believe about its certificate."""
    found, key = certificate("127.0.0.1", 30)
    for name, body in (("cert", found), ("key", key)):
        (tmp_path / name).write_bytes(body)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    believed = ssl.create_default_context(cadata=found.decode())
    async with serving(peer, tls=ours) as url:
        yield url, believed


@pytest.mark.parametrize(("status", "is_learned"), [(301, True), (308, True), (302, False), (307, False)])
async def test_https_is_asked_once_it_was_learned(tmp_path: Path, status: int, is_learned: bool) -> None:
    async with over_tls(tmp_path, Peer(Behaviour(name="secure"))) as (secure, believed):

        def led(asked: Asked) -> Said:
            location = f"{secure}?{asked.request.query_string}"
            return web.Response(status=status, headers={"Location": location})

        plain = Peer(Behaviour(name="plain", instead=led))
        async with serving(plain) as url:
            feed = feed_at(url, URL(secure).port)
            async with session(feed, user_agent="test", tls=believed) as connections:
                for _ in range(2):
                    found = await fetch_page(
                        feed, IDENTIFY, session=connections, parser=parse, clock=PatientClock(), limits=Limits()
                    )
                    assert isinstance(found, Fetched)
                    learned = taught(feed, found.moved_to)
                    feed = feed_at(url, URL(secure).port, **{name: str(value) for name, value in learned.items()})
    assert len(plain.asked) == (1 if is_learned else 2)


async def test_a_move_is_proposed_until_it_is_taken_back(embedded: Store) -> None:
    there, gone = Peer(Behaviour(name="there")), [301]
    async with serving(there, host="127.0.0.3") as target:

        def elsewhere(asked: Asked) -> Said:
            location = f"{target}?{asked.request.query_string}"
            return web.Response(status=gone[0], headers={"Location": location}) if gone else None

        async with harvested_daily(embedded, Behaviour(name="here", instead=elsewhere)) as days:

            def notice() -> str:
                with days.store.reading() as connection:
                    feed = feeds.get(connection, "k")
                assert feed is not None
                return proposed(feed.base_url, feed.profile)

            with days.store.transaction() as tx:
                tx.connection.execute(feeds.feed.update().values(ports=(URL(target).port or 0,)))
            assert (await days.day(0)).verdict == "complete"
            assert len(held_of(days.store)) == 120
            assert notice() == target
            asked = len(days.peer.asked)
            await days.day(1)
            assert len(days.peer.asked) > asked
            gone[:] = [302]
            await days.day(2)
            assert notice() == ""
