"""SIGTERM in the middle of a harvest: every command ends soon, loses nothing, and goes on where it was."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiohttp import web

from federation.storage import jobs, raw_records, runs
from federation.storage.engine import Store, embedded_url
from tests.faults.killing import add_feeds, check, finished, start
from tests.peers.courteous.repository import Repository, items, serving

#: for a harvest that waits for a page; it is told to stop far sooner than the page would be given up
STOP_SECONDS = 20
DEADLINE_SECONDS = 60
RECORDS = 60
#: tokens of the requests that were answered: the third page was asked for before the stop and after it
PAGES = ["", "|20", "|40", "|40"]


@dataclass
class Slow(Repository):
    """Gives two pages, and answers the request for the third only when it is told to."""

    asked_third: asyncio.Event = field(default_factory=asyncio.Event)
    answering: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        """One request of the protocol."""
        if request.query.get("resumptionToken", "").endswith("|40"):
            self.asked_third.set()
            await self.answering.wait()
        return await super().answer(request)

    def pages(self) -> list[str]:
        """The tokens of the pages that were answered, in order; the first page's is empty."""
        return [query.get("resumptionToken", "") for query in self.asked if query["verb"] == "ListRecords"]


async def command(*words: str) -> asyncio.subprocess.Process:
    code = "from portal_api.commands import main; main()"
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


async def stopped(repository: Slow, words: Sequence[str]) -> int:
    """The exit code of a command that is asked to stop while it waits for the third page."""
    process = await command(*words)
    async with asyncio.timeout(DEADLINE_SECONDS):
        await repository.asked_third.wait()
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(STOP_SECONDS):
        _, errors = await process.communicate()
    assert "Traceback" not in errors.decode(), errors.decode()
    repository.answering.set()
    assert process.returncode is not None
    return process.returncode


def held(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(raw_records.raw_record)).scalar_one()


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("work",), ("work", "--until-idle")], ids=" ".join)
async def test_a_server_and_a_worker_stop_at_the_last_page_and_go_on_from_there(
    embedded: Store, tmp_path: Path, words: tuple[str, ...]
) -> None:
    repository = Slow(items(RECORDS))
    async with serving(repository) as url:
        add_feeds(embedded, {"hill": url})
        assert await stopped(repository, (*words, "--data", str(tmp_path))) == 0
        check(embedded)
        assert held(embedded) == 40
        with embedded.reading() as connection:
            assert [job for job in jobs.live(connection) if job.state == "leased"] == []
            assert all(job.attempt == 0 and not job.solo for job in jobs.live(connection))
        await finished(await start(tmp_path))
    assert held(embedded) == RECORDS
    assert repository.pages() == PAGES
    with embedded.reading() as connection:
        run = runs.latest(connection, "hill")
    assert run is not None
    assert (run.number, run.verdict) == (1, "complete")


async def test_a_harvest_into_files_stops_at_the_last_page_and_goes_on_from_there(tmp_path: Path) -> None:
    repository = Slow(items(RECORDS))
    async with serving(repository) as url:
        words = ("harvest", url, "--to", str(tmp_path), "--allow-network", "127.0.0.0/8")
        assert await stopped(repository, words) == 75
        assert not (tmp_path / "run.json").exists(), "a run that did not end tells no verdict"
        store = Store(embedded_url(tmp_path / ".exchange"))
        assert held(store) == 40
        store.close()
        process = await command(*words)
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert await process.wait() == 0
    assert len((tmp_path / "records.jsonl").read_text(encoding="utf-8").splitlines()) == RECORDS
    assert json.loads((tmp_path / "run.json").read_bytes())["verdict"] == "complete"
    assert repository.pages() == PAGES
