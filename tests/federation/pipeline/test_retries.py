"""A slice does not sit out the while before a request is tried again: the run goes back, and its slot is free."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web

from federation.pipeline.step import HARVEST, harvest_job
from federation.storage import feeds, jobs, runs
from federation.storage.engine import Store
from federation.storage.runs import StoredRun
from tests.federation.pipeline.runners import runner_over
from tests.federation.pipeline.test_fetching import add_feed as add_fetched
from tests.federation.pipeline.test_fetching import file, record
from tests.federation.pipeline.test_harvest import add_feed, last_run
from tests.peers.courteous.repository import Repository, items, serving
from tests.peers.files import FileServer, serving_file

SECONDS = 60


@asynccontextmanager
async def working(store: Store, folder: Path) -> AsyncIterator[None]:
    work = asyncio.create_task(runner_over(store, folder).run())
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def when(store: Store, is_so: Callable[[StoredRun], bool], *, key: str = "k") -> StoredRun:
    """The feed's run once it is so."""
    async with asyncio.timeout(SECONDS):
        while True:
            with store.reading() as connection:
                run = runs.latest(connection, key)
            if run is not None and is_so(run):
                return run
            await asyncio.sleep(0.05)


def make_due(store: Store) -> None:
    with store.transaction() as tx:
        tx.connection.execute(feeds.feed.update().values(due_at=tx.now))


def due(store: Store) -> datetime | None:
    with store.reading() as connection:
        feed = feeds.get(connection, "k")
    return feed.due_at if feed else None


def in_hand(store: Store) -> int:
    with store.reading() as connection:
        return len(jobs.listed(connection, lane="harvest", state="leased"))


async def test_each_try_goes_back_and_is_counted_over_a_restart(store: Store, tmp_path: Path) -> None:
    failures = [500] * 3
    repository = Repository(items(45), before=lambda _: web.Response(status=failures.pop()) if failures else None)
    async with serving(repository) as url:
        add_feed(store, url)
        for tried in (1, 2, 3):
            async with working(store, tmp_path):
                # while it is stopped it may be tried once more
                await when(store, lambda run, least=tried: run.checkpoint.attempt >= least)  # type: ignore[misc]
            run, due_at = last_run(store), due(store)
            assert (run.state, run.why, run.checkpoint.put_off_until) == ("postponed", "status_500", due_at)
            assert in_hand(store) == 0
            make_due(store)
        async with working(store, tmp_path):
            run = await when(store, lambda run: run.state == "ended")
    assert (run.number, run.verdict, run.cost.retries, run.checkpoint.attempt) == (1, "complete", 3, 0)


async def test_work_until_idle_awaits_what_is_tried_again_soon(store: Store, tmp_path: Path) -> None:
    failures = [500]
    repository = Repository(items(45), before=lambda _: web.Response(status=failures.pop()) if failures else None)
    async with serving(repository) as url, asyncio.timeout(SECONDS):
        add_feed(store, url)
        await runner_over(store, tmp_path).until_idle()
    assert (last_run(store).verdict, last_run(store).cost.retries) == ("complete", 1)


async def test_but_not_what_waits_for_a_person(store: Store, tmp_path: Path) -> None:
    async with serving(Repository(items(45), before=lambda _: web.Response(status=500))) as url:
        add_feed(store, url)
        async with working(store, tmp_path):
            await when(store, lambda run: run.state == "postponed")
        make_due(store)
        with store.transaction() as tx:
            (feed,) = feeds.everyone(tx.connection)
            jobs.enqueue(tx, harvest_job(feed))
            tx.connection.execute(jobs.job.update().where(jobs.job.c.kind == HARVEST).values(state="parked"))
        async with asyncio.timeout(SECONDS):
            await runner_over(store, tmp_path).until_idle()
    assert last_run(store).state == "postponed"


async def test_so_does_a_fetch(store: Store, tmp_path: Path) -> None:
    server = FileServer(file(record(1)), statuses=[500])
    async with serving_file(server) as url, asyncio.timeout(SECONDS):
        add_fetched(store, "url", url)
        make_due(store)
        async with working(store, tmp_path):
            run = await when(store, lambda run: run.state == "postponed")
        assert (run.why, in_hand(store)) == ("status_500", 0)
        make_due(store)
        async with working(store, tmp_path):
            run = await when(store, lambda run: run.state == "ended")
    assert (run.number, run.verdict, run.cost.retries) == (1, "complete", 1)


@pytest.mark.parametrize("statuses", [[500], [429]])
async def test_a_feed_that_is_tried_again_holds_up_no_other_of_its_origin(
    statuses: list[int], embedded: Store, tmp_path: Path
) -> None:
    def before(request: web.Request) -> web.Response | None:
        fails = request.query.get("set") == "ill"
        return web.Response(status=statuses[0], headers={"Retry-After": "50"}) if fails else None

    async with serving(Repository(items(45), before=before)) as url:
        add_feed(embedded, url)
        with embedded.transaction() as tx:
            (first,) = feeds.everyone(tx.connection)
            tx.connection.execute(feeds.feed.update().values(set_specs=("ill",)))
            feeds.add(tx, feeds.StoredFeed(**{**_fields(first), "key": "well", "name": "Well", "due_at": tx.now}))
        async with working(embedded, tmp_path):
            await when(embedded, lambda run: run.state == "postponed")
            await when(embedded, lambda run: run.state == "ended", key="well")
    # it may be tried once more at the end
    assert last_run(embedded).verdict == ""


def _fields(feed: feeds.StoredFeed) -> dict[str, object]:
    return {name: getattr(feed, name) for name in feed.__struct_fields__}
