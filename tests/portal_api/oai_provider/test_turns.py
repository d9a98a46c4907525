"""How often one client may ask, and what it is told if it asks too much."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from federation.storage.engine import Store
from portal_api.oai_provider import turns
from portal_api.oai_provider.turns import Crowded, TurnRules, Turns, client_of
from portal_api.settings import PortalSettings
from tests.portal_api.oai_provider.exported import AUTHORITY, Clock, open_store, serving

FAST = TurnRules(per_second=1_000_000, at_once=2, patience_seconds=60)


async def test_a_client_that_asks_one_after_the_other_is_paced_and_never_refused() -> None:
    rules = TurnRules(per_second=50, at_once=2)
    allowed, loop = Turns(rules), asyncio.get_running_loop()
    begun = loop.time()
    for _ in range(60):
        async with allowed.turn("192.0.2.1"):
            pass
    assert loop.time() - begun >= 9 / 50


async def test_one_request_waits_for_a_place_and_more_are_refused() -> None:
    allowed, done = Turns(FAST), asyncio.Event()

    async def ask() -> None:
        async with allowed.turn("192.0.2.1"):
            await done.wait()

    async with asyncio.TaskGroup() as asking:
        answers = [asking.create_task(ask()) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Crowded):
            await ask()
        async with allowed.turn("192.0.2.2"):
            done.set()
    assert all(each.done() for each in answers)


async def test_who_cannot_be_answered_in_time_is_refused_and_takes_no_place() -> None:
    allowed = Turns(TurnRules(per_second=1, at_once=2, patience_seconds=0.01))
    async with allowed.turn("192.0.2.1"):
        pass
    for _ in range(3):
        with pytest.raises(Crowded):
            async with allowed.turn("192.0.2.1"):
                pass
    async with allowed.turn("192.0.2.2"), allowed.turn("192.0.2.3"):
        pass


async def test_clients_that_owe_nothing_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "KEPT", 10)
    now = 0.0
    allowed = Turns(FAST, clock=lambda: now)
    for number in range(25):
        now += 5
        async with allowed.turn(f"192.0.2.{number}"):
            assert len(allowed._clients) <= 10


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1%eth0", "2001:db8::/64"),
        ("", "unknown"),
    ],
)
def test_what_counts_as_one_client(address: str, client: str) -> None:
    assert client_of(address) == client


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = open_store(tmp_path, Clock())
    yield store
    store.close()


async def _statuses(url: str, requests: int) -> list[tuple[int, str]]:
    """Status and Retry-After of so many requests at once."""

    async def ask(session: aiohttp.ClientSession) -> tuple[int, str]:
        async with session.get(f"{url}?verb=Identify") as answer:
            return answer.status, answer.headers.get("Retry-After", "")

    async with aiohttp.ClientSession() as session:
        return await asyncio.gather(*[ask(session) for _ in range(requests)])


@pytest.mark.parametrize("path", ["", "/records", "/hosted/no", "/enriched/no"])
async def test_at_every_repository_a_crowd_is_told_when_to_come_again(store: Store, tmp_path: Path, path: str) -> None:
    settings = PortalSettings(authority=AUTHORITY, harvester_per_second=0.5)
    async with serving(store, tmp_path, settings=settings) as url:
        answers = await _statuses(url + path, 6)
    refused = [wait for status, wait in answers if status == 503]
    assert len(refused) >= 4
    assert all(wait.isdigit() and int(wait) > 0 for wait in refused)


async def test_listed_networks_may_ask_as_they_like(store: Store, tmp_path: Path) -> None:
    settings = PortalSettings(authority=AUTHORITY, harvester_per_second=0.5, harvester_networks=("127.0.0.1",))
    async with serving(store, tmp_path, settings=settings) as url:
        assert {status for status, _ in await _statuses(url, 12)} == {200}
