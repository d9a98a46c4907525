"""The form that makes a query of rows: without script, in both languages, and the same query by every door."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from lxml import etree

from tests.portal_api.staff import Browser

SRU = "{http://www.loc.gov/zing/srw/}"


async def test_a_search_is_taken_apart_changed_and_asked(browser: Browser) -> None:
    results = (await browser.get("/search?q=title:weaving&level=item")).text
    (link,) = re.findall(r'href="(/search/build[^"]+)"', results)
    page = (await browser.get(unescape(link))).text
    assert '<option value="title" selected>' in page
    assert 'name="value1" value="weaving"' in page
    sent = {"field1": "title", "value1": "weaving", "join2": "or", "value2": "novel", "level": "item"}
    shown = (await browser.get(f"/search/build?{urlencode(sent)}")).text
    assert "title:weaving OR novel" in shown
    assert "dc.title all" in shown
    asked = await browser.get(f"/search/build?{urlencode(sent | {'go': '1'})}")
    assert (asked.status, parse_qs(urlsplit(asked.leads_to).query)) == (
        303,
        {"q": ["title:weaving OR novel"], "level": ["item"]},
    )


async def test_the_form_speaks_the_readers_language(browser: Browser) -> None:
    page = (await browser.get("/search/build?q=regist*&ui=zh-Hans")).text
    assert "逐行构造检索" in page
    assert "行无法表达" in page
    unread = (await browser.get("/search/build?field1=date&value1=foo&ui=zh-Hans")).text
    assert "日期" in unread, unread


@pytest.mark.parametrize(
    "query", ["q=weaving", "q=*&level=item", "q=novel&institution=a&institution=b", "q=1850&from=1800&to=1900"]
)
async def test_a_results_page_leads_to_the_same_search_of_sru(browser: Browser, query: str) -> None:
    page = (await browser.get(f"/search?{query}")).text
    (link,) = re.findall(r'href="(/sru[^"]+)"', page)
    root = etree.fromstring((await browser.get(unescape(link))).text.encode())
    found = json.loads((await browser.get(f"/api/v1/search?{query}")).text)
    assert root.findtext(f"{SRU}numberOfRecords") == str(found["total"])


async def test_what_cql_cannot_say_has_no_link_to_sru(browser: Browser) -> None:
    for query in ("q=*&creator=x", "q=*&view=members"):
        assert 'href="/sru?' not in (await browser.get(f"/search?{query}")).text
