"""What the OAI-PMH repositories give, as people see it: the same as a harvester, in their language, nothing hidden."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Browser as Chromium

from federation.pipeline.export import STAGE, export_batch
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.record_export import records_batch
from federation.pipeline.unifying import Clusters
from federation.storage import feeds, institutions
from federation.storage.feeds import StoredFeed
from mappings.schema.access import Access
from portal_api.pages.public import browse
from tests.federation.pipeline.linked import linked
from tests.portal_api.oai_provider.exported import Clock
from tests.portal_api.pages.admin.test_browser import assert_accessible
from tests.portal_api.pages.admin.test_browser import chromium as chromium  # a fixture
from tests.portal_api.pages.public.shown import SECRET, catalogue_portal, records
from tests.portal_api.staff import Browser, Portal

SETTINGS = ExportSettings(authority="archive-exchange.example")
REPOSITORIES = {"/oai/browse": "c-r1", "/oai/browse/records": "r1"}


def export(portal: Portal, clock: Clock) -> None:
    """What changed is offered, and its second goes by."""
    while export_batch(portal.store, Clusters(portal.store, STAGE), SETTINGS).behind:
        pass
    while records_batch(portal.store, SETTINGS).behind:
        pass
    clock.pass_seconds()


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """A portal that gives on what feeds `a` and `b` said; a closed record, a deleted one, a hidden one."""
    clock = Clock()
    async with catalogue_portal(tmp_path, now=clock) as portal:
        with portal.store.transaction() as tx:
            for key in ("a", "b"):
                institutions.put(tx, institutions.StoredInstitution(slug=key, name=f"Library {key.upper()}"))
                feeds.add(
                    tx, StoredFeed(key=key, name=key, institution=key, metadata_licence="http://licence.example/")
                )
        export(portal, clock)
        linked(portal.store, [msgspec.structs.replace(records()[4], access=Access(line="hidden"))])
        export(portal, clock)
        yield portal


def links(text: str) -> list[str]:
    return [unescape(address) for address in re.findall(r'href="([^"]+)"', text)]


@pytest.mark.parametrize(("base", "item"), REPOSITORIES.items())
async def test_sets_lead_to_items_and_items_to_records_in_every_format(browser: Browser, base: str, item: str) -> None:
    repository = await browser.get(base)
    assert "Level: item" in repository.text
    of_set = next(each for each in links(repository.text) if "set=institution%3Aa" in each)
    items = await browser.get(of_set)
    record = next(each for each in links(items.text) if each.startswith(f"{base}/item?") and f"%3A{item}&" in each)
    found = await browser.get(record)
    assert "Almost strangers: a novel" in found.text
    mods = next(each for each in links(found.text) if "metadataPrefix=mods" in each)
    assert "&lt;mods" in (await browser.get(mods)).text


async def test_a_deleted_item_is_shown_as_one_and_what_was_never_public_not_at_all(browser: Browser) -> None:
    items = await browser.get("/oai/browse/items")
    assert items.text.count("deleted") == 1
    everything = [items.text]
    for address in links(items.text):
        if address.startswith("/oai/browse"):
            everything.append((await browser.get(address)).text)
    assert not any(SECRET in text or ":c-r7" in text for text in everything)


async def test_a_list_goes_on_page_by_page_and_says_where_it_is(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "PAGE_ITEMS", 2)
    seen: list[str] = []
    address = "/oai/browse/items?set=institution"
    while address:
        page = (await browser.get(address)).text
        seen += re.findall(r"<code>(oai:[^<]+)</code>", page)
        address = unescape(next(iter(re.findall(r'href="([^"]+)" rel="next"', page)), ""))
    assert re.findall("[0-9]+ to [0-9]+ of [0-9]+", page) == ["3 to 4 of 4"]
    assert len(seen) == len(set(seen)) == 4


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/items?set=level:none", 200, "Nothing here matches."),
        ("/items?from=2026-13-40", 400, "not written as the protocol asks"),
        ("/items?metadataPrefix=nonsense", 400, "not given in this format"),
        ("/items?resumptionToken=junk", 400, "no longer known"),
        ("/item?identifier=oai:none:1", 404, "There is no such item."),
        ("/item", 400, "not written as the protocol asks"),
        ("/items?set=<script>alert(1)</script>", 400, "&lt;script&gt;alert(1)"),
    ],
)
@pytest.mark.parametrize("base", REPOSITORIES)
async def test_what_cannot_be_shown_says_why(
    browser: Browser, base: str, address: str, status: int, words: str
) -> None:
    answer = await browser.get(base + address)
    assert answer.status == status
    assert words in answer.text
    assert "<script>alert" not in answer.text


async def test_an_exchange_that_gives_nothing_on_says_so(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path, []) as portal, portal.browser() as browser:
        assert "Nothing is given on yet." in (await browser.get("/oai/browse")).text
        assert "Nothing here matches." in (await browser.get("/oai/browse/records/items")).text


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("width", [1280, 320])
async def test_axe_finds_nothing_without_javascript(
    portal: Portal, chromium: Chromium, language: str, width: int
) -> None:
    context = await chromium.new_context(viewport={"width": width, "height": 900}, locale=language)
    page = await context.new_page()
    for base, item in REPOSITORIES.items():
        identifier = f"identifier=oai:archive-exchange.example:{item}"
        for address in ("", "/items", "/items?set=level:none", f"/item?{identifier}&metadataPrefix=mods", "/item"):
            await page.goto(portal.base + base + address)
            await assert_accessible(page, base + address)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, address
    await context.close()
