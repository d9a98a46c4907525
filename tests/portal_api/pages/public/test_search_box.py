"""The search box in Chromium: suggestions by keyboard and pointer, in both languages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from playwright.async_api import Browser, ConsoleMessage, Error, Page, Route, expect

from tests.portal_api.pages.admin.test_browser import assert_accessible
from tests.portal_api.pages.admin.test_browser import chromium as chromium  # a fixture
from tests.portal_api.pages.public.shown import SECRET
from tests.portal_api.staff import Portal

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(portal: Portal, chromium: Browser) -> AsyncIterator[Page]:
    context = await chromium.new_context(locale="en")
    page = await context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert faults == [], "the page's policy and script hold"
    await context.close()


def _is_fault(message: ConsoleMessage) -> bool:
    """Whether the browser complains of more than that there is no icon."""
    return message.type == "error" and not message.location["url"].endswith("/favicon.ico")


async def typed(page: Page, text: str) -> None:
    await page.locator("#q").press_sequentially(text)
    await expect(page.locator("#q")).to_have_attribute("aria-expanded", "true")


@pytest.mark.parametrize("address", ["/", "/search?q=novel", "/about", "/?ui=zh-Hans"])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_while_suggestions_stand(portal: Portal, page: Page, address: str, theme: str) -> None:
    await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    await page.goto(portal.base + address)
    await page.fill("#q", "")
    await typed(page, "weav")
    await page.keyboard.press("ArrowDown")
    await assert_accessible(page, address)


async def test_a_title_chosen_by_keyboard_leads_to_the_thing(portal: Portal, page: Page) -> None:
    await page.goto(portal.base)
    await typed(page, "weav")
    await page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert await chosen.get_attribute("id") == await page.locator("#q").get_attribute("aria-activedescendant")
    assert "Weaving in the north" in await chosen.inner_text()
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("Weaving in the north")


async def late(page: Page, text: str) -> asyncio.Event:
    """Answers what is suggested for a text only once the event is set."""
    let = asyncio.Event()

    async def answered(route: Route) -> None:
        await let.wait()
        with suppress(Error):  # nobody waits for it any more
            await route.continue_()

    await page.route(f"**/api/v1/suggest?q={text}", answered)
    return let


async def test_a_choice_stands_when_an_answer_comes_late(portal: Portal, page: Page) -> None:
    await page.goto(portal.base)
    let = await late(page, "weav")
    await typed(page, "wea")
    async with page.expect_request("**/api/v1/suggest?q=weav"):
        await page.locator("#q").press_sequentially("v")
    await page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    await expect(chosen).to_have_count(1)
    let.set()
    await page.wait_for_timeout(500)
    assert await chosen.get_attribute("id") == await page.locator("#q").get_attribute("aria-activedescendant")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("Weaving in the north")


async def test_what_was_closed_stays_closed_when_an_answer_comes_late(portal: Portal, page: Page) -> None:
    await page.goto(portal.base)
    let = await late(page, "weav")
    async with page.expect_request("**/api/v1/suggest?q=weav"):
        await page.locator("#q").press_sequentially("weav")
    await page.keyboard.press("Escape")
    let.set()
    await page.wait_for_timeout(500)
    await expect(page.locator("#q")).to_have_attribute("aria-expanded", "false")


async def test_an_answer_to_what_no_longer_stands_there_is_not_shown(portal: Portal, page: Page) -> None:
    await page.goto(portal.base)
    let = await late(page, "weav")
    async with page.expect_request("**/api/v1/suggest?q=weav"):
        await page.locator("#q").press_sequentially("weav")
    await page.fill("#q", "library b")
    await expect(page.locator("[role=option]")).to_have_count(1)
    let.set()
    await page.wait_for_timeout(500)
    await expect(page.locator("[role=option]")).to_contain_text("Library B")


async def test_writing_on_undoes_a_choice(portal: Portal, page: Page) -> None:
    await page.goto(portal.base)
    await typed(page, "wea")
    await page.keyboard.press("ArrowDown")
    await page.locator("#q").press_sequentially("v")
    await expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/search?q=weav")


async def test_a_holder_chosen_by_pointer_leads_to_its_search(portal: Portal, page: Page) -> None:
    await page.goto(portal.base + "/?ui=zh-Hans")
    await typed(page, "library b")
    option = page.locator("[role=option]", has_text="图书馆")
    assert "收藏机构" in await option.inner_text()
    await option.click()
    await page.wait_for_url("**/search?q=institution*")
    assert await page.locator(".hits > li").count() == 2


async def test_escape_closes_and_enter_without_a_choice_searches(portal: Portal, page: Page) -> None:
    await page.goto(portal.base)
    await typed(page, "weav")
    await page.keyboard.press("Escape")
    await expect(page.locator("#q")).to_have_attribute("aria-expanded", "false")
    assert await page.locator("#q").input_value() == "weav"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/search?q=weav")


async def test_suggestions_stand_beneath_each_other_and_leave_nothing_behind(portal: Portal, page: Page) -> None:
    await page.goto(portal.base + "/about")
    await typed(page, "li")
    boxes = [await each.bounding_box() for each in await page.locator("[role=option]").all()]
    assert len({box["x"] for box in boxes if box}) == 1
    assert len({box["y"] for box in boxes if box}) == len(boxes) > 1
    await page.keyboard.press("Escape")
    assert await page.locator("[role=listbox]").is_hidden()


async def test_a_hidden_title_is_not_offered(portal: Portal, page: Page) -> None:
    await page.goto(portal.base)
    async with page.expect_response("**/api/v1/suggest*"):
        await page.locator("#q").press_sequentially(SECRET[:5])
    assert await page.locator("[role=option]").count() == 0
