"""A process takes up to 64 due slices on one wake-up into one loop; another takes what is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from federation.pipeline.runner import HARVEST_SLOTS, Runner
from federation.storage import feeds, institutions, jobs
from federation.storage.engine import Store
from federation.storage.jobs import Job
from tests.federation.pipeline.runners import runner_over

SECONDS, COUNT = 60, 70


@asynccontextmanager
async def silent(count: int) -> AsyncIterator[Sequence[str]]:
    """Base URLs of so many origins, none of which answers while the block runs."""
    over = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response(status=404)

    app = web.Application()
    app.router.add_get("/oai", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        for _ in range(count):
            await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield [f"http://127.0.0.1:{address[1]}/oai" for address in runner.addresses]
    finally:
        over.set()
        await runner.cleanup()


def add_feeds(store: Store, urls: Sequence[str]) -> None:
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
        for number, url in enumerate(urls):
            feed = feeds.StoredFeed(
                key=f"k{number}",
                name=f"Peer {number}",
                institution="peer",
                base_url=url,
                networks=("127.0.0.0/8",),
                due_at=tx.now,
            )
            feeds.add(tx, feed)


@asynccontextmanager
async def working(runner: Runner) -> AsyncIterator[None]:
    work = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def leased(store: Store, count: int) -> list[Job]:
    """The slices in hand, once there are so many."""
    async with asyncio.timeout(SECONDS):
        while True:
            with store.reading() as connection:
                found = jobs.listed(connection, lane="harvest", state="leased", limit=COUNT)
            if len(found) >= count:
                return found
            await asyncio.sleep(0.05)


async def test_due_slices_are_claimed_at_once_as_many_as_there_are_slots(store: Store, tmp_path: Path) -> None:
    async with silent(COUNT) as urls:
        add_feeds(store, urls)
        async with working(first := runner_over(store, tmp_path / "first")):
            found = await leased(store, HARVEST_SLOTS)
            assert (len(found), len({job.lease_until for job in found})) == (64, 1)
            assert len(first.running) == 64
            if store.dialect == "postgresql":
                async with working(runner_over(store, tmp_path / "second")):
                    everything = await leased(store, COUNT)
                assert len({job.owner for job in everything}) == 2
