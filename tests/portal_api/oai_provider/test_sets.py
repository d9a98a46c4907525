"""Sets of `/oai` as a harvester meets them: listed, harvested alone, named in headers, kept by tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from federation.storage.engine import Store
from portal_api.oai_provider import routes
from tests.peers.oai_clients import read_by_sickle, sets_by_sickle
from tests.portal_api.oai_provider.exported import AUTHORITY, Clock, offered, open_store, put, serving
from tests.portal_api.oai_provider.test_provider import OAI, ask, codes, identifiers, token


@pytest.fixture(name="clock")
def fixture_clock() -> Clock:
    """A clock that is set."""
    return Clock()


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Twelve items, files and single items in turn, of two institutions; pages of three."""
    monkeypatch.setattr(routes, "PAGE_RECORDS", 3)
    store = open_store(tmp_path, clock)
    for number in range(12):
        put(store, [offered(f"c-{number}", f"T{number}", f"level:{_level(number)}", f"institution:{_holder(number)}")])
        clock.pass_seconds()
    yield store
    store.close()


def _level(number: int) -> str:
    return "file" if number % 2 else "item"


def _holder(number: int) -> str:
    return "hill:maps" if number % 3 else "river"


def oai(*numbers: int) -> list[str]:
    return [f"oai:{AUTHORITY}:c-{number}" for number in numbers]


async def test_a_foreign_harvester_lists_the_sets_and_gets_each_alone(store: Store, tmp_path: Path) -> None:
    async with serving(store, tmp_path) as url:
        sets = await asyncio.to_thread(sets_by_sickle, url)
        files = await asyncio.to_thread(lambda: read_by_sickle(url, set="level:file"))
        hill = await asyncio.to_thread(lambda: read_by_sickle(url, set="institution:hill"))
    assert sets == {
        spec: f"Set {spec}"
        for spec in (
            "institution", "institution:hill", "institution:hill:maps", "institution:river",
            "level", "level:file", "level:item",
        )
    }  # fmt: skip
    assert [each.identifier for each in files] == oai(1, 3, 5, 7, 9, 11)
    assert [each.identifier for each in hill] == oai(1, 2, 4, 5, 7, 8, 10, 11)


async def test_a_header_names_the_sets_below_which_its_item_stands_in_no_other(store: Store, tmp_path: Path) -> None:
    async with serving(store, tmp_path) as url:
        page = await ask(url, verb="ListIdentifiers", metadataPrefix="oai_dc")
    first, second = list(page.iter(f"{OAI}header"))[:2]
    assert [each.text for each in first.iter(f"{OAI}setSpec")] == ["institution:river", "level:item"]
    assert [each.text for each in second.iter(f"{OAI}setSpec")] == ["institution:hill:maps", "level:file"]


async def test_a_token_keeps_to_its_set_and_its_window(store: Store, tmp_path: Path) -> None:
    async with serving(store, tmp_path) as url:
        window = {"from": "2026-01-01T00:00:06Z", "until": "2026-01-01T00:00:18Z"}
        page = await ask(url, verb="ListIdentifiers", metadataPrefix="oai_dc", set="level:file", **window)
        sizes = [_size(page)]
        seen = identifiers(page)
        while token(page):
            page = await ask(url, verb="ListIdentifiers", resumptionToken=token(page))
            seen += identifiers(page)
            sizes.append(_size(page))
    assert seen == oai(3, 5, 7, 9)
    assert sizes == ["4", "4"]


def _size(page: etree._Element) -> str | None:
    return page.find(f".//{OAI}resumptionToken").get("completeListSize")


async def test_an_increment_of_a_set_holds_the_deletion_of_what_left_it_before(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    put(store, [offered("c-1", "T1", "level:series")])
    clock.pass_seconds()
    since = clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    put(store, [offered("c-1", None), offered("c-3", None)])
    clock.pass_seconds()
    async with serving(store, tmp_path) as url:
        found = await asyncio.to_thread(lambda: read_by_sickle(url, set="level:file", **{"from": since}))
    assert [(each.identifier, each.deleted) for each in found] == [(oai(1)[0], True), (oai(3)[0], True)]


async def test_an_unknown_set_matches_nothing_and_one_that_is_no_set_spec_is_refused(
    store: Store, tmp_path: Path
) -> None:
    listing = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    async with serving(store, tmp_path) as url:
        assert codes(await ask(url, **listing, set="level:none")) == ["noRecordsMatch"]
        assert codes(await ask(url, **listing, set="level::")) == ["badArgument"]
        sets = await ask(url, verb="ListSets")
        assert codes(await ask(url, verb="ListRecords", resumptionToken=token(sets))) == ["badResumptionToken"]
        records = await ask(url, **listing)
        assert codes(await ask(url, verb="ListSets", resumptionToken=token(records))) == ["badResumptionToken"]


async def test_sets_that_fit_on_one_page_come_without_a_token(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PAGE_RECORDS", 7)
    async with serving(store, tmp_path) as url:
        page = await ask(url, verb="ListSets")
    assert page.find(f".//{OAI}resumptionToken") is None
    assert len(list(page.iter(f"{OAI}set"))) == 7
