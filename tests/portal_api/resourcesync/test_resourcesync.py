"""A foreign destination of ResourceSync holds what `/oai` gives: the same items, bytes and tombstones."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import aiohttp
import pytest
from aiohttp import web

from federation.storage import export_history
from federation.storage.engine import Store
from portal_api.resourcesync import lists
from portal_api.resourcesync.routes import ResourceSync, add_routes
from portal_api.settings import PortalSettings
from tests.federation.linkage.records import catalogue_record
from tests.peers import resourcesync_client as destination
from tests.peers.loopback import listening
from tests.peers.resourcesync_client import Seen
from tests.portal_api.oai_provider.exported import AUTHORITY, Clock, offered, open_store, put, serving
from tests.portal_api.oai_provider.giving import giving

T = TypeVar("T")
ITEMS = 40


@asynccontextmanager
async def source(store: Store) -> AsyncIterator[str]:
    """The root of an exchange as a source."""
    app = web.Application()
    add_routes(app, ResourceSync(store, PortalSettings(authority=AUTHORITY)))
    async with listening(app) as root:
        yield root


@pytest.fixture(name="clock")
def fixture_clock() -> Clock:
    """A clock that is set."""
    return Clock()


@pytest.fixture(name="store")
async def fixture_store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    """Items of two institutions over two days, some of them deleted."""
    store = open_store(tmp_path, clock)
    for start in range(0, ITEMS, 5):
        put(store, [offered(f"c-{n}", f"Title {n} 中文", f"institution:{_holder(n)}") for n in range(start, start + 5)])
        clock.pass_seconds(1)
    clock.pass_seconds(24 * 3600)
    put(store, [offered("c-1", "Changed", "institution:hill"), *(offered(f"c-{n}", None) for n in (2, 3))])
    clock.pass_seconds()
    yield store
    store.close()


def _holder(number: int) -> str:
    return "hill" if number % 3 else "river"


async def asked(function: Callable[..., T], *arguments: object) -> T:
    return await asyncio.to_thread(function, *arguments)


async def bodies_of_oai(store: Store, folder: Path) -> dict[str, bytes | None]:
    """Item -> content of `<metadata>`, byte for byte; None for a tombstone."""
    query = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    async with (
        serving(store, folder) as url,
        aiohttp.ClientSession() as session,
        session.get(url, params=query) as answer,
    ):
        text = await answer.text()
    found: dict[str, bytes | None] = {}
    for record in re.findall("<record>(.*?)</record>", text, re.DOTALL):
        body = re.search("<metadata>(.*)</metadata>", record, re.DOTALL)
        item = re.findall("<identifier>([^<]*)</identifier>", record)[0].rpartition(":")[2]
        found[item] = body[1].encode() if body else None
    return found


def item_of(seen: Seen) -> str:
    return seen.address.rpartition("/")[2].removesuffix(".xml")


async def test_the_baseline_is_what_oai_gives_byte_for_byte(store: Store, tmp_path: Path) -> None:
    expected = await bodies_of_oai(store, tmp_path)
    async with source(store) as root:
        everything, *_ = await asked(destination.scopes, root)
        found = await asked(destination.baseline, everything)
        held = {item_of(seen): await asked(destination.fetched, seen) for seen in found}
    assert held == {item: body for item, body in expected.items() if body is not None}
    assert all(seen.sha256 for seen in found)


async def test_a_list_that_is_too_long_for_one_document_comes_in_parts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with source(store) as root:
        everything, *_ = await asked(destination.scopes, root)
        whole = await asked(destination.baseline, everything)
        changed = await asked(destination.changes, everything)
        monkeypatch.setattr(lists, "MOST_ENTRIES", 7)
        assert sorted(await asked(destination.baseline, everything)) == sorted(whole)
        assert sorted(await asked(destination.changes, everything)) == sorted(changed)
    assert len(whole) == ITEMS - 2


async def test_changes_are_told_in_order_with_what_they_were(store: Store) -> None:
    async with source(store) as root:
        everything, *_ = await asked(destination.scopes, root)
        found = await asked(destination.changes, everything)
    last = [(item_of(seen), seen.change, bool(seen.sha256)) for seen in found[-3:]]
    assert sorted(last) == [("c-1", "updated", True), ("c-2", "deleted", False), ("c-3", "deleted", False)]
    assert [seen.change for seen in found[:ITEMS]] == ["created"] * ITEMS
    assert not next(seen for seen in found if item_of(seen) == "c-1").sha256


async def test_a_day_that_is_over_is_closed_and_the_last_list_is_open(store: Store, clock: Clock) -> None:
    async def parts(root: str) -> list[tuple[bool, bool]]:
        """Of each list of changes: whether its address says that it is open, and whether it says when it ended."""
        address = f"{root}/resourcesync/all/changelist.xml"
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            entries = re.findall("<sitemap>(.*?)</sitemap>", await answer.text())
        return [("-open.xml" in each, "until=" in each) for each in entries]

    async with source(store) as root:
        assert await parts(root) == [(False, True), (True, False)]
        clock.pass_seconds(24 * 3600)
        assert await parts(root) == [(False, True), (False, True), (True, False)]


async def test_changes_older_than_are_kept_are_listed_nowhere(store: Store, clock: Clock) -> None:
    async with source(store) as root:
        everything, *_ = await asked(destination.scopes, root)
        clock.pass_seconds(export_history.KEPT.total_seconds() - 12 * 3600)
        whole = await asked(destination.changes, everything)
        clock.pass_seconds(24 * 3600)
        last = await asked(destination.changes, everything)
        clock.pass_seconds(24 * 3600)
        assert await asked(destination.changes, everything) == []
    assert last == whole[-3:]
    assert len(whole) == ITEMS + 3


async def test_an_institution_has_its_own_lists_with_its_own_tombstones(store: Store) -> None:
    async with source(store) as root:
        named = await asked(destination.scopes, root)
        river = next(each for each in named if "institution:river" in each)
        found = await asked(destination.baseline, river)
        changed = await asked(destination.changes, river)
    assert {item_of(seen) for seen in found} == {f"c-{n}" for n in range(0, ITEMS, 3) if n != 3}
    assert [item_of(seen) for seen in changed if seen.change == "deleted"] == ["c-3"]


async def test_a_destination_that_follows_the_changes_holds_the_store(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    """A baseline, edits for hours, and then only what the change lists tell."""
    chance = random.Random(5)
    async with source(store) as root:
        everything, *_ = await asked(destination.scopes, root)
        found = await asked(destination.baseline, everything)
        held = {item_of(seen): await asked(destination.fetched, seen) for seen in found}
        since = clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        for _ in range(150):
            number = chance.randrange(ITEMS + 10)
            title = None if chance.random() < 0.3 else f"Edited {chance.random()}"
            put(store, [offered(f"c-{number}", title, f"institution:{_holder(number)}")])
            clock.pass_seconds(chance.choice([0, 1, 3000]))
        clock.pass_seconds()
        for seen in await asked(destination.changes, everything):
            if seen.stamp >= since:
                held[item_of(seen)] = await asked(destination.fetched, seen)
    expected = await bodies_of_oai(store, tmp_path)
    assert {item: body for item, body in held.items() if body} == {
        item: body for item, body in expected.items() if body
    }


async def test_what_was_closed_a_moment_ago_is_gone_and_what_was_never_public_was_never_there(tmp_path: Path) -> None:
    letters = catalogue_record(2, "Letters of Zanzibar", feed="a", level="series")
    async with giving(tmp_path) as given:
        given.put(letters, catalogue_record(9, "Umbrage", feed="a", line="hidden"))
        given.export()
        async with source(given.store) as root, aiohttp.ClientSession() as session:
            async with session.get(f"{root}/resourcesync/items/c-r2.xml") as answer:
                assert "Zanzibar" in await answer.text()
            given.put(catalogue_record(2, "Letters of Zanzibar", feed="a", level="series", line="hidden"))
            async with session.get(f"{root}/resourcesync/items/c-r2.xml") as answer:
                assert answer.status == 410
                assert "Zanzibar" not in await answer.text()
            for name in ("all/resourcelist", "all/changelist-0-open", "items/c-r9", "institution:b/resourcelist"):
                async with session.get(f"{root}/resourcesync/{name}.xml") as answer:
                    assert "c-r9" not in await answer.text()
