"""Lookup tables in a browser and as JSON: brought, taken out, filled with what they did not know; nobody else's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import FormData

from federation.pipeline.table_files import read_table
from federation.storage import opened
from federation.storage.accounts import RoleGrant
from mappings.tables.rows import TableRow
from tests.federation.pipeline.test_lookup_tables import fed
from tests.federation.pipeline.test_table_files import workbook
from tests.portal_api.auth.people import add_person
from tests.portal_api.staff import Answer, Browser, Portal, portal_over

HERE = "/admin/tables"
CSV = "key,value,label_zh\nmap,Image,地图\n".encode()


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        await fed(portal.store)
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        add_person(portal.store, "eve", RoleGrant(role="harvest_admin", institution="other"))
        yield portal
        opened.close_stores()


async def bring(browser: Browser, path: str, body: bytes, **fields: str) -> Answer:
    form = FormData()
    for name, value in {"form_token": await browser.token(path), **fields}.items():
        form.add_field(name, value)
    form.add_field("file", body, filename="table.csv", content_type="text/csv")
    async with browser._session.post(
        browser.base + path, data=form, allow_redirects=False, headers={"Origin": browser.base}
    ) as response:
        return Answer(status=response.status, text=await response.text(), headers=response.headers)


async def test_a_table_is_brought_shown_changed_and_taken_out(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        answer = await bring(ada, HERE, CSV, name="kinds", institution="peer", message="first")
        assert answer.leads_to == f"{HERE}/kinds"
        page = (await ada.get(f"{HERE}/kinds")).text
        assert "地图" in page
        assert "No crosswalk pins it." in page
        answer = await bring(ada, f"{HERE}/kinds", CSV + b"chart,Image,\n", seen="1")
        assert answer.leads_to == f"{HERE}/kinds"
        assert "kinds@2" in (await ada.get(HERE)).text
        assert "This is not the newest version." in (await ada.get(f"{HERE}/kinds/1")).text
        for form in ("csv", "sssom.tsv"):
            taken = await ada.get(f"{HERE}/kinds/1/kinds.{form}")
            assert read_table(taken.text.encode()) == (TableRow(key="map", value="Image", label_zh="地图"),)
        assert (await ada.get(f"{HERE}/kinds/1/kinds.xlsx")).status == 200


async def test_a_faulty_file_and_a_stale_form_are_refused(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        answer = await bring(ada, HERE, b"key,value\nx,1\nX,2\n", name="kinds", institution="peer")
        assert (answer.status, "expected each key once" in answer.text) == (422, True)
        assert 'value="kinds"' in answer.text
        answer = await bring(ada, f"{HERE}/peer_forms", CSV, seen="9")
        assert answer.status == 412


async def test_what_a_table_did_not_know_becomes_a_draft(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        here = "/admin/crosswalks/k"
        assert f'href="{here}/misses"' in (await ada.get(here)).text
        page = (await ada.get(f"{here}/misses")).text
        key = page.split('name="key" value="')[1].split('"')[0]
        answer = await ada.post(f"{here}/misses", {"table": "forms", "key": key, "value": "diary"})
        assert answer.leads_to == f"{here}/2"
        assert "peer_forms@2" in (await ada.get(f"{here}/2")).text
        assert f"{here}/2" in (await ada.get(f"{HERE}/peer_forms")).text
        answer = await ada.post(f"{here}/misses", {"table": "forms", "key": key, "value": ""})
        assert answer.status == 422


async def test_the_tables_of_another_institution_are_not_there(portal: Portal) -> None:
    async with portal.browser("eve") as eve:
        assert "peer_forms" not in (await eve.get(HERE)).text
        for path in (f"{HERE}/peer_forms", f"{HERE}/peer_forms/1/peer_forms.csv", "/admin/crosswalks/k/misses"):
            assert (await eve.get(path)).status == 404
        assert (await bring(eve, HERE, CSV, name="kinds", institution="peer")).status in (403, 404)
        assert (await eve.get("/api/v1/tables/peer_forms")).status == 404
        assert json.loads((await eve.get("/api/v1/tables")).text) == []


@pytest.mark.parametrize("number", ["99999999999999999999", "-1", "2147483648"])
async def test_a_version_that_no_table_can_have_is_a_plain_refusal(portal: Portal, number: str) -> None:
    async with portal.browser("ada") as ada:
        answer = await ada.get(f"/api/v1/tables/peer_forms?version={number}")
        assert (answer.status, "version" in json.loads(answer.text)["detail"]) == (400, True)


async def test_a_workbook_that_cannot_be_opened_is_refused_at_both_doors(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        assert (await bring(ada, f"{HERE}/peer_forms", workbook(), seen="1")).status == 422
        headers = {"X-CSRF-Token": await ada.token(HERE), "Origin": ada.base, "If-Match": '"1"'}
        async with ada._session.put(f"{ada.base}/api/v1/tables/peer_forms", data=workbook(), headers=headers) as answer:
            assert (answer.status, "table_broken" in await answer.text()) == (422, True)


async def test_a_form_whose_version_is_no_number_is_refused_as_stale(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        assert (await bring(ada, f"{HERE}/peer_forms", CSV, seen="²")).status == 412


async def test_programs_read_and_write_tables(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        [line] = json.loads((await ada.get("/api/v1/tables")).text)
        assert (line["name"], line["version"], line["live"]) == ("peer_forms", 1, 1)
        found = json.loads((await ada.get("/api/v1/tables/peer_forms")).text)
        assert found["rows"][0]["value"] == "letter"
        assert len(json.loads((await ada.get("/api/v1/feeds/k/misses")).text)) == 2
        token = await ada.token(HERE)
        sent = {"X-CSRF-Token": token, "Origin": ada.base}
        for match, status in (("", 428), ('"9"', 412), ('"1"', 200), ('"1"', 412)):
            url = f"{ada.base}/api/v1/tables/peer_forms"
            headers = sent | ({"If-Match": match} if match else {})
            async with ada._session.put(url, data=CSV, headers=headers) as response:
                assert response.status == status, match
