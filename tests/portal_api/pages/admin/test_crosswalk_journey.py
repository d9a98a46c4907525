"""The editor in Chromium: from a path that nobody reads to a public page that shows it, and back; nothing for axe."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from federation.pipeline import children, lookup_tables
from federation.pipeline.export_settings import ExportSettings
from federation.storage import opened
from federation.storage.accounts import RoleGrant
from mappings.schema.ids import record_id
from mappings.tables.rows import TableRow
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import drafted, feed_of, hashes, live, rule, tried
from tests.peers.courteous.repository import Item, Repository, items, serving
from tests.portal_api.auth.people import PASSWORD, add_person
from tests.portal_api.pages.admin.test_browser import assert_accessible, chromium
from tests.portal_api.staff import Portal, portal_over

pytestmark = pytest.mark.browser
__all__ = ["chromium"]

HERE = "/admin/crosswalks/k"
#: an element that no rule of the base reads
READ_BY_NOBODY = "Letters</dc:title><dc:audience>For the household of Lin</dc:audience>{}<dc:title>Second".format(
    # what no line can break at
    f"<dc:identifier>https://peer.example/{'long' * 40}</dc:identifier>"
)
PUBLIC = f"/m/{record_id('k', 'oai:peer:odd')}"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        records = [*items(8, deleted_every=100), Item("oai:peer:odd", "2021-01-01", READ_BY_NOBODY)]
        async with serving(Repository(records)) as url:
            await harvest(portal.store, add_feed(portal.store, url))
        work(portal)
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin"))
        add_person(portal.store, "grace", RoleGrant(role="institution_admin"))
        yield portal
        opened.close_stores()


def work(portal: Portal) -> None:
    """What the runner does: dry runs, mapping, linking, export."""
    while children.dry_run_once(portal.store.url).behind:
        pass
    map_all(portal.store, 50)
    link_all(portal.store)
    while children.export_once(portal.store.url, ExportSettings(authority="test.example")).behind:
        pass


async def signed_in(chromium: Browser, portal: Portal, name: str, *, javascript: bool, **more: object) -> Page:
    context = await chromium.new_context(java_script_enabled=javascript, **more)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(portal.base + "/sign-in")
    await page.fill("#sign_in", name)
    await page.fill("#password", PASSWORD)
    await page.click("main button")
    return page


async def press(page: Page, name: str, *, javascript: bool) -> None:
    """Presses a button, by the keyboard where there is JavaScript to find it with."""
    button = page.get_by_role("button", name=name, exact=True)
    if javascript:
        await button.focus()
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
    else:
        await button.click()


@pytest.mark.parametrize("javascript", [True, False])
async def test_from_a_path_that_nobody_reads_to_the_public_page_and_back(
    portal: Portal, chromium: Browser, javascript: bool
) -> None:
    before = hashes(portal.store)
    ada = await signed_in(chromium, portal, "ada", javascript=javascript, locale="en")
    await ada.goto(portal.base + PUBLIC)
    assert "household of Lin" not in await ada.inner_text("main")
    await ada.goto(portal.base + HERE)
    await press(ada, "Make a rule for dc:audience", javascript=javascript)
    assert "dc:audience" in await ada.input_value("#text")
    opening = f"{await ada.input_value('#text')}defaults: {{access.status: open}}\n"
    await typed(ada, opening, javascript=javascript)
    await press(ada, "Check and preview", javascript=javascript)
    assert "household of Lin" in (await ada.text_content("section.trial") or "")
    assert "this default opens what says nothing of access" in await ada.inner_text("main")
    await press(ada, "Save", javascript=javascript)
    await press(ada, "Dry run on every stored record", javascript=javascript)
    work(portal)
    await ada.get_by_role("link", name="Look again").click()
    assert "Records by field" in await ada.inner_text("main")
    assert "a second person has to confirm" in await ada.inner_text("main")
    assert await ada.get_by_role("button", name="Put to work").count() == 0
    grace = await signed_in(chromium, portal, "grace", javascript=javascript, locale="en")
    await grace.goto(portal.base + f"{HERE}/2")
    await grace.fill("#note", "the archive says so")
    await press(grace, "Confirm", javascript=javascript)
    await ada.goto(portal.base + f"{HERE}/2")
    await ada.get_by_text("Put to work for some sets first").click()
    await ada.fill("#sets", "other")
    await press(ada, "Begin the canary", javascript=javascript)
    work(portal)
    assert hashes(portal.store) == before
    await press(ada, "Put to work", javascript=javascript)
    work(portal)
    await ada.goto(portal.base + PUBLIC)
    assert "household of Lin" in await ada.inner_text("main")
    await ada.goto(portal.base + f"{HERE}/1")
    await press(ada, "Go back to this version", javascript=javascript)
    work(portal)
    await ada.goto(portal.base + PUBLIC)
    assert "household of Lin" not in await ada.inner_text("main")
    assert hashes(portal.store) == before


async def typed(page: Page, text: str, *, javascript: bool) -> None:
    """Puts `text` into the editor, by the keyboard where there is JavaScript to find it with."""
    if javascript:
        await page.focus("#text")
        await page.keyboard.press("ControlOrMeta+A")
        await page.keyboard.insert_text(text)
    else:
        await page.fill("#text", text)


async def test_what_opens_is_stopped_until_a_second_person_confirms(portal: Portal, chromium: Browser) -> None:
    live(portal.store, rule(3, "access.status", "closed"))
    opening = drafted(portal.store, "", author="ada").number
    tried(portal.store, opening)
    ada = await signed_in(chromium, portal, "ada", javascript=False, locale="en")
    await ada.goto(portal.base + f"{HERE}/{opening}")
    assert "a second person has to confirm" in await ada.inner_text("main")
    assert await ada.get_by_role("button", name="Put to work").count() == 0
    grace = await signed_in(chromium, portal, "grace", javascript=False, locale="en")
    await grace.goto(portal.base + f"{HERE}/{opening}")
    await grace.fill("#note", "the contract ended")
    await grace.get_by_role("button", name="Confirm", exact=True).click()
    await ada.goto(portal.base + f"{HERE}/{opening}")
    assert "Grace" in await ada.inner_text("main")
    await ada.get_by_role("button", name="Put to work", exact=True).click()
    assert feed_of(portal.store).crosswalk_text.startswith("crosswalk: peer")


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
async def test_axe_finds_nothing(portal: Portal, chromium: Browser, language: str, theme: str, width: int) -> None:
    live(portal.store, rule(3, "access.status", "closed"))
    opening = drafted(portal.store, "").number
    tried(portal.store, opening)
    faulty = drafted(portal.store, "  - {id: a, from: dc:title, to: nowhere}\n").number
    page = await signed_in(
        chromium,
        portal,
        "ada",
        javascript=True,
        locale=language,
        color_scheme=theme,
        viewport={"width": width, "height": 900},
    )
    with portal.store.transaction() as tx:
        lookup_tables.save(tx, "kinds", "peer", [TableRow(key="map", value="Image", label_zh="地图")], "ada", seen=0)
    editor = ("/admin/crosswalks", HERE, f"{HERE}/2", f"{HERE}/{opening}", f"{HERE}/{faulty}")
    beside = ("/admin/tables", "/admin/tables/kinds", f"{HERE}/misses", f"{HERE}/find?path=dc:title", "/try")
    for address in (*editor, *beside):
        await page.goto(portal.base + address)
        await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        await assert_accessible(page, address)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, address
        if shots := os.environ.get("EXCHANGE_TEST_SHOTS"):
            name = f"{address.replace('/', '_')}-{language}-{theme}-{width}.png"
            await page.screenshot(path=Path(shots) / name, full_page=True)
