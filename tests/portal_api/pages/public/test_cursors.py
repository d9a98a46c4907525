"""Going on beyond a page by cursor, at the API and on the page; what cannot be gone on with is refused by name."""

from __future__ import annotations

import json
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest

from portal_api.views import search as view
from portal_api.views.page_size import PageParameters
from tests.portal_api.pages.public.shown import found
from tests.portal_api.staff import Browser

FIRST = "/api/v1/search?q=*&sort=id&page_size=2"


class ByTwo(PageParameters, frozen=True, kw_only=True):
    """A page of results that has two hits."""

    page_size: Literal[2] = 2  # type: ignore[assignment]


async def leads_there_and_back(browser: Browser, first: str) -> None:
    """From `first` on to the last page and back, over the same hits."""
    met, following = [], first
    while following:
        answer = await found(browser, following)
        met.append([hit["id"] for hit in answer["hits"]])
        following = answer["next"]
    back = [met[-1]]
    while before := answer["prev"]:
        answer = await found(browser, before)
        back.insert(0, [hit["id"] for hit in answer["hits"]])
    assert back == met
    assert len(met) > 2


async def test_next_leads_through_every_hit_once(browser: Browser) -> None:
    met, following = [], FIRST
    while following:
        answer = await found(browser, following)
        met += [hit["id"] for hit in answer["hits"]]
        following = answer["next"]
    whole = await found(browser, "/api/v1/search?q=*&sort=id&page_size=100")
    assert met == [hit["id"] for hit in whole["hits"]]
    assert len(met) == whole["total"] == len(set(met))


async def test_prev_leads_back_over_the_same_hits(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "LAST_HIT", 2)
    await leads_there_and_back(browser, FIRST)


async def test_by_relevance_and_title_pages_have_numbers(browser: Browser) -> None:
    for order in ("q=novel+OR+weaving", "q=*&sort=title"):
        answer = await found(browser, f"/api/v1/search?{order}&page_size=1")
        assert parse_qs(urlsplit(answer["next"]).query)["page"] == ["2"]


async def test_an_altered_or_foreign_cursor_is_refused_by_name(browser: Browser) -> None:
    following = (await found(browser, FIRST))["next"]
    cursor = parse_qs(urlsplit(following).query)["cursor"][0]
    for wrong in (
        following.replace("sort=id", "sort=date"),
        following.replace("q=%2A", "q=weaving"),
        f"{FIRST}&cursor={cursor[:-1]}",
        f"{FIRST}&cursor=nonsense",
    ):
        answer = await browser.get(wrong)
        assert (answer.status, json.loads(answer.text)["type"]) == (400, "/about/problems#cursor-invalid")
    assert (await browser.get(f"/search?q=*&sort=id&cursor={cursor[:-1]}")).status == 400


async def test_a_cursor_takes_the_place_of_a_page(browser: Browser) -> None:
    answer = await browser.get(f"{FIRST}&cursor=x&page=2")
    assert (answer.status, json.loads(answer.text)["errors"][0]["parameter"]) == (400, "cursor")


async def test_the_page_goes_on_by_cursor_where_its_numbers_end(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_api.pages.public.results.PageParameters", ByTwo)
    monkeypatch.setattr(view, "LAST_HIT", 4)
    second = (await browser.get("/search?q=*&sort=id&page=2")).text
    address = second.partition('rel="next')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "cursor=" in address
    for following in ("next", "prev"):
        page = (await browser.get(address)).text
        fifth = page.partition('id="narrow"')[0].partition(f'rel="{following}')[0]
        assert "cursor=" in fifth.rpartition('href="')[2] or "page=2" in fifth.rpartition('href="')[2]
    third = (await browser.get(address)).text
    assert '<ol class="hits" start="5">' in third
    assert "cursor=" not in third.partition('id="narrow"')[2]


async def test_the_last_page_of_an_order_that_ends_early_says_so(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "In this order the best 2 hits are shown."
    monkeypatch.setattr("portal_api.pages.public.results.PageParameters", ByTwo)
    assert said not in (await browser.get("/search?q=*&sort=title")).text
    monkeypatch.setattr(view, "LAST_HIT", 2)
    assert said in (await browser.get("/search?q=*&sort=title")).text
    assert "最前的 2 条结果" in (await browser.get("/search?q=*&sort=title&group=fonds&ui=zh-Hans")).text
    assert said not in (await browser.get("/search?q=*&sort=id")).text, "an order that goes on to the last"


async def test_rows_that_were_walked_to_are_gone_back_over(browser: Browser) -> None:
    await leads_there_and_back(browser, "/api/v1/search?q=*&sort=id&group=fonds&page_size=2")
