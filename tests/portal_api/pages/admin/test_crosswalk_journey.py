"""The editor in Chromium: from a path that nobody reads to a public page that shows it, and back; nothing for axe."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page

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
#: a page has fewer places to stop at
MOST_TABS = 150
PUBLIC = f"/m/{record_id('k', 'oai:peer:odd')}"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        records = [*items(8, deleted_every=100), Item("oai:peer:odd", "2021-01-01", READ_BY_NOBODY, set_spec="letters")]
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


class Keys:
    """A person without a pointer: everything is reached by Tab and done by keys, and the focus is always seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def reach(self, target: Locator) -> None:
        """Tabs from where the focus is to `target`."""
        for _ in range(MOST_TABS):
            if await target.evaluate("each => each === document.activeElement"):
                seen = await target.evaluate("each => getComputedStyle(each).outlineStyle")
                assert seen != "none", await target.inner_text()
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"no way to {target} by Tab")

    async def press(self, name: str) -> None:
        """Reaches the button of this name and presses it; goes on with the page that follows."""
        await self._follow(self.page.get_by_role("button", name=name, exact=True))

    async def link(self, name: str) -> None:
        """The same of a link."""
        await self._follow(self.page.locator("main").get_by_role("link", name=name, exact=True).first)

    async def open(self, summary: str) -> None:
        """Opens what is folded under a summary."""
        await self.reach(self.page.locator("summary").filter(has_text=summary))
        await self.page.keyboard.press("Enter")

    async def write(self, field: str, text: str) -> None:
        """Writes `text` in place of what stands in a field."""
        await self.reach(self.page.locator(field))
        await self.page.keyboard.press("ControlOrMeta+A")
        await self.page.keyboard.insert_text(text)

    async def _follow(self, target: Locator) -> None:
        await self.reach(target)
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")


class Clicks(Keys):
    """A person whose browser has no JavaScript, and a pointer."""

    async def reach(self, target: Locator) -> None:
        """The pointer needs no way."""

    async def open(self, summary: str) -> None:
        """Opens what is folded under a summary."""
        await self.page.locator("summary").filter(has_text=summary).click()

    async def write(self, field: str, text: str) -> None:
        """Writes `text` in place of what stands in a field."""
        await self.page.fill(field, text)

    async def _follow(self, target: Locator) -> None:
        await target.click()


async def seated(chromium: Browser, portal: Portal, name: str, hands: type[Keys]) -> Keys:
    """Somebody who signed in with nothing but these hands."""
    context = await chromium.new_context(java_script_enabled=hands is Keys, locale="en")
    person = hands(await context.new_page())
    await person.page.goto(portal.base + "/sign-in")
    await person.write("#sign_in", name)
    await person.write("#password", PASSWORD)
    await person.press("Sign in")
    return person


@pytest.mark.parametrize("hands", [Keys, Clicks], ids=["keyboard only", "without JavaScript"])
async def test_from_a_path_that_nobody_reads_to_the_public_page_and_back(
    portal: Portal, chromium: Browser, hands: type[Keys]
) -> None:
    before = hashes(portal.store)
    ada = await seated(chromium, portal, "ada", hands)
    await ada.page.goto(portal.base + PUBLIC)
    assert "household of Lin" not in await said(ada)
    # an unmapped path is found, and a rule made
    await ada.page.goto(portal.base + "/admin/crosswalks")
    await ada.link("Peer")
    unread = ada.page.get_by_role("row").filter(has_text="dc:audience")
    assert "oai:peer:odd" in await unread.inner_text()
    await ada.press("Make a rule for dc:audience")
    assert 'from: "dc:audience"' in await ada.page.input_value("#text")
    # samples are seen, nothing is saved
    opening = f"{await ada.page.input_value('#text')}defaults: {{access.status: open}}\n"
    await ada.write("#text", opening)
    await ada.press("Check and preview")
    assert "household of Lin" in (await ada.page.text_content("section.trial") or "")
    assert "this default opens what says nothing of access" in await said(ada)
    await ada.press("Save")
    # the dry run changes nothing
    await ada.press("Dry run on every stored record")
    work(portal)
    await ada.link("Look again")
    assert "Tried on 9 stored records" in await said(ada)
    assert "Records by field" in await said(ada)
    assert hashes(portal.store) == before
    # the gate of access stops it, for its author too
    assert "a second person has to confirm: administrator of the institution" in await said(ada)
    opened = ada.page.get_by_role("table", name="What would be opened")
    assert await opened.get_by_role("row").count() == 10
    assert "You wrote this version: somebody else has to confirm it." in await said(ada)
    for name in ("Put to work", "Confirm", "Begin the canary"):
        assert await ada.page.get_by_role("button", name=name, exact=True).count() == 0
    # a second person confirms by name
    grace = await seated(chromium, portal, "grace", hands)
    await grace.page.goto(portal.base + f"{HERE}/2")
    await grace.write("#note", "the archive says so")
    await grace.press("Confirm")
    assert "confirmed by Grace: the archive says so" in await said(grace)
    # one set of the feed lives by it first
    await ada.page.goto(portal.base + f"{HERE}/2")
    await ada.open("Put to work for some sets first")
    assert "Stored records are in: letters" in await said(ada)
    await ada.write("#sets", "letters")
    await ada.press("Begin the canary")
    work(portal)
    tried = hashes(portal.store)
    assert {name for name in before if tried[name] != before[name]} == {record_id("k", "oai:peer:odd")}
    # then all of it, and the public page says so
    await ada.press("Put to work")
    work(portal)
    assert all(hashes(portal.store)[name] != before[name] for name in before)
    await ada.page.goto(portal.base + PUBLIC)
    assert "household of Lin" in await said(ada)
    # and back, to the last byte
    await ada.page.goto(portal.base + f"{HERE}/1")
    await ada.press("Go back to this version")
    work(portal)
    await ada.page.goto(portal.base + PUBLIC)
    assert "household of Lin" not in await said(ada)
    assert hashes(portal.store) == before


async def said(person: Keys) -> str:
    """What the page shows."""
    return await person.page.inner_text("main")


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


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_where_a_second_person_decides(portal: Portal, chromium: Browser, theme: str) -> None:
    live(portal.store, rule(3, "access.status", "closed"))
    opening = drafted(portal.store, "", author="ada").number
    tried(portal.store, opening)
    page = await signed_in(chromium, portal, "grace", javascript=True, locale="en", color_scheme=theme)
    await page.goto(portal.base + f"{HERE}/{opening}")
    assert await page.get_by_role("button", name="Confirm", exact=True).count() == 1
    await assert_accessible(page, HERE)


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
    told = (f"{HERE}/coverage", f"{HERE}/explain?identifier=oai:peer:1&version=2", f"{HERE}/2/diff?against=1")
    beside = (*told, "/admin/tables", "/admin/tables/kinds", f"{HERE}/misses", f"{HERE}/find?path=dc:title", "/try")
    for address in (*editor, *beside):
        await page.goto(portal.base + address)
        await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        await assert_accessible(page, address)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, address
        if shots := os.environ.get("EXCHANGE_TEST_SHOTS"):
            name = f"{address.replace('/', '_')}-{language}-{theme}-{width}.png"
            await page.screenshot(path=Path(shots) / name, full_page=True)
