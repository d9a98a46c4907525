"""The area in Chromium: nothing that axe finds, and every act without JavaScript."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from federation.storage import feeds, institutions
from federation.storage.accounts import RoleGrant
from portal_api.config import EgressSection, Settings
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_map import map_all
from tests.federation.pipeline.test_settling import with_changed
from tests.federation.pipeline.test_trial import courteous
from tests.federation.pipeline.test_uploads import apply, check, file, record
from tests.peers.courteous.repository import Item, Repository, items, serving
from tests.portal_api.auth.people import PASSWORD, add_person
from tests.portal_api.staff import Portal, portal_over

pytestmark = pytest.mark.browser

ROLES = (RoleGrant(role="exchange_admin"), RoleGrant(role="harvest_admin"))
PAGES = (
    "/admin", "/admin/institutions", "/admin/institutions/new", "/admin/institutions/peer", "/admin/feeds",
    "/admin/feeds/new", "/admin/feeds/k", "/admin/feeds/k/retire", "/admin/feeds/k/records", "/admin/runs/1",
    "/admin/runs/2", "/admin/feeds/k/records?standing=held", "/admin/jobs", "/account", "/sign-in",
    "/admin/feeds/files", "/admin/feeds/files/files", "/admin/uploads/1", "/admin/uploads/2",
)  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """A portal with one feed that has issues, quarantine and a held run."""
    settings = Settings(egress=EgressSection(networks=("127.0.0.0/8",)))
    async with portal_over(tmp_path, settings=settings) as portal:
        odd = (Item("oai:peer:u", "2021-01-01", ""), Item("", "2021-01-01", "Broken"))
        repository = Repository([*items(80), *odd])
        async with serving(repository) as url:
            feed = add_feed(portal.store, url)
            await harvest(portal.store, feed)
            repository.records = with_changed(repository.records, 80)
            await harvest(portal.store, feed)
        map_all(portal.store)
        add_files(portal)
        add_person(portal.store, "ada", *ROLES)
        yield portal


def add_files(portal: Portal) -> None:
    """A feed of files: one that was applied, one that waits with faults and deletions over the brake."""
    with portal.store.transaction() as tx:
        feeds.add(tx, feeds.StoredFeed(key="files", name="Files", institution="peer", source="upload"))
    apply(portal.store, file(*map(record, range(80))), key="files")
    check(portal.store, file(record(1), "<dc:dc><dc:title>cut"), "replace", key="files")


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as started:
        arguments = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        browser = await started.chromium.launch(executable_path=program, args=arguments)
        yield browser
        await browser.close()


async def sign_in(page: Page, portal: Portal) -> None:
    await page.goto(portal.base + "/sign-in")
    await page.fill("#sign_in", "ada")
    await page.fill("#password", PASSWORD)
    await page.click("main button")


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
async def test_axe_finds_nothing(portal: Portal, chromium: Browser, language: str, theme: str, width: int) -> None:
    context = await chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,  # type: ignore[arg-type]
        locale=language,
    )
    page = await context.new_page()
    await sign_in(page, portal)
    for address in PAGES:
        await page.goto(portal.base + address)
        await assert_accessible(page, address)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, address
    await page.goto(portal.base + "/admin/feeds/new")
    await page.locator("button[value=add]").evaluate("button => { button.form.noValidate = true; button.click() }")
    await page.wait_for_selector(".summary")
    await assert_accessible(page, "a faulty form")
    assert await page.evaluate("document.activeElement.className") == "summary"


async def test_on_a_phone_a_caption_stands_above_and_every_column_can_be_reached(
    portal: Portal, chromium: Browser
) -> None:
    context = await chromium.new_context(viewport={"width": 390, "height": 900}, locale="en")
    page = await context.new_page()
    await sign_in(page, portal)
    for address in ("/admin/jobs", "/admin/feeds"):
        await page.goto(portal.base + address)
        tables = page.locator(".scroll")
        assert await tables.count()
        for each in await tables.all():
            assert await each.evaluate(CAPTION_ABOVE), address
            assert await each.evaluate(REACHED), address
    await context.close()


CAPTION_ABOVE = """region => region.querySelector("caption").getBoundingClientRect().bottom
    <= region.querySelector("thead").getBoundingClientRect().top"""
#: at the end of the region its last column is whole, and each row's name is still seen
REACHED = """region => {
    region.scrollLeft = region.scrollWidth;
    const frame = region.getBoundingClientRect();
    return [...region.querySelectorAll("tbody tr")].every(row =>
        row.lastElementChild.getBoundingClientRect().right <= frame.right + 1
        && row.querySelector("th").getBoundingClientRect().left >= frame.left - 1);
}"""


async def assert_accessible(page: Page, address: str) -> None:
    found = await Axe().run(page, options={"runOnly": TAGS})
    problems = [(each["id"], node["html"][:200]) for each in found.response["violations"] for node in each["nodes"][:3]]
    assert problems == [], address


async def test_a_feed_is_tried_added_paused_and_retired_without_javascript(portal: Portal, chromium: Browser) -> None:
    context = await chromium.new_context(java_script_enabled=False, locale="en")
    page = await context.new_page()
    await sign_in(page, portal)
    async with serving(Repository(items(30), before=courteous)) as url:
        await page.goto(portal.base + "/admin/feeds/new")
        for name, value in (("name", "Second"), ("address", url)):
            await page.fill(f"#{name}", value)
        await page.select_option("#network", "127.0.0.0/8")
        await page.click("button[value=test]")
        assert await page.locator(".sample").count() == 10
        assert await page.input_value("#name") == "Second"
        await page.click("button[value=add]")
    assert await page.inner_text("h1") == "Second"
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_role("button", name="Resume").click()
    await page.get_by_role("link", name="Retire this feed").click()
    await page.get_by_role("button", name="Retire the feed").click()
    assert await page.get_by_role("button", name="Harvest now").count() == 0


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_whoever_acts_for_an_institution_with_a_long_name_signs_out_on_the_same_line(
    portal: Portal, chromium: Browser, language: str
) -> None:
    with portal.store.transaction() as tx:
        tx.connection.execute(institutions.institution.update().values(name="Municipal Archive and Library " * 3))
    context = await chromium.new_context(viewport={"width": 1200, "height": 900}, locale=language)
    page = await context.new_page()
    await page.goto(portal.base + "/sign-in")
    await page.fill("#sign_in", "ada")
    await page.fill("#password", PASSWORD)
    await page.click("main button")
    await page.goto(portal.base + "/admin/feeds")
    choose, sign_out = [await each.bounding_box() for each in await page.locator(".account-bar button").all()]
    assert choose is not None
    assert sign_out is not None
    assert abs(choose["y"] - sign_out["y"]) < 8
    await context.close()
