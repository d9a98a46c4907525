"""`/oai` as a harvester meets it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from lxml import etree

from federation.storage.engine import Store
from portal_api.oai_provider import routes
from portal_api.settings import PortalSettings
from tests.portal_api.oai_provider.exported import AUTHORITY, Clock, offered, open_store, put, serving

OAI = "{http://www.openarchives.org/OAI/2.0/}"


@pytest.fixture(name="clock")
def fixture_clock() -> Clock:
    """A clock that is set."""
    return Clock()


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """Twelve items, two a second."""
    store = open_store(tmp_path, clock)
    for number in range(12):
        put(store, [offered(f"c-{number}", f"Title {number}")])
        clock.pass_seconds(number % 2)
    clock.pass_seconds()
    yield store
    store.close()


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of five."""
    monkeypatch.setattr(routes, "PAGE_RECORDS", 5)


async def ask(url: str, **parameters: str) -> etree._Element:
    """The answer's root."""
    async with aiohttp.ClientSession() as session, session.get(url, params=parameters) as answer:
        assert answer.status == 200
        return etree.fromstring(await answer.read())


def codes(root: etree._Element) -> list[str]:
    return [error.get("code") for error in root.iter(f"{OAI}error")]


def identifiers(root: etree._Element) -> list[str]:
    return [each.text for each in root.iter(f"{OAI}identifier")]


def token(root: etree._Element) -> str:
    return root.findtext(f".//{OAI}resumptionToken") or ""


async def test_the_base_url_is_the_setting_or_the_socket_and_never_the_host_header(
    store: Store, tmp_path: Path
) -> None:
    async with (
        serving(store, tmp_path) as url,
        aiohttp.ClientSession() as session,
        session.get(f"{url}?verb=Identify", headers={"Host": "evil.example"}) as answer,
    ):
        assert url in await answer.text()
        assert "evil" not in await answer.text()
    settings = PortalSettings(public_url="https://exchange.example", authority=AUTHORITY)
    async with serving(store, tmp_path, settings=settings) as url:
        assert "https://exchange.example/oai" in etree.tostring(await ask(url, verb="Identify")).decode()


async def test_identify_states_the_first_datestamp_and_persistent_deletions(store: Store, tmp_path: Path) -> None:
    async with serving(store, tmp_path) as url:
        root = await ask(url, verb="Identify")
    stated = root.find(f"{OAI}Identify")
    assert stated.findtext(f"{OAI}earliestDatestamp") == "2026-01-01T00:00:00Z"
    assert stated.findtext(f"{OAI}deletedRecord") == "persistent"
    assert stated.findtext(f"{OAI}granularity") == "YYYY-MM-DDThh:mm:ssZ"


async def test_a_second_that_is_not_over_is_not_shown(store: Store, clock: Clock, tmp_path: Path) -> None:
    """What the same second may still bring would be missed by `from` = this responseDate."""
    put(store, [offered("c-now", "Now")])
    async with serving(store, tmp_path) as url:
        assert codes(await ask(url, **_get("c-now"))) == ["idDoesNotExist"]
        clock.pass_seconds(1)
        assert codes(await ask(url, **_get("c-now"))) == []


def _get(item: str, prefix: str = "oai_dc") -> dict[str, str]:
    return {"verb": "GetRecord", "metadataPrefix": prefix, "identifier": f"oai:{AUTHORITY}:{item}"}


async def test_days_and_seconds_are_inclusive_bounds(store: Store, tmp_path: Path) -> None:
    async with serving(store, tmp_path) as url:
        one = await ask(
            url,
            verb="ListIdentifiers",
            metadataPrefix="oai_dc",
            **_window("2026-01-01T00:00:01Z", "2026-01-01T00:00:01Z"),
        )
        day = await ask(url, verb="ListIdentifiers", metadataPrefix="oai_dc", **_window("2026-01-01", "2026-01-01"))
        future = await ask(url, verb="ListIdentifiers", metadataPrefix="oai_dc", **{"from": "2030-01-01"})
    assert identifiers(one) == [f"oai:{AUTHORITY}:c-2", f"oai:{AUTHORITY}:c-3"]
    assert day.find(f".//{OAI}resumptionToken").get("completeListSize") == "12"
    assert codes(future) == ["noRecordsMatch"]


def _window(since: str, until: str) -> dict[str, str]:
    return {"from": since, "until": until}


async def test_a_record_that_changes_during_a_list_comes_again_at_its_end(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    async with serving(store, tmp_path) as url:
        page = await ask(url, verb="ListIdentifiers", metadataPrefix="oai_dc")
        seen = identifiers(page)
        put(store, [offered("c-0", "Changed"), offered("c-11", "Changed")])
        clock.pass_seconds()
        while token(page):
            page = await ask(url, verb="ListIdentifiers", resumptionToken=token(page))
            seen += identifiers(page)
    local = [identifier.rsplit("-", 1)[1] for identifier in seen]
    assert local == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "0", "11"]
    assert page.find(f".//{OAI}resumptionToken").get("completeListSize") == "13"


async def test_a_page_reached_by_a_token_is_never_empty(store: Store, clock: Clock, tmp_path: Path) -> None:
    """The rest left the window: its newest row comes again; nothing is left at all: badResumptionToken."""
    async with serving(store, tmp_path) as url:
        window = {"until": "2026-01-01T00:00:03Z"}
        page = await ask(url, verb="ListIdentifiers", metadataPrefix="oai_dc", **window)
        going_on = token(page)
        put(store, [offered(f"c-{number}", "Moved") for number in range(3, 12)])
        clock.pass_seconds()
        last = await ask(url, verb="ListIdentifiers", resumptionToken=going_on)
        put(store, [offered(f"c-{number}", "Moved") for number in range(12)])
        clock.pass_seconds()
        gone = await ask(url, verb="ListIdentifiers", resumptionToken=going_on)
    assert (identifiers(last), token(last)) == ([f"oai:{AUTHORITY}:c-2"], "")
    assert codes(gone) == ["badResumptionToken"]


async def test_a_token_works_any_number_of_times_and_only_for_its_verb(store: Store, tmp_path: Path) -> None:
    async with serving(store, tmp_path) as url:
        going_on = token(await ask(url, verb="ListRecords", metadataPrefix="oai_dc"))
        once = await ask(url, verb="ListRecords", resumptionToken=going_on)
        again = await ask(url, verb="ListRecords", resumptionToken=going_on)
        other = await ask(url, verb="ListIdentifiers", resumptionToken=going_on)
    assert identifiers(once) == identifiers(again) != []
    assert codes(other) == ["badResumptionToken"]


async def test_every_byte_of_a_token_counts(store: Store, tmp_path: Path) -> None:
    """Any changed byte is badResumptionToken, never an answer and never a fault."""
    async with serving(store, tmp_path) as url:
        good = token(await ask(url, verb="ListRecords", metadataPrefix="oai_dc"))
        for place in range(len(good)):
            for letter in ("A", "_", "\x01", "é", "%00"):
                bad = good[:place] + letter + good[place + 1 :]
                if bad != good:
                    found = codes(await ask(url, verb="ListRecords", resumptionToken=bad))
                    assert found == ["badResumptionToken"], bad


async def test_there_are_no_sets(store: Store, tmp_path: Path) -> None:
    async with serving(store, tmp_path) as url:
        assert codes(await ask(url, verb="ListSets")) == ["noSetHierarchy"]
        listed = await ask(url, verb="ListRecords", metadataPrefix="oai_dc", set="a")
        assert codes(listed) == ["noSetHierarchy"]


async def test_formats_of_an_item_and_of_none(store: Store, tmp_path: Path) -> None:
    async with serving(store, tmp_path) as url:
        known = await ask(url, verb="ListMetadataFormats", identifier=f"oai:{AUTHORITY}:c-1")
        unknown = await ask(url, verb="ListMetadataFormats", identifier="oai:other.example:c-1")
        assert [each.text for each in known.iter(f"{OAI}metadataPrefix")] == ["oai_dc"]
        assert codes(unknown) == ["idDoesNotExist"]
        assert codes(await ask(url, **_get("c-1", "marc21"))) == ["cannotDisseminateFormat"]


async def test_form_posts_gzip_and_limits_of_size(store: Store, tmp_path: Path) -> None:
    async with serving(store, tmp_path) as url, aiohttp.ClientSession(auto_decompress=False) as session:
        form = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
        async with session.post(url, data=form, headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
            assert b"Title 0" in gzip.decompress(await answer.read())
        async with session.post(url, data={"verb": "x" * 20_000}) as answer:
            assert answer.status == 413
        async with session.get(url, params={"verb": "x" * 5_000}) as answer:
            assert answer.status == 414


async def test_a_page_ends_before_it_grows_too_large(store: Store, clock: Clock, tmp_path: Path) -> None:
    put(store, [offered(f"c-large-{number}", "x" * 1_500_000) for number in range(4)])
    clock.pass_seconds()
    async with serving(store, tmp_path) as url:
        since = {"from": "2026-01-01T00:00:07Z"}
        page = await ask(url, verb="ListRecords", metadataPrefix="oai_dc", **since)
        pages = [len(list(page.iter(f"{OAI}record")))]
        while token(page):
            page = await ask(url, verb="ListRecords", resumptionToken=token(page))
            pages.append(len(list(page.iter(f"{OAI}record"))))
    assert pages == [2, 2]


async def test_a_store_that_is_away_is_503_with_whole_seconds(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(store, tmp_path) as url, aiohttp.ClientSession() as session:
        (tmp_path / "exchange.db").rename(tmp_path / "away.db")
        store.close()
        async with session.get(f"{url}?verb=Identify") as answer:
            assert answer.status == 503
            assert re.fullmatch(r"[0-9]+", answer.headers["Retry-After"])
        (tmp_path / "away.db").rename(tmp_path / "exchange.db")


async def test_a_tombstone_is_found_under_its_identifier(store: Store, clock: Clock, tmp_path: Path) -> None:
    put(store, [offered("c-1", None)])
    clock.pass_seconds()
    async with serving(store, tmp_path) as url:
        root = await ask(url, **_get("c-1"))
    assert root.find(f".//{OAI}header").get("status") == "deleted"
    assert root.find(f".//{OAI}metadata") is None
