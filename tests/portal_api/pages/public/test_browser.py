"""The public pages in Chromium: nothing that axe finds, no outside request, and a search without JavaScript."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.portal_api.pages.admin.test_browser import assert_accessible
from tests.portal_api.pages.admin.test_browser import chromium as chromium  # a fixture
from tests.portal_api.pages.public.test_pages import PAGES
from tests.portal_api.staff import Portal

pytestmark = pytest.mark.browser


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
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in (*PAGES, "/r/c-unknown"):
        await page.goto(portal.base + address)
        await assert_accessible(page, address)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert [url for url in asked if not url.startswith(portal.base)] == []
    await context.close()


@pytest.mark.parametrize("width", [390, 1280])
async def test_fields_of_the_search_builder_keep_apart(portal: Portal, chromium: Browser, width: int) -> None:
    page = await chromium.new_page(viewport={"width": width, "height": 900})
    await page.goto(portal.base + "/search/build?q=parish+-bath")
    apart = await page.evaluate(APART)
    assert len(apart) > 4
    assert min(apart) >= 8
    await page.close()


#: how far fields of one row are apart, beside each other or one below the other
APART = """() => [...document.querySelectorAll(".condition")].flatMap(row => {
    const fields = [...row.querySelectorAll("select, input:not([type=hidden])")];
    const places = fields.map(each => each.getBoundingClientRect());
    return places.slice(1).map((each, index) =>
        Math.max(each.left - places[index].right, each.top - places[index].bottom));
})"""


async def test_a_reader_without_javascript_finds_narrows_and_opens(portal: Portal, chromium: Browser) -> None:
    context = await chromium.new_context(java_script_enabled=False, locale="en")
    page = await context.new_page()
    await page.goto(portal.base)
    await page.fill("main input[name=q]", "north OR strangers")
    await page.click("main button")
    assert await page.locator(".hits > li").count() == 2
    await page.check("input[name=institution][value=a]")
    await page.click(".refine button >> nth=0")
    assert await page.locator(".hits > li").count() == 1
    await page.click(".hits h2 a")
    assert "Almost strangers" in await page.inner_text("h1")
    await page.click("text=Why are these one?")
    assert "equal titles" in await page.inner_text("main")
    await context.close()
