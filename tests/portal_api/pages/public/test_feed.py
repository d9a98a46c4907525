"""A search as an Atom feed: well-formed, what the page finds, and nothing hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import etree
from sqlalchemy import event

from tests.portal_api.pages.public.shown import SECRET, catalogue_portal
from tests.portal_api.staff import Browser

ATOM = {"a": "http://www.w3.org/2005/Atom"}


async def feed(browser: Browser, query: str) -> etree._Element:
    answer = await browser.get(f"/search.atom?{query}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return etree.fromstring(answer.text.encode())


async def test_entries_are_the_things_that_the_page_finds(browser: Browser) -> None:
    found = await feed(browser, "q=strangers+OR+north")
    assert set(found.xpath("a:entry/a:title/text()", namespaces=ATOM)) == {
        "Weaving in the north",
        "Almost strangers: a novel",
    }
    assert set(found.xpath("a:entry/a:id/text()", namespaces=ATOM)) == {
        f"{browser.base}/r/c-r5",
        f"{browser.base}/r/c-r1",
    }
    assert found.xpath("a:link[@rel='self']/@href", namespaces=ATOM) == [
        f"{browser.base}/search.atom?q=strangers+OR+north"
    ]
    times = found.xpath("a:entry/a:updated/text()", namespaces=ATOM)
    assert found.xpath("string(a:updated)", namespaces=ATOM) == max(times)


async def test_pages_lead_through_every_entry_once(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = (await feed(browser, "q=*")).xpath("a:entry/a:id/text()", namespaces=ATOM)
    monkeypatch.setattr("portal_api.pages.public.feed.ENTRIES", 2)
    first, met = f"{browser.base}/search.atom?q=*", list[str]()
    following: str = first
    while following:
        page = await feed(browser, following.partition("?")[2])
        assert page.xpath("string(a:link[@rel='self']/@href)", namespaces=ATOM) == following.replace("*", "%2A")
        assert page.xpath("string(a:link[@rel='first']/@href)", namespaces=ATOM) == first.replace("*", "%2A")
        assert page.xpath("string(a:id)", namespaces=ATOM) == first.replace("*", "%2A")
        met += page.xpath("a:entry/a:id/text()", namespaces=ATOM)
        following = page.xpath("string(a:link[@rel='next']/@href)", namespaces=ATOM)
    assert met == whole
    assert len(met) == len(set(met)) == 5


async def test_a_page_that_cannot_be_gone_on_with_is_refused(browser: Browser) -> None:
    assert (await browser.get("/search.atom?q=*&cursor=nonsense")).status == 400


async def test_markup_is_text_and_what_is_hidden_is_absent(browser: Browser) -> None:
    found = await feed(browser, "q=*")
    assert "<script>alert(1)</script> & more" in found.xpath("a:entry/a:title/text()", namespaces=ATOM)
    assert len(await feed(browser, f"q={SECRET}")) == 7


async def test_a_feed_is_not_relaxed_and_a_wrong_one_is_refused(browser: Browser) -> None:
    assert (await feed(browser, "q=weavng")).xpath("a:entry", namespaces=ATOM) == []
    assert (await browser.get("/search.atom?nosuch=1")).status == 400


async def test_however_many_entries_there_are_the_store_is_asked_as_often(tmp_path: Path) -> None:
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    async with catalogue_portal(tmp_path) as portal, portal.browser() as browser:
        event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            await feed(browser, "q=north")
            asked.clear()
            one, several = len(await feed(browser, "q=north")), len(asked)
            asked.clear()
            assert len(await feed(browser, "q=*")) > one + 2
        finally:
            event.remove(sa.Engine, "before_cursor_execute", note)
    assert len(asked) == several > 0


async def test_what_has_not_changed_is_not_sent_again(browser: Browser) -> None:
    tag = (await browser.get("/search.atom?q=north")).headers["ETag"]
    assert (await browser.get("/search.atom?q=north", **{"If-None-Match": tag})).status == 304
