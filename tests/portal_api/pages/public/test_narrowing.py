"""What narrows, gathers and orders a search: the same parameters on the page and in the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from federation.storage import institutions
from federation.storage.institutions import StoredInstitution
from mappings.schema.hierarchy import Ancestor, Hierarchy
from mappings.schema.ids import record_id
from mappings.schema.record import CatalogueRecord, Digital
from portal_api.views.dates_told import year_told
from tests.federation.linkage.records import catalogue_record
from tests.portal_api.pages.public.shown import catalogue_portal, found, held_by
from tests.portal_api.staff import Browser, Portal

FONDS = catalogue_record(20, "Papers of the quay", level="fonds")


def letter(number: int) -> CatalogueRecord:
    """A letter of the fonds."""
    path = (Ancestor(id=FONDS.id, level="fonds", title="Papers of the quay"),)
    made = held_by(catalogue_record(number, f"Letter {number} from the quay", year=f"18{number}"), "a")
    held = msgspec.structs.replace(made.holding[0], reference_code=f"Q/{number - 20}", department="Manuscripts")
    hierarchy = Hierarchy(root=FONDS.id, parent=FONDS.id, path=path, depth=1)
    return msgspec.structs.replace(made, hierarchy=hierarchy, holding=(held,))


def records() -> list[CatalogueRecord]:
    """A fonds of twelve letters, a map that can be seen, a book."""
    seen = (Digital(url="https://a.example/map.jpg", role="thumbnail"),)
    chart = held_by(catalogue_record(40, "Map of the quay", year="1905"), "b")
    return [
        held_by(FONDS, "a"),
        *map(letter, range(21, 33)),
        msgspec.structs.replace(chart, digital=seen, type="Image"),
        held_by(catalogue_record(41, "History of the quay", year="1999"), "b"),
    ]


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """A portal over these."""
    async with catalogue_portal(tmp_path, records()) as portal:
        yield portal


async def titles(browser: Browser, query: str) -> list[str]:
    """Titles of the hits of the API."""
    return [hit["title"] for hit in (await found(browser, f"/api/v1/search?{query}"))["hits"]]


async def test_a_fonds_is_a_row_that_leads_to_all_of_it(browser: Browser) -> None:
    answer = await found(browser, "/api/v1/search?q=letter&group=fonds")
    (row,) = answer["hits"]
    assert (answer["total"], answer["groups"]) == (12, 1)
    assert (row["group"]["label"], row["group"]["count"], len(row["group"]["others"])) == ("Papers of the quay", 12, 2)
    page = (await browser.get("/search?q=letter&group=fonds")).text
    assert "all 12 things of this fonds" in page
    assert f"/search?q=letter&amp;fonds={row['group']['value']}" in page
    opened = await found(browser, f"/api/v1/search?q=letter&fonds={row['group']['value']}")
    assert opened["total"] == 12
    shown = (await browser.get(f"/search?q=letter&fonds={row['group']['value']}")).text
    assert "Papers of the quay" in shown
    assert f'<input type="hidden" name="fonds" value="{row["group"]["value"]}">' in shown


async def test_pages_of_rows_go_to_the_last_row(browser: Browser) -> None:
    first = await found(browser, "/api/v1/search?q=quay&group=fonds&page_size=2&sort=title")
    assert (first["groups"], len(first["hits"])) == (3, 2)
    last = await found(browser, first["next"])
    assert (len(last["hits"]), last["next"]) == (1, None)
    assert await found(browser, last["prev"]) == first


async def test_rows_in_the_order_of_dates_go_on_by_cursor(browser: Browser) -> None:
    address, rows = "/api/v1/search?q=quay&group=fonds&page_size=1&sort=date", list[str]()
    first = await found(browser, address)
    while address:
        answer = await found(browser, address)
        rows += [hit["title"] for hit in answer["hits"]]
        address = answer["next"]
    whole = await found(browser, "/api/v1/search?q=quay&group=fonds&sort=date")
    assert "cursor=" in first["next"]
    assert (len(rows), rows) == (3, [hit["title"] for hit in whole["hits"]])


async def test_codes_and_creators_are_orders_of_page_api_and_list(browser: Browser) -> None:
    by_code = await titles(browser, "q=letter&sort=code&page_size=100")
    assert by_code == [f"Letter {number} from the quay" for number in range(21, 33)]
    page = (await browser.get("/search?q=letter&sort=code")).text
    assert page.index("Letter</mark> 22") < page.index("Letter</mark> 30")
    assert '<option value="creator">' in page
    table = (await browser.get("/search.csv?q=letter&sort=code&group=fonds")).text.splitlines()
    assert [line.split(",")[0] for line in table[1:]] == by_code


async def test_facets_of_programs_have_sizes(browser: Browser) -> None:
    answer = await found(browser, "/api/v1/search?q=*&facets=department&facets=fonds&facets=century:1&facets=rights")
    facets: dict[str, list[dict[str, Any]]] = answer["facets"]
    assert [(each["label"], each["count"]) for each in facets["department"]] == [("Manuscripts", 12)]
    assert [(each["label"], each["count"]) for each in facets["fonds"]] == [("Papers of the quay", 13)]
    assert [(each["value"], each["label"], each["count"]) for each in facets["century"]] == [("1800", "1800–1899", 12)]
    assert await titles(browser, "q=*&century=1900&sort=title") == ["History of the quay", "Map of the quay"]
    assert (await found(browser, "/api/v1/search?q=*"))["facets"] == {}


@pytest.mark.parametrize(
    "query",
    [
        "facets=nosuch",
        "facets=subject:0",
        "facets=subject:101",
        "facets=subject:many",
        "facets=subject:",
        "century=1850",
        "not.nosuch=a",
        "group=nosuch",
        "sort=nosuch",
        "prefer=nosuch",
        "ids=" + ",".join(map(str, range(101))),
    ],
)
async def test_what_cannot_be_used_is_refused(browser: Browser, query: str) -> None:
    assert (await browser.get(f"/api/v1/search?q=*&{query}")).status == 400


async def test_what_a_page_cannot_use_is_told_with_what_it_can(browser: Browser) -> None:
    page = (await browser.get("/search?q=quay&sort=nosuch&prefer=nosuch")).text
    assert (
        "date_desc, id, relevance, title"
        in page.partition("sort cannot be used as it stands here; it may be: ")[2][:120]
    )
    assert "There is no institution with the short name nosuch." in page
    detail = (await browser.get("/api/v1/search?q=quay&prefer=bb")).text
    assert "expected the short name of an institution, found 'bb'; did you mean b?" in detail


async def test_what_lies_below_a_record_is_sought_by_its_title(browser: Browser) -> None:
    fonds = (await found(browser, "/api/v1/search?q=letter&group=fonds"))["hits"][0]["group"]["value"]
    page = (await browser.get(f"/search?q=letter&in={fonds}")).text
    chip = page.partition('name="in"')[0]
    assert "Papers of the quay" in chip


async def test_what_is_excluded_is_left_out_and_told(browser: Browser) -> None:
    answer = await found(browser, "/api/v1/search?q=quay&not.institution=a&facets=institution")
    assert answer["total"] == 2
    counted = {each["value"]: (each["count"], each["excluded"]) for each in answer["facets"]["institution"]}
    assert counted == {"a": (13, True), "b": (2, False)}
    page = (await browser.get("/search?q=quay&not.institution=a")).text
    assert "without Institution:" in page
    assert '<input type="hidden" name="not.institution" value="a">' in page
    refine = (await browser.get("/search/refine/institution?q=quay&not.institution=a")).text
    assert 'name="not.institution" value="a" checked' in refine


async def test_things_are_found_by_several_identifiers_at_once(browser: Browser) -> None:
    names = [record_id("a", "x")] + [letter(number).id for number in (21, 22)]
    assert len(await titles(browser, f"q=*&ids={names[1]}&ids={names[2]}")) == 2
    assert len(await titles(browser, f"q=*&ids={','.join(names)}")) == 2
    assert "Letter 21" in (await browser.get(f"/search?q=*&ids={names[1]}")).text
    # a comma alone names nothing, and narrows nothing
    assert "Letter 21" in (await browser.get("/search?q=*&ids=,")).text


async def test_what_lies_in_a_unit_and_what_can_be_seen_online(browser: Browser) -> None:
    assert (await found(browser, f"/api/v1/search?q=*&in={FONDS.id}"))["total"] == 12
    assert await titles(browser, "q=*&online=true") == ["Map of the quay"]
    assert "Map of the quay" not in await titles(browser, "q=*&online=false&page_size=100")
    assert await titles(browser, "q=has:image") == ["Map of the quay"]
    page = (await browser.get("/search?q=*&online=true")).text
    assert 'name="digital" value="online" checked' in page


async def test_pages_are_named_in_the_header_too(browser: Browser) -> None:
    answer = await browser.get("/api/v1/search?q=letter&page_size=5&page=2&sort=date")
    said = msgspec.json.decode(answer.text)
    assert answer.headers["Link"] == f'<{said["next"]}>; rel="next", <{said["prev"]}>; rel="prev"'
    assert (await found(browser, said["prev"]))["hits"] != said["hits"]
    third = await found(browser, said["next"])
    assert (await found(browser, third["prev"]))["hits"] == said["hits"]
    assert "Link" not in (await browser.get("/api/v1/search?q=letter&page_size=100")).headers


async def test_the_bars_say_their_unit_and_what_stands_in_none(browser: Browser) -> None:
    bars = (await found(browser, "/api/v1/search?q=quay&histogram=true"))["histogram"]
    assert (bars["unit"], bars["undated"], bars["wide"]) == ("decade", 1, 0)
    assert sum(bar["count"] for bar in bars["bars"]) == 14
    page = (await browser.get("/search?q=quay")).text
    assert "A thing counts in every bar that its dates touch." in page
    address = page.partition(">undated: 1</a>")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert (await found(browser, address.replace("/search", "/api/v1/search")))["total"] == 1
    assert ">无日期: 1</a>" in (await browser.get("/search?q=quay&ui=zh-Hans")).text


def test_a_year_before_the_common_era_is_told_as_people_write_it() -> None:
    assert [year_told(year, str) for year in (-299, 0, 1, 1930)] == ["300 BCE", "1 BCE", "1", "1930"]


async def test_a_holder_is_named_by_its_isil_and_an_unknown_one_is_told(portal: Portal, browser: Browser) -> None:
    with portal.store.transaction() as tx:
        institutions.put(
            tx, StoredInstitution(slug="b", name="Library B 图书馆", isil="XX-B", other_names=("Old Bee",))
        )
    for query in (
        "q=*&institution=XX-B",
        "q=*&institution=old bee",
        "q=quay Old Bee",
        "q=institution:xx-b",
        "q=*&institution=Library B 图书馆",
    ):
        assert len(await titles(browser, query)) == 2, query
    page = (await browser.get("/search?q=*&institution=XX-B")).text
    assert 'name="institution" value="b" checked' in page
    refine = (await browser.get("/search/refine/institution?q=*&institution=XX-B")).text
    assert 'name="institution" value="b" checked' in refine
    answer = await found(browser, "/api/v1/search?q=*&institution=nosuch")
    assert (answer["total"], answer["notices"][0]["code"], answer["notices"][0]["value"]) == (
        0,
        "value_unknown",
        "nosuch",
    )
    told = (await browser.get("/search?q=type:picture&institution=nosuch")).text
    assert "This field never has this value." in told
    assert "Institution: nosuch" in told
    assert "<code>StillImage</code>" in told


async def test_values_of_the_facets_of_programs_are_listed(browser: Browser) -> None:
    for facet, value in (("century", "1800"), ("department", "manuscripts"), ("fonds", FONDS.id)):
        answer = await found(browser, f"/api/v1/search/facets/{facet}?q=quay")
        assert value in {each["value"] for each in answer["values"]}, facet
        assert "<form" in (await browser.get(f"/search/refine/{facet}?q=quay&not.{facet}={value}")).text
    (early,) = (await found(browser, "/api/v1/search/facets/century?q=quay&contains=18"))["values"]
    assert early["label"] == "1800–1899"


async def test_a_reader_chooses_how_many_hits_a_page_has_and_keeps_it(browser: Browser) -> None:
    page = await browser.get("/search?q=quay&page_size=10&sort=title")
    assert page.text.count('<h2><a href="/r/') == 10
    assert '<option value="10" selected>' in page.text
    assert "/search?q=quay&amp;sort=title&amp;page=2&amp;page_size=10" in page.text
    last = await browser.get("/search?q=quay&page_size=10&sort=title&page=2")
    assert last.text.count('<h2><a href="/r/') == 5
    assert (await browser.get("/search?q=quay")).text.count('<h2><a href="/r/') == 15


async def test_other_lists_of_a_search_are_asked_for_without_the_size_of_its_pages(browser: Browser) -> None:
    page = await browser.get("/search?q=quay&page_size=50")
    for door in ("/search.atom?q=quay", "/search.csv?q=quay", "/account/searches/new?q=quay"):
        (asked,) = {each.split('"')[0] for each in page.text.split('href="') if each.startswith(door)}
        assert "page_size" not in asked
    for path in ("/search/build", "/search/refine/level"):
        form = (await browser.get(f"{path}?q=quay&page_size=50")).text
        assert '<input type="hidden" name="page_size" value="50">' in form


async def test_a_size_that_is_not_offered_is_told_with_those_that_are(browser: Browser) -> None:
    page = await browser.get("/search?q=quay&page_size=30")
    assert page.status == 200
    assert "10, 20, 50, 100" in page.text
