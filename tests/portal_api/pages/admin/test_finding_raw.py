"""Stored records searched by path, as page, JSON and command; by those who run the feed alone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal_api.commands.entry import app
from tests.portal_api.staff import Portal, office_over

HERE = "/admin/crosswalks/k/find"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with office_over(tmp_path) as portal:
        yield portal


async def test_the_page_names_the_records_and_their_values(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        assert f'href="{HERE}"' in (await ada.get("/admin/crosswalks/k")).text
        page = (await ada.get(f"{HERE}?path=dc:title&value=title%203")).text
        assert "1 record has it" in page
        assert "oai:peer:3" in page
        answer = await ada.get(f"{HERE}?path=nix:title")
        assert (answer.status, "the prefix nix stands for nothing" in answer.text) == (422, True)
        assert 'value="nix:title"' in answer.text
        chinese = await ada.get(f"{HERE}?path=nix:title", **{"Accept-Language": "zh-Hans"})
        assert "前缀 nix 未声明" in chinese.text
        said = json.loads((await ada.get("/api/v1/feeds/k/find?path=dc:title&value=3")).text)
        assert [hit["identifier"] for hit in said["hits"]] == ["oai:peer:3"]
        assert (await ada.get("/api/v1/feeds/k/find?path=nix:title")).status == 422


@pytest.mark.parametrize("after", ["99999999999999999999", "-1", "x"])
async def test_a_place_that_no_record_can_have_is_a_plain_refusal(portal: Portal, after: str) -> None:
    async with portal.browser("ada") as ada:
        for here in (HERE, "/api/v1/feeds/k/find"):
            assert (await ada.get(f"{here}?path=dc:title&after={after}")).status == 400


async def test_of_another_institution_nothing_is_found(portal: Portal) -> None:
    async with portal.browser("eve") as eve:
        assert (await eve.get(f"{HERE}?path=dc:title")).status == 404
        assert (await eve.get("/api/v1/feeds/k/find?path=dc:title")).status == 404


async def test_the_command_names_them_too(portal: Portal, tmp_path: Path) -> None:
    wanted = ["crosswalk", "find", "k", "dc:title", "--value", "title 3", "--data", str(tmp_path)]
    result = CliRunner().invoke(app, wanted, catch_exceptions=False)
    assert "oai:peer:3: Title 3\n1 record, 6 looked at\n" in result.stdout
