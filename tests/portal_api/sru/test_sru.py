"""SRU gives what the page gives, in the forms of its versions; what it cannot do is a diagnostic with status 200."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import aiohttp
import pytest
import sruthi
from lxml import etree

from tests.portal_api.pages.public.shown import SECRET, catalogue_portal
from tests.portal_api.staff import Browser, Portal

SORTED = "cql.allRecords=1 sortBy dc.title"
QUERIES = ("strangers", "novel -south", "1850", "weaving 1850", 'title:^"weaving"', "红楼", "*")
NAMESPACES = {
    "1": "http://www.loc.gov/zing/srw/",
    "2": "http://docs.oasis-open.org/ns/search-ws/sruResponse",
    "d": "http://www.loc.gov/zing/srw/diagnostic/",
    "d2": "http://docs.oasis-open.org/ns/search-ws/diagnostic",
    "zr": "http://explain.z3950.org/dtd/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
}


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser() as browser:
        yield browser


async def asked(browser: Browser, **parameters: object) -> etree._Element:
    """The answer to a request."""
    answer = await browser.get(f"/sru?{urlencode(parameters)}")
    assert answer.status == 200, answer.text
    return etree.fromstring(answer.text.encode())


def texts(answer: etree._Element, path: str) -> list[str]:
    """Texts of elements."""
    return [each.text or "" for each in answer.iterfind(path, NAMESPACES)]


async def test_a_bare_request_is_explained(browser: Browser) -> None:
    answer = await asked(browser)
    assert answer.tag == f"{{{NAMESPACES['2']}}}explainResponse"
    names = texts(answer, ".//zr:index//zr:name")
    assert {"serverChoice", "title", "referenceCode", "institution"} <= set(names)
    for index in answer.iterfind(".//zr:index[@sort='true']", NAMESPACES):
        (name,) = index.iterfind(".//zr:name", NAMESPACES)
        asked_for = f"cql.allRecords=1 sortBy {name.get('set')}.{name.text}"
        assert not (await browser.get(f"/sru?{urlencode({'query': asked_for})}")).text.count("diagnostic/1/")
    assert "ax.overlaps" in texts(answer, ".//zr:supports")
    assert {each.get("name") for each in answer.iterfind(".//zr:schema", NAMESPACES)} >= {"dc", "mods", "marcxml"}


@pytest.mark.parametrize(("version", "prefix"), [("1.1", "1"), ("1.2", "1"), ("2.0", "2")])
async def test_a_search_in_each_version(browser: Browser, version: str, prefix: str) -> None:
    answer = await asked(browser, version=version, operation="searchRetrieve", query="dc.title all strangers")
    assert texts(answer, f"{prefix}:version") == [version]
    assert texts(answer, f"{prefix}:numberOfRecords") == ["1"]
    assert texts(answer, ".//dc:title")[0] == "Almost strangers: a novel"


async def test_records_go_on_from_where_the_last_answer_ended(browser: Browser) -> None:
    seen: list[str] = []
    start: str | None = "1"
    while start:
        answer = await asked(browser, version="1.2", operation="searchRetrieve", query=SORTED,
                             startRecord=start, maximumRecords=2)  # fmt: skip
        seen += texts(answer, ".//1:recordIdentifier")
        start = next(iter(texts(answer, "1:nextRecordPosition")), None)
    assert len(seen) == len(set(seen)) == int(texts(answer, "1:numberOfRecords")[0])
    odd = await asked(browser, version="1.2", operation="searchRetrieve", query=SORTED,
                      startRecord=2, maximumRecords=3)  # fmt: skip
    assert texts(odd, ".//1:recordIdentifier") == seen[1:4]


@pytest.mark.parametrize("query", QUERIES)
async def test_the_page_and_sru_find_the_same_in_the_same_order(browser: Browser, query: str) -> None:
    parsed = json.loads((await browser.get(f"/api/v1/queries/parse?{urlencode({'q': query})}")).text)
    page = json.loads((await browser.get(f"/api/v1/search?{urlencode({'q': query})}")).text)
    answer = await asked(browser, query=parsed["meant_cql"], maximumRecords=100)
    assert texts(answer, ".//2:recordIdentifier") == [hit["id"] for hit in page["hits"]]


@pytest.mark.parametrize(
    ("parameters", "number", "details"),
    [
        ({"version": "9.9"}, 5, "2.0"),
        ({"operation": "explore"}, 4, "explore"),
        ({"operation": "searchRetrieve"}, 7, "query"),
        ({"operation": "searchRetrieve", "query": "a", "colour": "red"}, 8, "colour"),
        ({"operation": "searchRetrieve", "query": "a", "maximumRecords": "-1"}, 6, "maximumRecords"),
        ({"operation": "searchRetrieve", "query": "a", "startRecord": "0"}, 6, "startRecord"),
        ({"operation": "searchRetrieve", "query": "strangers", "startRecord": "9"}, 61, "9"),
        ({"operation": "searchRetrieve", "query": "a", "startRecord": "1001"}, 61, "1001"),
        ({"operation": "searchRetrieve", "query": "a sortBy rec.identifier/sort.descending"}, 80, "rec.identifier"),
        ({"operation": "searchRetrieve", "query": "a", "recordSchema": "lom"}, 66, "lom"),
        ({"operation": "searchRetrieve", "query": "a", "recordPacking": "zip"}, 71, "zip"),
        ({"operation": "searchRetrieve", "query": "(a"}, 13, "("),
        ({"operation": "searchRetrieve", "query": "dc.rights = a"}, 16, "dc.rights"),
        ({"operation": "searchRetrieve", "query": "a", "stylesheet": "/x.xsl"}, 110, "/x.xsl"),
        ({"operation": "searchRetrieve", "query": "a sortBy dc.date dc.title"}, 82, "1"),
        ({"operation": "searchRetrieve", "query": "a sortBy dc.title/sort.respectCase"}, 89, "sort.respectCase"),
        ({"operation": "searchRetrieve", "query": "a prox b"}, 39, "prox"),
        ({"operation": "searchRetrieve", "query": "<script> = a"}, 10, "0: <"),
        ({"operation": "searchRetrieve", "query": "strangers novel"}, 10, "10: novel"),
        ({"operation": "searchRetrieve", "query": "strangers and"}, 10, "13"),
        ({"operation": "searchRetrieve", "query": "strangers xor novel"}, 37, "xor"),
        ({"version": "1.2", "operation": "searchRetrieve", "query": "a", "sortKeys": "title"}, 8, "sortKeys"),
        ({"version": "1.1", "operation": "searchRetrieve", "query": "a", "sortKeys": "title date"}, 82, "1"),
        ({"version": "1.1", "operation": "searchRetrieve", "query": "a", "sortKeys": "colour"}, 86, "colour"),
        ({"version": "1.1", "operation": "searchRetrieve", "query": "a", "sortKeys": "title,lom"}, 85, "lom"),
        ({"version": "1.1", "operation": "searchRetrieve", "query": "a", "sortKeys": "title,,0"}, 88, "0"),
        ({"version": "1.1", "operation": "searchRetrieve", "query": "a", "sortKeys": "title,,1,1"}, 89, "1"),
        ({"version": "1.1", "operation": "searchRetrieve", "query": "a", "sortKeys": "date,,1,,omit"}, 90, "omit"),
    ],
)
async def test_what_cannot_be_done_is_a_diagnostic(
    browser: Browser, parameters: dict[str, str], number: int, details: str
) -> None:
    answer = await asked(browser, **parameters)
    assert texts(answer, "1:diagnostics/d:diagnostic/d:uri") == [f"info:srw/diagnostic/1/{number}"]
    assert texts(answer, "1:diagnostics/d:diagnostic/d:details") == [details]


@pytest.mark.parametrize(
    ("keys", "query"),
    [
        ("title", "dc.title"),
        ("title,dc,1,0,highValue", "dc.title"),
        ("//dc:date,,0", "dc.date/sort.descending"),
        ("dc.date", "dc.date"),
        ("recordIdentifier", "rec.identifier"),
    ],
)
@pytest.mark.parametrize("version", ["1.1", "2.0"])
async def test_sort_keys_give_the_order_of_sort_by(browser: Browser, version: str, keys: str, query: str) -> None:
    given = {"version": version, "operation": "searchRetrieve", "maximumRecords": 100, "recordSchema": "mods"}
    by_query = await asked(browser, query=f"cql.allRecords=1 sortBy {query}", **given)
    by_keys = await asked(browser, query="cql.allRecords=1", sortKeys=keys, **given)
    titles = [each.findtext(".//{*}title") for each in by_query.iter("{*}recordData")]
    assert [each.findtext(".//{*}title") for each in by_keys.iter("{*}recordData")] == titles
    assert len(titles) > 2


async def test_of_two_orders_that_of_the_query_holds_and_it_is_told(browser: Browser) -> None:
    answer = await asked(browser, query=SORTED, sortKeys="date")
    assert texts(answer, "2:diagnostics/d2:diagnostic/d2:uri") == ["info:srw/diagnostic/1/92"]
    alone = await asked(browser, query=SORTED)
    assert texts(answer, ".//2:recordIdentifier") == texts(alone, ".//2:recordIdentifier") != []


async def test_a_program_may_send_a_request_as_a_form(portal: Portal, browser: Browser) -> None:
    given = {
        "version": "1.2",
        "operation": "searchRetrieve",
        "query": 'dc.title any "红楼 strangers"',
        "maximumRecords": "5",
    }
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{portal.base}/sru", data=given) as answer:
            body = await answer.text()
            assert answer.status == 200
        async with session.post(f"{portal.base}/sru") as bare:
            assert "explainResponse" in await bare.text()
    assert body == (await browser.get(f"/sru?{urlencode(given)}")).text
    assert "<sru:numberOfRecords>0" not in body
    assert (await browser.post_as_it_is("/sru", given, Origin="https://elsewhere.example")).status == 403


async def test_a_record_that_a_schema_cannot_say_is_a_diagnostic_in_its_place(browser: Browser) -> None:
    answer = await asked(browser, query="cql.allRecords=1", recordSchema="edm", maximumRecords=100)
    number = len(texts(answer, ".//2:recordIdentifier"))
    assert number == int(texts(answer, "2:numberOfRecords")[0])


@pytest.mark.parametrize("query", [SECRET, "ledger", f'dc.title == "The {SECRET} ledger"'])
async def test_hidden_material_is_in_no_answer(browser: Browser, query: str) -> None:
    answer = await asked(browser, query=query)
    assert texts(answer, "2:numberOfRecords") == ["0"]


async def test_an_independent_client_reads_it(portal: Portal) -> None:
    def read() -> tuple[int, list[str]]:
        client = sruthi.Client(f"{portal.base}/sru", sru_version="1.2")
        found = client.searchretrieve(query="dc.title all strangers")
        return found.count, [record["schema"] for record in found]

    assert await asyncio.to_thread(read) == (1, ["http://www.openarchives.org/OAI/2.0/oai_dc/"])


@pytest.mark.parametrize("version", ["1.1", "1.2"])
async def test_an_independent_client_is_told_what_cannot_be_done(portal: Portal, version: str) -> None:
    def refused() -> str:
        client = sruthi.Client(f"{portal.base}/sru", sru_version=version)
        with pytest.raises(sruthi.errors.SruError) as error:
            client.searchretrieve(query="strangers novel")
        return str(error.value)

    assert "10: novel" in await asyncio.to_thread(refused)


@pytest.mark.yaz
@pytest.mark.parametrize("way", ["get 1.1", "get 1.2", "post 1.1", "post 1.2", "get 2.0", "post 2.0"])
async def test_the_client_of_yaz_searches_and_is_told_faults(portal: Portal, way: str) -> None:
    program = shutil.which("yaz-client")
    assert program is not None
    asked_for = (
        "find dc.title all strangers",
        "show 1",
        "find strangers novel",
        "find cql.allRecords=1 sortby dc.title",
        "quit",
    )
    given = "\n".join(
        (f"open http://{urlsplit(portal.base).netloc}/sru", f"sru {way}", "querytype cql", *asked_for, "")
    )

    def said() -> str:
        return subprocess.run([program], input=given, capture_output=True, text=True, timeout=30, check=True).stdout

    shown = await asyncio.to_thread(said)
    assert "Number of hits: 1" in shown
    assert "Almost strangers" in shown
    assert "info:srw/diagnostic/1/10" in shown
    assert "10: novel" in shown


async def test_a_browser_can_take_the_search_box_along(browser: Browser) -> None:
    page = await browser.get("/")
    assert 'rel="search"' in page.text
    answer = await browser.get("/opensearch.xml")
    described = etree.fromstring(answer.text.encode())
    assert described.findtext("{*}Description") == (
        "One search over the catalogues of libraries, archives and research institutions. "
        "一次检索多家图书馆、档案馆和研究机构的目录。"
    )
    templates = [each.get("template") for each in described.iterfind("{*}Url")]
    assert [str(each).removeprefix(browser.base) for each in templates] == [
        "/search?q={searchTerms}&page={startPage?}",
        "/search.atom?q={searchTerms}",
        "/api/v1/suggest?q={searchTerms}&format=opensearch",
    ]


async def test_scan_lists_values_in_order_with_what_they_find(browser: Browser) -> None:
    answer = await asked(browser, operation="scan", version="1.2", scanClause="dc.creator = a", maximumTerms=2)
    assert answer.tag == f"{{{NAMESPACES['1']}}}scanResponse"
    assert texts(answer, ".//1:displayTerm") == ["Winer, Delsa", "赵国栋"]
    assert texts(answer, ".//1:whereInList") == ["first", "last"]
    for value, count in zip(texts(answer, ".//1:displayTerm"), texts(answer, ".//1:numberOfRecords"), strict=True):
        found = await asked(browser, query=f'dc.creator = "{value}"')
        assert texts(found, "2:numberOfRecords") == [count]


async def test_scan_begins_where_it_is_told_to(browser: Browser) -> None:
    clause = {"scanClause": 'dc.creator = "x"', "maximumTerms": 2}
    assert texts(await asked(browser, **clause), ".//2:displayTerm") == ["赵国栋"]
    assert texts(await asked(browser, **clause, responsePosition=2), ".//2:displayTerm") == ["Winer, Delsa", "赵国栋"]
    assert texts(await asked(browser, **clause, responsePosition=3), ".//2:displayTerm") == ["Winer, Delsa"]


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ({"scanClause": "dc.title = a"}, "16"),
        ({"scanClause": "cql.serverChoice = a"}, "16"),
        ({"scanClause": "dc.creator = (a"}, "10"),
        ({"operation": "scan", "version": "1.1"}, "7"),
        ({"scanClause": "dc.creator = a", "maximumTerms": 5, "responsePosition": 7}, "120"),
        ({"scanClause": "dc.creator = a", "query": "b"}, "8"),
    ],
)
async def test_what_scan_cannot_do_is_a_diagnostic(browser: Browser, given: dict[str, object], number: str) -> None:
    answer = await asked(browser, **given)
    assert answer.tag.endswith("scanResponse")
    uris = [each.text for each in answer.iter("{*}uri")]
    assert uris == [f"info:srw/diagnostic/1/{number}"]


@pytest.mark.parametrize("clause", ["dc.creator", "creator", " DC.Creator ", '"dc.creator"', "ax.level"])
async def test_an_index_without_a_term_is_told_so_and_not_that_it_is_unknown(browser: Browser, clause: str) -> None:
    answer = await asked(browser, scanClause=clause)
    assert [each.text for each in answer.iter("{*}uri")] == ["info:srw/diagnostic/1/10"]
    assert [each.text for each in answer.iter("{*}details")] == [f"0: {clause}"]
    (said,) = [each.text or "" for each in answer.iter("{*}message")]
    assert "term behind the index" in said


async def test_scan_tells_nothing_of_what_is_hidden(browser: Browser) -> None:
    for index in ("dc.creator", "ax.institution", "ax.level"):
        answer = await browser.get(f"/sru?{urlencode({'scanClause': index + ' = a', 'maximumTerms': 100})}")
        assert SECRET not in answer.text
