"""The home page: what came last and where one can begin, of what is public alone."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from federation.storage.accounts import RoleGrant
from federation.storage.catalogue_records import catalogue_record as row
from mappings.schema.record import CatalogueRecord, Place
from mappings.schema.text import Text
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import SECRET, catalogue_portal, records
from tests.portal_api.staff import Portal

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


async def test_it_tells_what_came_last_by_institution_and_day(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path, now=lambda: NOW) as portal, portal.browser() as browser:
        with portal.store.transaction() as tx:
            tx.connection.execute(row.update().values(first_seen_at=datetime(2026, 11, 20, tzinfo=UTC)))
        english = (await browser.get("/", **{"Accept-Language": "en"})).text
        chinese = (await browser.get("/", **{"Accept-Language": "zh-Hans"})).text
    arrived = english.split('id="arrivals"')[1].split("</section>")[0]
    assert "<time datetime='2026-11-20'>November 20, 2026</time>" in arrived
    assert '>Library A</bdi></a> <span class="count">4 records</span>' in arrived
    assert '图书馆</bdi></a> <span class="count">2 records</span>' in arrived, "it holds three, and one is hidden"
    assert '/search?q=*&amp;institution=a&amp;sort=added"' in arrived
    assert "新到" in chinese
    assert "2026年11月20日" in chinese


async def test_nothing_is_new_after_a_month(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path, now=lambda: NOW) as portal, portal.browser() as browser:
        with portal.store.transaction() as tx:
            tx.connection.execute(row.update().values(first_seen_at=datetime(2026, 9, 1, tzinfo=UTC)))
        assert 'id="arrivals"' not in (await browser.get("/")).text


async def test_it_leads_to_places_of_what_is_public(tmp_path: Path) -> None:
    def placed(record: CatalogueRecord, name: str) -> CatalogueRecord:
        return msgspec.structs.replace(record, places=(Place(label=Text(value=name)),))

    held = [placed(record, "Bath" if record.access.line == "full" else "Secretham") for record in records()]
    async with catalogue_portal(tmp_path, held) as portal, portal.browser() as browser:
        home = (await browser.get("/")).text
        places = home.split('id="by-place"')[1].split("</section>")[0]
        assert '<a href="/search?q=%2A&amp;place=bath" rel="nofollow"><bdi dir="auto">Bath</bdi></a>' in places
        assert "Secretham" not in home
        assert "Bath" in (await browser.get("/search?q=*&place=bath")).text


async def test_a_place_of_several_names_is_one_and_is_called_as_the_page_calls_it(tmp_path: Path) -> None:
    names = iter(("Peking", "北京市", "Beijing", "Bath"))

    def placed(record: CatalogueRecord) -> CatalogueRecord:
        name = next(names, "Bath") if record.access.line == "full" else "Beijing"
        return msgspec.structs.replace(record, places=(Place(label=Text(value=name)),))

    async with catalogue_portal(tmp_path, [placed(each) for each in records()]) as portal, portal.browser() as browser:
        english = (await browser.get("/", **{"Accept-Language": "en"})).text
        chinese = (await browser.get("/", **{"Accept-Language": "zh-Hans"})).text
        places = english.split('id="by-place"')[1].split("</section>")[0]
        (line,) = (each for each in places.split("<li>") if "Beijing" in each)
        address = line.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
        told = re.search(r'class="count">(\d+)', line)
        found = (await browser.get(address.replace("/search", "/api/v1/search"))).text
    assert address.count("place=") == 3
    assert told is not None
    assert json.loads(found)["total"] == int(told[1])
    assert "北京</bdi>" in chinese.split('id="by-place"')[1].split("</section>")[0]
    assert "Peking" not in places


async def test_staff_is_shown_what_everybody_is_as_figures_are_counted_once_for_all(portal: Portal) -> None:
    add_person(portal.store, "bea", RoleGrant(role="institution_admin", institution="b"))
    async with portal.browser("bea") as browser:
        await browser.post("/account/acting-for", {"institution": "b"}, page="/account")
        home = (await browser.get("/")).text
    assert SECRET not in home
    assert '<a href="/institutions/b"><bdi dir="auto">b</bdi></a> <span class="count">2</span>' in home
    assert len(gzip.compress(home.encode())) < 60 * 1024
