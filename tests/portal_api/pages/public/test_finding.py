"""Suggestions, the values of a facet and similar things at their doors; hidden material is in none of them."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.portal_api.pages.public.shown import SECRET, found
from tests.portal_api.staff import Browser


async def test_a_title_is_suggested_in_our_form_and_in_that_of_browsers(browser: Browser) -> None:
    (own,) = (await found(browser, "/api/v1/suggest?q=weav"))["suggestions"]
    assert (own["kind"], own["text"], own["query"]) == ("title", "Weaving in the north", '"Weaving in the north"')
    assert await found(browser, "/api/v1/suggest?q=weav&format=opensearch") == ["weav", ["Weaving in the north"]]


@pytest.mark.parametrize("typed", [SECRET[:4], SECRET, "ledger"])
async def test_a_hidden_title_is_not_suggested(browser: Browser, typed: str) -> None:
    assert (await found(browser, f"/api/v1/suggest?q={typed}"))["suggestions"] == []


async def test_values_of_a_facet_are_found_by_part_of_their_name(browser: Browser) -> None:
    answer = await found(browser, "/api/v1/search/facets/institution?q=*&contains=" + quote("图书馆"))
    assert [(each["value"], each["label"]) for each in answer["values"]] == [("b", "Library B 图书馆")]
    none = await browser.get("/api/v1/search/facets/nonsense")
    assert (none.status, "expected one of institution, " in none.text, "'nonsense'" in none.text) == (404, True, True)
    assert (await browser.get("/api/v1/search/facets/level?size=101")).status == 400


async def test_the_page_of_a_facet_keeps_the_search_and_what_is_chosen(browser: Browser) -> None:
    page = (await browser.get("/search/refine/institution?q=novel&level=item&institution=a")).text
    assert '<input type="hidden" name="q" value="novel">' in page
    assert '<input type="hidden" name="level" value="item">' in page
    assert 'name="institution" value="a" checked' in page
    narrowed = (await browser.get("/search/refine/institution?institution=a&contains=" + quote("图书馆"))).text
    assert '<input type="hidden" name="institution" value="a">' in narrowed
    assert (await browser.get("/search/refine/nonsense")).status == 404


async def test_markup_in_a_search_among_values_is_text(browser: Browser) -> None:
    assert "<b>" not in (await browser.get("/search/refine/creator?contains=%3Cb%3E")).text


async def test_things_alike_are_given_to_who_may_see_them(browser: Browser) -> None:
    assert (await found(browser, "/api/v1/clusters/c-r5/similar"))["id"] == "c-r5"
    assert (await browser.get("/api/v1/clusters/c-r7/similar")).status == 404
    for number in (1, 3, 5):
        assert SECRET not in (await browser.get(f"/r/c-r{number}")).text
        assert SECRET not in (await browser.get(f"/api/v1/clusters/c-r{number}/similar")).text


async def test_a_year_in_the_box_stands_as_a_chip(browser: Browser) -> None:
    page = (await browser.get("/search?q=weaving+1850")).text
    assert "only the time" in page
    assert "/search?q=weaving+date%3A1850" in page


async def test_a_misspelt_search_is_relaxed_and_says_so(browser: Browser) -> None:
    page = (await browser.get("/search?q=weavng")).text
    assert "Shown are hits for another spelling" in page
    assert "/search?q=weavng&amp;relax=off" in page
    answer = await found(browser, "/api/v1/search?q=weavng")
    assert (answer["relaxed"], answer["total"]) == ({"step": "spelling", "text": "weaving"}, 1)
    exactly = (await browser.get("/search?q=weavng&relax=off")).text
    assert "Nothing was found" in exactly
    assert "/search?q=weaving" in exactly


async def test_a_query_is_given_in_every_notation(browser: Browser) -> None:
    answer = await found(browser, "/api/v1/queries/parse?q=title:weaving+-south+1850")
    assert answer["text"] == "title:weaving -south 1850"
    asked = [
        "q=" + quote(answer["text"]), "cql=" + quote(answer["meant_cql"]), "tree=" + quote(json.dumps(answer["meant"])),
    ]  # fmt: skip
    pages = [await found(browser, f"/api/v1/search?{each}") for each in asked]
    assert [[hit["id"] for hit in page["hits"]] for page in pages] == [["c-r5"]] * 3


@pytest.mark.parametrize(
    ("asked", "parameter", "position"),
    [("q=%22open&strict=1", "q", 0), ("cql=a+prox+b", "cql", 2), ("q=nosuch:x&strict=1", "q", 0)],
)
async def test_a_fault_names_its_place(browser: Browser, asked: str, parameter: str, position: int) -> None:
    for door in ("search", "queries/parse"):
        answer = await browser.get(f"/api/v1/{door}?{asked}")
        (fault,) = json.loads(answer.text)["errors"]
        assert (answer.status, fault["parameter"], fault["position"]) == (400, parameter, position)


async def test_one_query_has_one_notation(browser: Browser) -> None:
    for door in ("search", "queries/parse"):
        answer = await browser.get(f"/api/v1/{door}?q=a&cql=b")
        (fault,) = json.loads(answer.text)["errors"]
        assert (answer.status, fault["parameter"]) == (400, "cql")
        assert fault["detail"] == "cql: a query is given in one notation, and q is one"
        assert (await browser.get(f"/api/v1/{door}?q=&cql=b")).status == 200
