"""A newer version of a base in the browser and at the command line: seen, tried, confirmed, live, taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.pipeline import children
from portal_api.commands.entry import app
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import feed_of, record, rule
from tests.newer_bases import EXTRA, newer_oai_dc
from tests.portal_api.staff import Portal, office_over

HERE = "/admin/bases/oai_dc"
OPENING = EXTRA + rule(3, "access.status", "open")


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with office_over(tmp_path) as portal:
        yield portal


async def test_a_base_rises_for_all_its_feeds_by_the_page_and_goes_back(portal: Portal, tmp_path: Path) -> None:
    with newer_oai_dc(tmp_path / "more", OPENING) as newest:
        async with portal.browser("ada") as ada, portal.browser("grace") as grace, portal.browser("eve") as eve:
            assert newest in (await ada.get("/admin/bases")).text
            assert "<bdi>Peer</bdi></a> <code>base/oai_dc@1</code>" in (await ada.get("/admin/bases")).text
            assert "<bdi>Peer</bdi>" not in (await eve.get("/admin/bases")).text
            assert "not tried yet" in (await ada.get(HERE)).text
            assert "archive-exchange crosswalk base dry-run base/oai_dc<" in (await ada.get(HERE)).text
            assert "No feed builds on it" in (await eve.get(HERE)).text
            assert (await ada.post(f"{HERE}/dry-run", {}, page=HERE)).leads_to == HERE
            assert "The dry run is under way" in (await ada.get(HERE)).text
            children.dry_run_once(portal.store.url)
            assert "Records that would be opened" in (await ada.get(HERE)).text
            answer = await ada.post(f"{HERE}/activate", {}, page=HERE)
            assert (answer.status, "some wait for a second person" in answer.text) == (409, True)
            assert (await ada.post(f"{HERE}/confirm", {"note": "mine"}, page=HERE)).status == 409
            assert (await grace.post(f"{HERE}/activate", {}, page=HERE)).status == 403
            assert (await grace.post(f"{HERE}/confirm", {"note": "the law"}, page=HERE)).leads_to == HERE
            assert (await ada.post(f"{HERE}/activate", {}, page=HERE)).leads_to == HERE
            map_all(portal.store)
            assert (feed_of(portal.store).crosswalk, record(portal.store, 3).access.status) == (newest, "open")
            assert (await ada.post(f"{HERE}/rollback", {}, page=HERE)).leads_to == HERE
            assert feed_of(portal.store).crosswalk == "base/oai_dc@1"
            assert (await ada.post(f"{HERE}/rollback", {}, page=HERE)).status == 409
            assert (await ada.get("/admin/bases/none")).status == 404
            assert '"newest":"base/oai_dc@3"' in (await ada.get("/api/v1/bases/oai_dc")).text.replace(" ", "")
            assert '"behind":1' in (await ada.get("/api/v1/bases")).text.replace(" ", "")


async def test_a_base_rises_for_all_its_feeds_at_the_command_line(portal: Portal, tmp_path: Path) -> None:
    data = ["--data", str(tmp_path)]

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["crosswalk", "base", *words, *data])
        return result.output

    with newer_oai_dc(tmp_path / "more") as newest:
        assert f"{newest}\t1\t1" in run("list")
        assert "behind" in run("show", "base/oai_dc")
        run("dry-run", "base/oai_dc")
        children.dry_run_once(portal.store.url)
        assert "tried" in run("show", "base/oai_dc")
        assert f"1 feed lives by {newest}" in run("activate", "base/oai_dc")
        assert feed_of(portal.store).crosswalk == newest
        assert "1 feed lives by what it lived by before" in run("rollback", "base/oai_dc")
