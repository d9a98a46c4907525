"""What is wrong is told in the page's language: parameters, queries, limits, and lists that came to no end."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import get_args

import msgspec
import pytest

from federation.pipeline.children import list_once
from federation.storage import accounts, list_files
from federation.storage.list_files import Why
from index.query.faults import Code
from mappings import serialisations
from portal_api.http.languages import strings
from portal_api.pages.public.exports import FAILURES, STATES
from portal_api.views.told import LACKS
from portal_api.views.vocabulary import NOTICES
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import catalogue_portal
from tests.portal_api.staff import Portal


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        add_person(portal.store, "ann")
        yield portal


def test_every_fault_and_every_reason_has_its_sentence_in_every_language() -> None:
    words = {code: NOTICES[code] for code in get_args(Code)}
    words |= {why: FAILURES[why] for why in get_args(Why) if why}
    words |= LACKS
    words |= {state: STATES[state] for state in get_args(list_files.State)}
    assert [code for code, text in words.items() if strings("zh-Hans").gettext(text) == text] == []


def test_whatever_a_writer_says_that_a_thing_lacks_has_its_sentence() -> None:
    modules = iter_modules(serialisations.__path__, f"{serialisations.__name__}.")
    writers = [import_module(each.name) for each in modules]
    assert {lack for writer in writers for lack in getattr(writer, "LACKS", ())} == set(LACKS)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/search?q=novel&nosuch=1", "这里没有名为 nosuch 的参数。"),
        ("/search?q=novel&insitution=a", "这里没有名为 insitution 的参数；您是否想用 institution？"),
        ("/search?q=novel&page=-1", "page 的值在这里无法使用。"),
        ("/search?q=novel&q=letter", "q 只能给出一次。"),
        ("/search?q=*&page=51", "翻页到第 1,000 条结果为止；请缩小检索范围。"),
        ("/search/refine/subject?q=*&nosuch=1", "这里没有名为 nosuch 的参数。"),
        ("/search.csv?q=*&page=2", "列表含有全部结果，没有分页。"),
        ("/r/c-r1.nosuch", "这里提供"),
    ],
)
async def test_a_page_says_what_is_wrong_in_its_language(portal: Portal, address: str, said: str) -> None:
    async with portal.browser() as browser:
        joined = "&" if "?" in address else "?"
        answer = await browser.get(f"{address}{joined}ui=zh-Hans", Accept="text/html")
    assert said in answer.text, answer.text
    assert "expected" not in answer.text
    assert "is not known" not in answer.text


async def test_a_program_reads_the_title_of_a_problem_in_the_language_that_it_asks_for(portal: Portal) -> None:
    async with portal.browser() as browser:
        for language, title in (("zh-Hans", "有一个参数无法使用"), ("en", "A parameter cannot be used")):
            answer = await browser.get("/api/v1/search?nosuch=1", **{"Accept-Language": language})
            assert (json.loads(answer.text)["title"], answer.headers["Content-Language"]) == (title, language)
            assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("query", "said", "words"),
    [
        ('q="weaving', "引号", "&#34;"),
        ("q=nosuch:weaving", "没有这个字段", "nosuch"),
        ("q=weaving&from=1850&to=1800", "较早的日期", ""),
        ("q=weaving&from=foo", "foo 无法读作日期", ""),
    ],
)
async def test_why_a_search_cannot_be_kept_is_said_in_the_pages_language(
    portal: Portal, query: str, said: str, words: str
) -> None:
    async with portal.browser("ann") as ann:
        page = "/account/searches/new?ui=zh-Hans"
        answer = await ann.post(page, {"asked": query, "name": "x"}, page=f"/account/searches/new?{query}")
        assert (answer.status, said in answer.text, words in answer.text) == (422, True, True), answer.text
        assert "expected" not in answer.text


async def test_why_a_list_failed_is_said_in_the_pages_language_and_by_a_code(portal: Portal) -> None:
    folder = portal.exchange.list_folder
    async with portal.browser("ann") as ann:
        asked = await ann.post("/exports/new?q=*", {"format": "csv", "asked": "q=*"}, page="/exports/new?q=*")
        name = asked.leads_to.rpartition("/")[2]
        with portal.store.transaction() as tx:
            (made,) = list_files.open_of(tx.connection, (await own_account(portal)))
            fewer = msgspec.structs.replace(list_files.take(tx) or made, most=2)
            assert list_files.put(tx, fewer)
        while list_once(portal.store.url, str(folder), folder.parent / "index").behind:
            pass
        shown = (await ann.get(f"/exports/{name}?ui=zh-Hans")).text
        assert "现在找到 5 项；您的列表最多可有 2 项。" in shown
        assert "expected" not in shown
        view = json.loads((await ann.get(f"/api/v1/exports/{name}")).text)
        assert (view["why"], view["figures"]) == ("too_many", {"found": 5, "most": 2})
        assert "expected at most 2 hits" in view["error"]


async def own_account(portal: Portal) -> str:
    with portal.store.reading() as connection:
        account = accounts.find(connection, "ann")
    assert account is not None
    return account.id


async def test_a_bound_that_is_no_date_is_said_to_be_left_out(portal: Portal) -> None:
    async with portal.browser() as browser:
        page = await browser.get("/search?q=novel&from=xx")
    assert "was not read as a date, and left out" in page.text
    assert "but as words" not in page.text
