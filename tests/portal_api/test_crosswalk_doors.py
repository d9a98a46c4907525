"""How a feed's rules do, a record rule by rule, two versions compared, tables in and out: the same at every door."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from federation.pipeline import feed_coverage
from federation.pipeline.feed_coverage import coverage_of
from federation.pipeline.table_files import read_table
from federation.pipeline.withholding import withhold
from federation.storage import opened
from federation.storage.accounts import RoleGrant
from mappings.schema.ids import record_id
from tests.federation.pipeline.test_lookup_tables import fed
from tests.federation.pipeline.versions import drafted, feed_of, rule
from tests.portal_api.auth.people import add_person
from tests.portal_api.commands.test_account import run
from tests.portal_api.staff import Browser, Portal, portal_over

HERE, API = "/admin/crosswalks/k", "/api/v1/feeds/k"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """A feed `k` of three records, of whose titles a table knows one; Ada runs it, Eve runs another one."""
    async with portal_over(tmp_path) as portal:
        await fed(portal.store)
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        add_person(portal.store, "eve", RoleGrant(role="harvest_admin", institution="other"))
        yield portal
        opened.close_stores()


async def read(browser: Browser, path: str) -> Any:
    answer = await browser.get(path)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


async def test_how_the_rules_do_is_told_at_every_door(portal: Portal, tmp_path: Path) -> None:
    async with portal.browser("ada") as ada:
        found = await read(ada, f"{API}/coverage")
        assert (found["records"], found["units"], found["sums"]) == (3, 3, {"mapped": 3})
        assert found["score"] == pytest.approx(
            sum(check["weight"] * check["holding"] for check in found["checks"]) / 3, abs=0.1
        )
        assert found["filled"]["title"] == 3
        ran = {each["rule"]: each for each in found["rules"]}
        assert (ran["kind"]["fired"], ran["kind"]["issues"]) == (1, 2)
        assert any(each["fired"] == 0 for each in found["rules"])
        page = (await ada.get(f"{HERE}/coverage")).text
        assert "3 stored records were mapped anew" in page
        assert f'href="{HERE}/coverage"' in (await ada.get(HERE)).text
        lines = list(csv.reader(io.StringIO((await ada.get(f"{API}/coverage.csv")).text.lstrip("\ufeff"))))
        assert lines[0] == ["about", "name", "number", "of"]
        assert ["rule", "kind", "1", "3"] in lines
        assert ["rule_issues", "kind", "2", "3"] in lines
    said = run(tmp_path, "crosswalk", "coverage", "k")
    assert f"quality {found['score']:g} of 100" in said
    assert json.loads(run(tmp_path, "crosswalk", "coverage", "k", "--json")) == found
    run(tmp_path, "crosswalk", "coverage", "k", "--csv", str(tmp_path / "out.csv"))
    assert "rule,kind,1,3" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")


async def test_looking_ends_with_its_time(portal: Portal) -> None:
    seconds = iter((0.0, 9.0))
    with portal.store.reading() as connection:
        found = coverage_of(connection, feed_of(portal.store), seconds=5.0, monotonic=lambda: next(seconds))
    assert found.records == 1


async def test_records_are_looked_at_a_few_at_a_time(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    with portal.store.reading() as connection:
        found = coverage_of(connection, feed_of(portal.store))
        monkeypatch.setattr(feed_coverage, "_READ", 2)
        assert coverage_of(connection, feed_of(portal.store)) == found
    assert found.records == 3


async def test_a_record_is_explained_by_what_is_live_and_by_a_version(portal: Portal) -> None:
    drafted(portal.store, rule(2, "access.status", "closed"))
    async with portal.browser("ada") as ada:
        live = await read(ada, f"{API}/explain?identifier=oai:peer:1")
        made = next(each for each in live["rules"] if each["rule"] == "kind")
        assert (made["read"], made["values"][0][1]) == ([["dc:title[1]", "Title 1"]], "letter")
        assert made["changes"][0]["after"] == ["letter"]
        tried = await read(ada, f"{API}/explain?identifier=oai:peer:2&version=2")
        assert "r2_access_status" in {each["rule"] for each in tried["rules"]}
        page = (await ada.get(f"{HERE}/explain?identifier=oai:peer:2&version=2")).text
        assert "r2_access_status" in page
        assert f"{HERE}/explain?identifier=oai%3Apeer%3A2" in (await ada.get(f"{HERE}/find?path=dc:title")).text
        assert "explain?version=2&amp;identifier=oai%3Apeer%3A2" in (await ada.get(f"{HERE}/2")).text
        for wanted in ("oai:peer:none", "oai:peer:1&version=9"):
            assert (await ada.get(f"{API}/explain?identifier={wanted}")).status == 404
        drafted(portal.store, "  - {id: a, from: dc:title, to: nowhere}\n")
        refused = await ada.get(f"{API}/explain?identifier=oai:peer:1&version=3")
        assert (refused.status, "nowhere" in refused.text) == (422, True)
        with portal.store.transaction() as tx:
            withhold(tx, record_id("k", "oai:peer:1"), "a private letter")
        assert (await ada.get(f"{API}/explain?identifier=oai:peer:1")).status == 404


async def test_two_versions_are_compared(portal: Portal) -> None:
    for number in (2, 3):
        drafted(portal.store, rule(number, "access.status", "closed"))
    async with portal.browser("ada") as ada:
        found = await read(ada, "/api/v1/crosswalks/k/versions/3/diff?against=2")
        signs = {line["sign"]: line["text"] for line in found["lines"] if line["sign"] in "+-"}
        assert ("r3_access_status" in signs["+"], "r2_access_status" in signs["-"]) == (True, True)
        assert (await read(ada, "/api/v1/crosswalks/k/versions/3/diff"))["against"] == 0
        page = (await ada.get(f"{HERE}/3/diff?against=2")).text
        assert "r2_access_status" in page
        assert f'action="{HERE}/3/diff"' in (await ada.get(f"{HERE}/3")).text
        assert (await ada.get(f"{HERE}/3/diff?against=9")).status == 404


@pytest.mark.parametrize("form", ["csv", "xlsx", "sssom.tsv"])
async def test_programs_take_a_table_out(portal: Portal, form: str) -> None:
    async with portal.browser("ada") as ada, ada._session.get(f"{ada.base}/api/v1/tables/peer_forms/1.{form}") as got:
        assert got.status == 200
        assert [row.value for row in read_table(await got.read())] == ["letter"]


async def test_programs_add_what_a_table_did_not_know_and_once(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        headers = {"X-CSRF-Token": await ada.token("/account"), "Origin": ada.base, "Idempotency-Key": "one"}
        body = {"table": "forms", "key": "Title 2", "value": "diary"}
        for _ in range(2):
            async with ada._session.post(f"{ada.base}{API}/misses", json=body, headers=headers) as answer:
                assert (answer.status, await answer.json()) == (200, {"table": "peer_forms", "version": 2, "draft": 2})
        async with ada._session.post(f"{ada.base}{API}/misses", json=body | {"value": ""}, headers=headers) as answer:
            assert answer.status == 422
        listed = (await ada.get(f"{API}/misses.csv")).text
        assert "Title 2,1,kind,forms" in listed


async def test_what_was_refused_is_taken_away_as_a_table(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        assert (await ada.get(f"{API}/rejects.csv")).text.lstrip("\ufeff").startswith("identifier,code,issue,field")
        assert f'href="{API}/rejects.csv"' in (await ada.get("/admin/feeds/k/records?standing=rejected")).text


async def test_of_another_institution_nothing_is_told(portal: Portal) -> None:
    drafted(portal.store, rule(2, "access.status", "closed"))
    async with portal.browser("eve") as eve:
        for path in (
            *(f"{API}/{name}" for name in ("coverage", "coverage.csv", "misses.csv", "rejects.csv")),
            *(f"{place}/explain?identifier=oai:peer:1" for place in (API, HERE)),
            *("/api/v1/crosswalks/k/versions/2/diff", f"{HERE}/2/diff", f"{HERE}/coverage"),
            "/api/v1/tables/peer_forms/1.csv",
        ):
            assert (await eve.get(path)).status == 404, path
