"""What everybody reads: results, things, their sources, former names, refusals; the same on pages and in the API."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from federation.storage.accounts import RoleGrant
from tests.federation.pipeline.linked import link_all, put
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import SECRET, found, records
from tests.portal_api.staff import Browser, Portal

PAGES = ("/", "/search", "/search?q=novel", "/search?q=zzz", "/r/c-r1", "/r/c-r1?sources=1", "/r/c-r1/why", "/m/r2",
         "/r/c-r1/tree", "/m/r2/tree", "/m/r2/finding-aid", "/about/api",
         "/r/c-r6", "/institutions", "/institutions/a", "/about", "/about/problems",
         "/search?q=weaving+1850+-lace", "/search/refine/institution?q=*",
         "/search?q=*&group=work&not.institution=b&level=nosuch", "/search?q=*&group=fonds",
         "/search/build?q=title:weaving+-lace")  # fmt: skip


async def test_two_holders_of_one_book_are_one_row_that_names_both(browser: Browser) -> None:
    answer = await found(browser, "/api/v1/search?q=strangers")
    assert answer["total"] == 1
    assert [holder["slug"] for holder in answer["hits"][0]["institutions"]] == ["a", "b"]
    page = await browser.get("/search?q=strangers")
    assert "Library A" in page.text
    assert "Library B 图书馆" in page.text
    assert "Why this?" in page.text


@pytest.mark.parametrize("title", ["红楼梦", "紅樓夢"])
async def test_both_chinese_scripts_find_a_title(browser: Browser, title: str) -> None:
    answer = await found(browser, f"/api/v1/search?q={title}")
    assert [hit["id"] for hit in answer["hits"]] == ["c-r3"]


async def test_every_field_names_its_origin(browser: Browser) -> None:
    answer = await found(browser, "/api/v1/clusters/c-r1")
    assert answer["records"] == ["r1", "r2"]
    assert set(answer["title"]) == {"value", "lang", "from", "others"}
    origins = [origin for reading in (answer["title"], *answer["title"]["others"]) for origin in reading["from"]]
    assert set(origins[0]) == {"record", "path", "rule", "crosswalk", "harvested"}
    assert {origin["record"] for origin in origins} == {"r1", "r2"}


async def test_a_page_shows_the_records_as_witnesses(browser: Browser) -> None:
    page = await browser.get("/r/c-r1")
    assert 'class="siglum">A<' in page.text
    assert 'class="siglum">B<' in page.text
    assert "application/ld+json" in page.text
    why = await browser.get("/r/c-r1/why")
    assert "equal titles" in why.text
    assert "the same names" in why.text
    assert "1 of 1" in why.text
    told = await browser.get("/r/c-r1/why?ui=zh-Hans")
    assert not re.search(r"\d of \d|\d apart|\d characters", told.text)
    assert "1 个中有 1 个" in told.text


async def test_a_former_name_leads_on_and_a_withdrawn_one_says_so(portal: Portal, browser: Browser) -> None:
    moved = await browser.get("/r/c-r2?sources=1")
    assert (moved.status, moved.leads_to) == (301, "/r/c-r1?sources=1")
    put(portal.store, [record for record in records() if record.id == "r5"], gone=["r5"])
    link_all(portal.store)
    gone = await browser.get("/r/c-r5")
    assert gone.status == 410
    assert "Weaving" not in gone.text
    for address in ("/api/v1/clusters/c-r5", "/r/c-r5.dc.xml"):
        told = await browser.get(address)
        assert told.status == 410
        assert re.search(r"withdrawn by Library B 图书馆 on \d{4}-\d\d-\d\d", told.text)
    for address in ("/m/r5", "/api/v1/records/r5"):
        gone = await browser.get(address)
        assert (gone.status, "Library B 图书馆" in gone.text, "Weaving" in gone.text) == (410, True, False)


async def test_what_is_hidden_is_as_if_it_were_not(browser: Browser) -> None:
    for address in (
        *PAGES,
        "/api/v1/institutions",
        "/api/v1/search?q=*&page_size=100",
        "/search.csv?q=*",
        "/search.jsonl?q=*",
    ):
        assert SECRET not in (await browser.get(address)).text
    for address in ("/search?q=", "/api/v1/search?q=", "/search.csv?q="):
        sought, nothing = await browser.get(address + SECRET), await browser.get(address + "zzzzz")
        assert sought.text.replace(SECRET, "zzzzz") == nothing.text
    unknown, hidden = await browser.get("/r/c-r99"), await browser.get("/r/c-r7")
    assert (unknown.status, unknown.text.replace("c-r99", "c-r7")) == (hidden.status, hidden.text)
    assert (await browser.get("/m/r7")).status == 404
    assert (await browser.get("/api/v1/records/r7/raw")).status == 404


async def test_the_home_page_says_to_machines_how_it_is_searched(browser: Browser) -> None:
    page = await browser.get("/")
    (written,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    site = json.loads(written)
    assert (site["@type"], site["potentialAction"]["@type"]) == ("WebSite", "SearchAction")
    template = site["potentialAction"]["target"]["urlTemplate"]
    assert template == f"{site['url']}search?q={{search_term_string}}"


async def test_its_own_institution_sees_what_is_hidden_marked_so(portal: Portal) -> None:
    add_person(portal.store, "bea", RoleGrant(role="institution_admin", institution="b"))
    async with portal.browser("bea") as browser:
        await browser.post("/account/acting-for", {"institution": "b"}, page="/account")
        page = await browser.get("/r/c-r7")
        assert page.status == 200
        assert "Not public." in page.text
        assert (await found(browser, f"/api/v1/search?q={SECRET}"))["total"] == 1
        assert (await browser.get(f"/search?q={SECRET}")).text.count("Not public.") == 1
        assert "Not public." not in (await browser.get("/search?q=strangers")).text


async def test_a_reduced_line_gives_no_title(browser: Browser) -> None:
    page = await browser.get("/r/c-r6")
    assert page.status == 200
    assert "living person" not in page.text
    assert "Closed for now" in page.text
    assert "2090" in page.text


async def test_markup_that_was_harvested_is_text(browser: Browser) -> None:
    for address in ("/r/c-r4", "/search?q=alert", "/institutions/a"):
        page = await browser.get(address)
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text.replace("<mark>", "").replace("</mark>", "")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("/api/v1/search?quary=x", "parameter-unknown"),
        ("/api/v1/search?page=-1", "parameter-invalid"),
        ("/api/v1/search?page_size=101", "parameter-invalid"),
        ("/api/v1/search?page=51", "parameter-invalid"),
        ("/api/v1/search?facets=nosuch", "parameter-invalid"),
        ('/api/v1/search?strict=true&q="open', "query-invalid"),
        ("/api/v1/health?x=1", "parameter-unknown"),
    ],
)
async def test_the_api_refuses_what_it_does_not_know(browser: Browser, address: str, code: str) -> None:
    answer = await browser.get(address)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert code in answer.text


@pytest.mark.parametrize("path", ["search", "search/facets/level"])
async def test_the_api_names_each_bound_that_is_no_date(browser: Browser, path: str) -> None:
    answer = await browser.get(f"/api/v1/{path}?q=novel&from=19x&to=soon")
    assert answer.status == 400
    faults = [(each["parameter"], each["code"]) for each in json.loads(answer.text)["errors"]]
    assert faults == [("from", "parameter-invalid"), ("to", "parameter-invalid")]
    assert (await browser.get(f"/api/v1/{path}?q=novel&from=184X&to=%20")).status == 200


async def test_a_page_keeps_the_rest_and_says_what_it_left(browser: Browser) -> None:
    page = await browser.get("/search?q=novel&page=-1&nosuch=1")
    assert page.status == 200
    assert "Almost strangers" in page.text.replace("<mark>", "").replace("</mark>", "")
    assert "nosuch is not known" in page.text
    unclosed = await browser.get('/search?q="almost strangers')
    assert "The quotation mark was closed at the end." in unclosed.text


async def test_a_page_past_the_last_keeps_the_search(browser: Browser) -> None:
    page = await browser.get("/search?q=*&institution=a&page=51")
    assert "Pages end at hit 1,000; narrow the search." in page.text
    assert 'value="a" checked' in page.text


async def test_a_choice_inside_a_facet_does_not_narrow_its_own_counts(browser: Browser) -> None:
    answer = await found(browser, "/api/v1/search?q=*&institution=a&facets=institution")
    counts = {value["value"]: value["count"] for value in answer["facets"]["institution"]}
    assert counts["b"] > 0
    assert answer["total"] == counts["a"]


@pytest.mark.parametrize("address", PAGES)
async def test_pages_are_small_and_ask_nothing_of_others(browser: Browser, address: str) -> None:
    page = await browser.get(address)
    assert page.status == 200
    assert len(gzip.compress(page.text.encode())) < 60_000
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert 'src="http' not in page.text
    assert "<style" not in page.text
    assert " style=" not in page.text


@pytest.mark.parametrize("address", PAGES)
async def test_pages_speak_chinese(browser: Browser, address: str) -> None:
    page = await browser.get(address + ("&" if "?" in address else "?") + "ui=zh-Hans")
    assert 'lang="zh-Hans"' in page.text
    assert "检索" in page.text
    assert "Sign in" not in page.text


async def test_the_language_of_the_browser_is_met_and_a_choice_is_kept(browser: Browser) -> None:
    assert "检索全部" in (await browser.get("/", **{"Accept-Language": "fr, zh-CN;q=0.8"})).text
    await browser.get("/?ui=zh-Hans")
    assert "检索全部" in (await browser.get("/")).text


async def test_machines_are_told_what_not_to_read(browser: Browser) -> None:
    text = (await browser.get("/robots.txt")).text
    assert "Disallow: /search" in text
    assert "Disallow: /r" not in text.replace("Disallow: /robots", "")


async def test_an_answer_that_did_not_change_is_not_sent_again(browser: Browser) -> None:
    first = await browser.get("/api/v1/clusters/c-r3")
    again = await browser.get("/api/v1/clusters/c-r3", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")


async def test_a_list_of_everything_gives_no_reasons(browser: Browser) -> None:
    assert "Why this?" not in (await browser.get("/search?q=*")).text
    assert "Why this?" in (await browser.get("/search?q=strangers")).text


async def test_a_way_out_names_what_is_left_out_as_the_page_does(browser: Browser) -> None:
    page = await browser.get("/search?q=strangers&level=fonds&ui=zh-Hans")
    ways = page.text.partition('class="plain ways"')[2].partition("</ul>")[0]
    assert "全宗" in ways
    page = await browser.get("/search?q=红楼梦&institution=b")
    ways = page.text.partition('class="plain ways"')[2].partition("</ul>")[0]
    assert "Library B" in ways


async def test_a_title_that_stands_in_is_in_the_readers_language(browser: Browser) -> None:
    for address in ("/r/c-r6?ui=zh-Hans", "/m/r6?ui=zh-Hans", "/search?q=*&ui=zh-Hans"):
        page = (await browser.get(address)).text
        assert ">[案卷" in page
        assert ">[file" not in page
