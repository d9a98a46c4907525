"""A thing in other formats, at its address with an ending."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pymarc
import pytest
from lxml import etree

from portal_api.views.downloads import DOWNLOADS
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


async def test_json_ld_is_json(browser: Browser) -> None:
    assert json.loads((await browser.get("/r/c-r31.jsonld")).text)["name"] == "孟姜女故事研究"


async def test_markup_in_a_title_stays_words(browser: Browser) -> None:
    root = etree.fromstring((await browser.get("/r/c-r4.mods.xml")).text.encode())
    assert "<script>alert(1)</script> & more" in "".join(root.itertext())


@pytest.mark.parametrize("suffix", ["edm.xml", "docx", "mods"])
async def test_a_form_that_cannot_say_the_thing_is_refused_with_those_that_can(browser: Browser, suffix: str) -> None:
    answer = await browser.get(f"/r/c-r31.{suffix}")
    assert answer.status == 406
    assert "mods.xml" in answer.text


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
