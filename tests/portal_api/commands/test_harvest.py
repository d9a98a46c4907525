"""`harvest`: a repository into files, again and again; its exit code says how it ended."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web
from typer.testing import CliRunner

from federation.errors import RequestRefused
from portal_api.commands.entry import app
from tests.peers.courteous.repository import Item, Repository, items, serving

LOOPBACK = ("--allow-network", "127.0.0.0/8")


async def ran(*arguments: str) -> int:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["harvest", *arguments], catch_exceptions=False)
    return result.exit_code


def records(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()]


async def test_a_repository_is_harvested_into_files_and_again(tmp_path: Path) -> None:
    repository = Repository(items(45))
    async with serving(repository) as url:
        assert await ran(url, "--to", str(tmp_path), *LOOPBACK) == 0
        assert len(records(tmp_path)) == 45
        run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
        assert (run["verdict"], run["evidence"], run["missing"]) == ("complete", "counted", 0)
        repository.records = [*repository.records, Item("oai:peer:new", "2026-02-01", "New")]
        assert await ran(url, "--to", str(tmp_path), *LOOPBACK) == 0
    assert len(records(tmp_path)) == 46
    assert "from" in repository.asked[-1]


async def test_bounds_are_asked_for(tmp_path: Path) -> None:
    repository = Repository(items(5))
    async with serving(repository) as url:
        await ran(url, "--to", str(tmp_path), "--from", "2020-01-01", "--until", "2030-01-01", *LOOPBACK)
    assert (repository.asked[0]["from"], repository.asked[0]["until"]) == ("2020-01-01", "2030-01-01")


async def test_what_is_no_repository_is_blocked(tmp_path: Path) -> None:
    refused = Repository([], before=lambda request: web.Response(status=401))
    async with serving(refused) as url:
        assert await ran(url, "--to", str(tmp_path), *LOOPBACK) == 69
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["verdict"] == "blocked"


async def test_a_source_that_asks_for_more_patience_is_put_off(tmp_path: Path) -> None:
    busy = Repository([], before=lambda request: web.Response(status=503, headers={"Retry-After": "86400"}))
    async with serving(busy) as url:
        assert await ran(url, "--to", str(tmp_path), *LOOPBACK) == 75
    assert "retry_at" in json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))


async def test_an_address_inside_the_network_is_not_reached(tmp_path: Path) -> None:
    async with serving(Repository(items(5))) as url:
        assert await ran(url, "--to", str(tmp_path)) == 69


async def test_a_folder_of_another_list_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    repository = Repository(items(5))
    async with serving(repository) as url:
        assert await ran(url, "--to", str(tmp_path), *LOOPBACK) == 0
        asked = len(repository.asked)
        for other in (("--set", "maps"), ("--prefix", "marc21")):
            with pytest.raises(RequestRefused, match="choose another one"):
                await ran(url, "--to", str(tmp_path), *other, *LOOPBACK)
    assert len(repository.asked) == asked
    assert len(records(tmp_path)) == 5


def test_a_retired_feed_is_not_harvested(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    made = ("--url", "http://127.0.0.1:9/oai", "--institution", "stadt", "--crosswalk", "base/oai_dc", "--paused")
    for arguments in (
        ("institution", "add", "stadt", "--name", "Stadtarchiv", *data),
        ("feed", "add", "stadt-oai", *made, *data),
        ("feed", "retire", "stadt-oai", "--yes", *data),
    ):
        assert CliRunner().invoke(app, arguments, catch_exceptions=False).exit_code == 0
    with pytest.raises(RequestRefused, match="retired"):
        CliRunner().invoke(app, ["harvest", "stadt-oai", *data], catch_exceptions=False)


def test_a_feed_of_files_is_not_harvested(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    for arguments in (
        ("institution", "add", "stadt", "--name", "Stadtarchiv", *data),
        ("feed", "add", "files", "--source", "upload", "--institution", "stadt", "--crosswalk", "base/oai_dc", *data),
    ):
        assert CliRunner().invoke(app, arguments, catch_exceptions=False).exit_code == 0
    with pytest.raises(RequestRefused, match="archive-exchange upload files FILE"):
        CliRunner().invoke(app, ["harvest", "files", *data], catch_exceptions=False)
