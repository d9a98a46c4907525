"""`harvest FEED` beside the process that holds the folder: asked for, watched, and not waited for without end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from typer.testing import CliRunner

from federation.pipeline.folder_lock import holding
from federation.pipeline.runner import Runner
from federation.storage import feeds
from federation.storage.engine import Store
from portal_api.commands.entry import app
from portal_api.config import load
from portal_api.wiring import new_runner, open_store
from tests.federation.pipeline.test_harvest import add_feed
from tests.peers.courteous.repository import Repository, items, serving


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Of a folder that a process holds."""
    with holding(tmp_path), open_store(tmp_path) as opened:
        yield opened


@asynccontextmanager
async def working(store: Store, folder: Path) -> AsyncIterator[Runner]:
    """The process that holds the folder, at work."""
    runner = new_runner(folder, load(folder).settings, store)
    work = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def harvest(folder: Path, *arguments: str) -> tuple[int, str]:
    wanted = ["harvest", "k", *arguments, "--data", str(folder)]
    result = await asyncio.to_thread(CliRunner().invoke, app, wanted, catch_exceptions=False)
    return result.exit_code, result.stdout


def state(store: Store) -> tuple[str, bool]:
    """The feed's state, and whether anything is due."""
    with store.reading() as connection:
        feed = feeds.get(connection, "k")
    assert feed is not None
    return feed.state, feed.due_at is not None


def pause(store: Store, feed: feeds.StoredFeed) -> None:
    with store.transaction() as tx:
        feeds.change(tx, msgspec.structs.replace(feed, state="paused", due_at=None))


async def test_a_paused_feed_is_harvested_once_and_stays_paused(store: Store, tmp_path: Path) -> None:
    async with serving(Repository(items(45))) as url:
        pause(store, add_feed(store, url))
        async with working(store, tmp_path):
            assert await harvest(tmp_path) == (0, "complete (counted); 43 new, 0 changed\n")
            assert await harvest(tmp_path) == (0, "complete (listed); 0 new, 0 changed\n")
    assert state(store) == ("paused", False)


async def test_a_holder_that_does_not_take_it_is_left_after_the_patience(store: Store, tmp_path: Path) -> None:
    pause(store, add_feed(store, "http://127.0.0.1:9/oai"))
    code, said = await harvest(tmp_path, "--patience", "0.3")
    assert code == 75
    assert "has not begun the harvest of Peer within 0.3 s; it stays asked for" in said
    assert state(store) == ("paused", True)


async def test_a_run_that_the_source_puts_off_says_until_when(store: Store, tmp_path: Path) -> None:
    busy = Repository([], before=lambda request: web.Response(status=503, headers={"Retry-After": "86400"}))
    async with serving(busy) as url:
        pause(store, add_feed(store, url))
        async with working(store, tmp_path):
            code, said = await harvest(tmp_path)
    assert code == 75
    assert said.startswith("put off until 20")
    assert "(busy); the server goes on with it then" in said
    assert state(store) == ("paused", True)


async def test_a_run_in_which_nothing_moves_is_left_after_the_patience(store: Store, tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        add_feed(store, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/oai")
        async with working(store, tmp_path):
            code, said = await harvest(tmp_path, "--patience", "2")
    assert code == 75
    assert "has not gone on with the harvest of Peer within 2 s" in said
