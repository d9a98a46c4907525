"""`harvest`: a repository into files, again and again; its exit code says how it ended."""

from __future__ import annotations

import asyncio
import json
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from typer.testing import CliRunner

from federation.errors import RequestRefused
from portal_api.commands.entry import app
from portal_api.commands.harvest_into_files import lines_of, write
from portal_api.wiring import open_store
from tests.peers.courteous.repository import Item, Repository, items, page, serving

LOOPBACK = ("--allow-network", "127.0.0.0/8")


async def ran(*arguments: str) -> int:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["harvest", *arguments], catch_exceptions=False)
    return result.exit_code


def records(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()]


def run_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return found


async def test_a_repository_is_harvested_into_files_and_again(tmp_path: Path) -> None:
    repository = Repository(items(45))
    async with serving(repository) as url:
        assert await ran(url, "--to", str(tmp_path), *LOOPBACK) == 0
        assert len(records(tmp_path)) == 45
        run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
        assert (run["verdict"], run["evidence"], run["missing"]) == ("complete", "counted", 0)
        assert (run["requests"], run["retries"], run["postponements"]) == (len(repository.asked), 0, 0)
        assert run["bound"] == {"postponements": 30, "seconds": 14 * 86_400}
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


async def test_a_wait_beyond_the_patience_ends_at_once_and_a_rerun_keeps_it(tmp_path: Path) -> None:
    busy = Repository(items(45), before=lambda request: web.Response(status=503, headers={"Retry-After": "30"}))
    begun = time.monotonic()
    async with serving(busy) as url:
        assert await ran(url, "--to", str(tmp_path), "--patience", "5", *LOOPBACK) == 75
        first = run_of(tmp_path)
        assert await ran(url, "--to", str(tmp_path), "--patience", "5", *LOOPBACK) == 75
    assert time.monotonic() - begun < 5
    assert (first["verdict"], first["reason"], first["missing"]) == ("postponed", "busy", None)
    assert run_of(tmp_path)["retry_at"] == first["retry_at"]
    assert len(busy.asked) == 1
    wait = datetime.fromisoformat(str(first["retry_at"])) - datetime.now(UTC)
    assert 20 < wait.total_seconds() <= 33


async def test_all_waits_together_are_bounded_and_a_rerun_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    def stumbling(request: web.Request) -> web.Response | None:
        """Busy for a second before each page."""
        return web.Response(status=503, headers={"Retry-After": "1"}) if len(repository.asked) % 2 else None

    repository = Repository(items(60), before=stumbling)
    async with serving(repository) as url:
        assert await ran(url, "--to", str(tmp_path), "--patience", "2.5", *LOOPBACK) == 75
        assert len(records(tmp_path)) == 40
        assert await ran(url, "--to", str(tmp_path), "--patience", "30", *LOOPBACK) == 0
    assert len(records(tmp_path)) == 60
    assert [asked.get("resumptionToken") for asked in repository.asked[-2:]] == ["|40", "|40"]


async def test_a_pause_between_requests_beyond_the_patience_is_put_off(tmp_path: Path) -> None:
    (tmp_path / ".exchange").mkdir()
    (tmp_path / ".exchange" / "exchange.toml").write_text("[egress]\nmin_interval_seconds = 3600\n", encoding="utf-8")
    async with serving(Repository(items(45))) as url:
        assert await ran(url, "--to", str(tmp_path), *LOOPBACK) == 75
    assert run_of(tmp_path)["reason"] == "politeness"
    assert len(records(tmp_path)) == 20


async def test_a_source_that_says_nothing_is_not_waited_for_beyond_the_patience(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    begun = time.monotonic()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/oai"
        assert await ran(url, "--to", str(tmp_path), "--patience", "1", *LOOPBACK) == 75
    assert time.monotonic() - begun < 5
    assert run_of(tmp_path)["reason"] == "unreachable"


async def test_a_source_whose_answers_break_off_is_said_to_do_so_and_where(tmp_path: Path) -> None:
    cut = b"<OAI-PMH><ListRecords><record>"
    async with serving(Repository((), before=lambda request: web.Response(body=cut))) as url:
        assert await ran(url, "--to", str(tmp_path), "--patience", "0", *LOOPBACK) == 75
    assert run_of(tmp_path)["reason"] == "truncated"
    assert run_of(tmp_path)["fault"].endswith(f"found the end of the answer at byte {len(cut)}")


async def test_what_could_not_be_read_is_named_by_identifier_or_by_place(tmp_path: Path) -> None:
    def spoiled(request: web.Request) -> web.Response | None:
        if request.query.get("resumptionToken", "").endswith("|20"):
            nameless = "<record><header><identifier></identifier></header><metadata><a/></metadata></record>"
            huge = items(22)[21].xml().replace("Title 22", "x" * (11 << 20))
            return page(f'<ListRecords>{nameless}{huge}<resumptionToken completeListSize="22"/></ListRecords>')
        return None

    async with serving(Repository(items(22), before=spoiled)) as url:
        asked = ["harvest", url, "--to", str(tmp_path), *LOOPBACK]
        result = await asyncio.to_thread(CliRunner().invoke, app, asked, catch_exceptions=False)
        first = run_of(tmp_path)
        again = await asyncio.to_thread(CliRunner().invoke, app, asked, catch_exceptions=False)
    assert (result.exit_code, "Some records could not be read; they lie in quarantine." in result.stdout) == (1, True)
    run = run_of(tmp_path)
    assert (again.exit_code, run["quarantined"]) == (1, first["quarantined"])
    assert (run["verdict"], run["missing"], run["quarantined_total"]) == ("incomplete", 2, 2)
    assert [(each["identifier"], each["page"]) for each in run["quarantined"]] == [(None, 2), ("oai:peer:22", 2)]
    assert all(each["position"] > 0 and each["size_bytes"] > 0 for each in run["quarantined"])
    assert run["named_at_most"] == 10_000


async def test_the_records_never_stand_half_written_under_their_name(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("no space left")

    written = tmp_path / "records.jsonl"
    write(written, [b"whole"])
    with pytest.raises(OSError, match="no space"):
        write(written, broken())
    assert written.read_bytes() == b"whole"


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


async def test_records_are_written_a_few_at_a_time(tmp_path: Path) -> None:
    large = [Item(f"oai:peer:{n}", "2026-01-01", "x" * 100_000) for n in range(200)]
    async with serving(Repository(large)) as url:
        assert await ran(url, "--to", str(tmp_path), *LOOPBACK) == 0
    with open_store(tmp_path / ".exchange") as store:
        tracemalloc.start()
        write(tmp_path / "again.jsonl", lines_of(store))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "records.jsonl").read_bytes()
    assert peak < 40 * 100_000 * 2


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
