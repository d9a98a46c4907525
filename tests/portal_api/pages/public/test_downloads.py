"""A thing in other formats, at its address with an ending."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pymarc
import pytest
import rdflib
from lxml import etree
from msgspec.structs import replace

from mappings.schema.holding import ReferenceParts
from mappings.schema.normal_forms import normalise
from mappings.serialisations import edm
from mappings.serialisations.ric_o import RICO
from portal_api.http.languages import strings
from portal_api.settings import UI_LANGUAGES
from portal_api.views.downloads import DOWNLOADS, downloaded
from portal_api.views.told import LACKS
from tests import factories
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import linked
from tests.portal_api.pages.public.shown import SECRET, catalogue_portal
from tests.portal_api.staff import Browser


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    async with catalogue_portal(tmp_path) as portal:
        work = catalogue_record(31, "孟姜女故事研究", feed="a", authors=("顾颉刚",), year="1984")
        linked(portal.store, [work])
        async with portal.browser() as browser:
            yield browser


@pytest.mark.parametrize("suffix", ["dc.xml", "qdc.xml", "mods.xml", "marc.xml"])
async def test_an_xml_format_names_the_things_own_page(browser: Browser, suffix: str) -> None:
    answer = await browser.get(f"/r/c-r31.{suffix}")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/xml")
    text = " ".join(etree.fromstring(answer.text.encode()).itertext())
    assert "孟姜女故事研究" in text
    assert "/r/c-r31" in text


async def test_a_library_system_reads_the_iso_2709_file(browser: Browser) -> None:
    answer = await browser.get("/r/c-r31.mrc")
    assert 'filename="c-r31.mrc"' in answer.headers["Content-Disposition"]
    record = pymarc.Record(answer.text.encode())
    assert record.title == "孟姜女故事研究"
    assert record["100"]["a"] == "顾颉刚"


@pytest.mark.parametrize(("suffix", "name"), [("jsonld", "name"), ("ric.jsonld", "rico:title")])
async def test_json_ld_is_json(browser: Browser, suffix: str, name: str) -> None:
    assert "孟姜女故事研究" in json.loads((await browser.get(f"/r/c-r31.{suffix}")).text)[name]


async def test_turtle_names_the_things_own_page(browser: Browser) -> None:
    answer = await browser.get("/r/c-r31.ttl")
    assert answer.headers["Content-Type"] == "text/turtle; charset=utf-8"
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    (thing,) = graph.subjects(rdflib.RDF.type, rdflib.URIRef(f"{RICO}Record"))
    assert str(thing).endswith("/r/c-r31")


async def test_markup_in_a_title_stays_words(browser: Browser) -> None:
    root = etree.fromstring((await browser.get("/r/c-r4.mods.xml")).text.encode())
    assert "<script>alert(1)</script> & more" in "".join(root.itertext())


@pytest.mark.parametrize("suffix", ["edm.xml", "docx", "mods"])
async def test_a_form_that_cannot_say_the_thing_is_refused_with_those_that_can(browser: Browser, suffix: str) -> None:
    answer = await browser.get(f"/r/c-r31.{suffix}")
    assert answer.status == 406
    assert "mods.xml" in answer.text


async def test_what_a_thing_lacks_for_a_form_is_named(browser: Browser) -> None:
    answer = await browser.get("/r/c-r31.edm.xml", Accept="application/json")
    assert json.loads(answer.text)["detail"].startswith(
        "EDM needs a rights URI and a link to the object at its holder, which the record does not have; offered here: "
    )
    for language in UI_LANGUAGES:
        page = await browser.get(f"/r/c-r31.edm.xml?ui={language}", Accept="text/html")
        assert page.status == 406
        shown = [strings(language).gettext(LACKS[lack]) in page.text for lack in edm.LACKS]
        assert shown == [False, True, True]


async def test_a_reduced_line_is_a_reduced_file(browser: Browser) -> None:
    assert "Letters of a living person" not in (await browser.get("/r/c-r6.mods.xml")).text
    assert (await browser.get("/r/c-r6.mrc")).status == 406


async def test_what_is_hidden_has_no_file(browser: Browser) -> None:
    for suffix in DOWNLOADS:
        answer = await browser.get(f"/r/c-r7.{suffix}")
        assert answer.status == 404
        assert SECRET not in answer.text


async def test_the_page_names_each_form_there_is_and_no_other(browser: Browser) -> None:
    page = (await browser.get("/r/c-r31")).text
    for suffix in DOWNLOADS:
        assert (f'href="/r/c-r31.{suffix}"' in page) == ((await browser.get(f"/r/c-r31.{suffix}")).status == 200)


async def test_a_page_calls_an_identifier_by_its_name(tmp_path: Path) -> None:
    numbered = catalogue_record(1, "请示", feed="a")
    numbered = replace(numbered, identifiers=(normalise("document_number", "示政发〔2003〕12号"),))
    async with catalogue_portal(tmp_path, [numbered]) as portal, portal.browser() as browser:
        page = (await browser.get("/r/c-r1", **{"Accept-Language": "zh"})).text
        assert "文号" in page
        assert "document_number" not in page


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/turtle", "ttl"),
        ("application/ld+json;q=0.9, text/html;q=0.5", "jsonld"),
        ("text/turtle;q=0.2, application/mods+xml", "mods.xml"),
    ],
)
async def test_a_program_is_led_to_the_form_that_it_asks_for(browser: Browser, accept: str, suffix: str) -> None:
    answer = await browser.get("/r/c-r31", Accept=accept)
    assert (answer.status, answer.headers["Location"]) == (303, f"/r/c-r31.{suffix}")
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "accept",
    [
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "*/*",
        "text/html, text/turtle",
        "text/turtle;q=0, */*",
        "text/turtle;q=many",
        "",
    ],
)
async def test_a_reader_gets_the_page(browser: Browser, accept: str) -> None:
    answer = await browser.get("/r/c-r31", Accept=accept)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_table_for_archives_comes_in_either_character_set() -> None:
    arranged = factories.holding(reference_code="001-7", parts=ReferenceParts(fonds="001", file="7"))
    record = factories.catalogue_record(level="file", title=factories.title("会员大会记录䶮"), holding=(arranged,))
    thing = factories.unified_record(record)
    page = "https://exchange.example/r/1"
    (form, gb), (_, utf) = (downloaded(thing, suffix, page) for suffix in ("dat22.gb18030.csv", "dat22.csv"))
    assert form.content_type == "text/csv; charset=gb18030"
    assert gb.decode("gb18030") == utf.decode("utf-8-sig")
    assert "会员大会记录䶮" in gb.decode("gb18030")
