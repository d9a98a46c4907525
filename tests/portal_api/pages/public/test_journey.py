"""A reader's journey by keyboard alone, in both languages, with and without a script: from a wish to a kept search."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from mappings.schema.record import CatalogueRecord
from tests.federation.linkage.records import catalogue_record
from tests.portal_api.auth.people import PASSWORD, add_person
from tests.portal_api.pages.admin.test_browser import chromium as chromium  # a fixture
from tests.portal_api.pages.public.shown import catalogue_portal, held_by
from tests.portal_api.staff import Portal

pytestmark = pytest.mark.browser

#: stops of the Tab key before a reader gives up
MOST_STOPS = 120
#: the wish, "only the type", "Keep this search", "Keep it", as each language says it
SAID = {
    "en": ("photographs of Peking", "only the type", "Keep this search", "Keep it"),
    "zh-Hans": ("北京 照片", "只作类型", "保存此检索", "保存"),
}


def held() -> list[CatalogueRecord]:
    """Views of one place by its several names, some of them by one hand, and what is beside the point."""
    rows = (
        (31, "Views of Peking, first album", "Grey, Ann", "1904", "Image", "a"),
        (32, "北京風景", "Grey, Ann", "1905", "Image", "a"),
        (33, "Photographs in Peking: a handbook", "Lee, Bo", "1950", "Text", "a"),
        (34, "Peking street scenes", "Lee, Bo", "1931", "Image", "b"),
        (35, "Harbour views", "Grey, Ann", "1904", "Image", "b"),
    )
    return [
        held_by(catalogue_record(number, title, authors=(author,), year=year, type=kind, feed=slug), slug)
        for number, title, author, year, kind, slug in rows
    ]


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path, held()) as portal:
        add_person(portal.store, "ann")
        yield portal


async def go_to(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus."""
    for _ in range(MOST_STOPS):
        if await target.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {target}")


async def follow(page: Page, target: Locator, key: str = "Enter") -> None:
    """Goes to a link or button by keyboard and follows it."""
    await go_to(page, target)
    async with page.expect_navigation():
        await page.keyboard.press(key)


def asked(page: Page) -> dict[str, list[str]]:
    """The parameters of the page's address."""
    return parse_qs(urlsplit(page.url).query)


async def titles(page: Page) -> set[str]:
    return set(await page.locator(".hits h2").all_inner_texts())


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("script", [True, False])
async def test_from_a_vague_wish_to_a_kept_search(
    portal: Portal, chromium: Browser, language: str, script: bool
) -> None:
    wish, only, keep, keep_it = SAID[language]
    context = await chromium.new_context(java_script_enabled=script, locale=language)
    page = await context.new_page()
    await page.goto(portal.base)

    await go_to(page, page.locator("main #q"))
    await page.keyboard.type(wish)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    whole = {"Views of Peking, first album", "北京風景", "Photographs in Peking: a handbook", "Peking street scenes"}
    assert await titles(page) == whole, "another name of the place, and pictures without the word"

    for word in wish.replace(" of", "").split():
        await expect(page.locator(".chips")).to_contain_text(word)
    await follow(page, page.locator(".chips a", has_text=only).first)
    assert await titles(page) == whole - {"Photographs in Peking: a handbook"}, "only pictures"

    await expect(page.locator("li", has=page.locator("input[name=institution][value=a]"))).to_contain_text("2")
    await go_to(page, page.locator("input[name=institution][value=a]"))
    await page.keyboard.press("Space")
    await follow(page, page.locator(".refine form button").first)
    assert await titles(page) == {"Views of Peking, first album", "北京風景"}

    await follow(page, page.locator(".histogram svg a").first)
    assert asked(page)["from"] == ["1904"]
    assert await titles(page) == {"Views of Peking, first album"}
    results = page.url

    await follow(page, page.locator(".hits h2 a").first)
    await expect(page.locator("h1")).to_contain_text("Views of Peking")
    await follow(page, page.locator("section[aria-labelledby=similar] a", has_text="Harbour views"))
    await expect(page.locator("h1")).to_contain_text("Harbour views")

    await page.goto(results)
    await follow(page, page.locator("aside a", has_text=keep))
    await go_to(page, page.locator("input[name=sign_in]"))
    await page.keyboard.type("ann")
    await go_to(page, page.locator("input[name=password]"))
    await page.keyboard.type(PASSWORD)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await follow(page, page.locator("main button", has_text=keep_it))
    assert urlsplit(page.url).path == "/account/searches"
    await follow(page, page.locator("main ul a"))
    await follow(page, page.locator("main a").first)
    assert await titles(page) == {"Views of Peking, first album"}, "the kept search asks what was asked"
    await context.close()
