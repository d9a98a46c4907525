"""Many feeds in one process, and how long the runs of each took."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import sqlalchemy as sa
from aiohttp import web

from federation.storage import feeds, institutions, runs
from federation.storage.engine import Store, embedded_url
from tests.federation.pipeline.runners import runner_over
from tests.peers.courteous.repository import Repository

#: longest that all of them may take
DEADLINE_SECONDS = 3_600
#: between two looks whether they have
LOOK_SECONDS = 0.5


@asynccontextmanager
async def many(repository: Repository, count: int) -> AsyncIterator[Sequence[str]]:
    """Base URLs of `count` origins, each of which is the repository."""
    app = web.Application()
    app.router.add_get("/oai", repository.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        for _ in range(count):
            await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield [f"http://127.0.0.1:{address[1]}/oai" for address in runner.addresses]
    finally:
        await runner.cleanup()


async def harvested(folder: Path, healthy: Collection[str], others: Collection[str] = ()) -> list[float]:
    """Seconds that the run of each healthy address took, the shortest first, in a process that harvests all of them.

    raises  TimeoutError where any of the healthy ones comes to no end
    """
    store = _store(folder, healthy, others)
    runner = runner_over(store, folder, processes=2)
    async with AsyncExitStack() as stack:
        stack.callback(store.close)
        work = asyncio.create_task(runner.run())
        stack.push_async_callback(asyncio.gather, work, return_exceptions=True)
        stack.callback(work.cancel)
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await _all_ended(store, len(healthy))


async def _all_ended(store: Store, count: int) -> list[float]:
    while True:
        found = await asyncio.to_thread(_ended, store)
        if len(found) == count:
            return sorted(found)
        await asyncio.sleep(LOOK_SECONDS)


def _store(folder: Path, healthy: Collection[str], others: Collection[str]) -> Store:
    folder.mkdir()
    store = Store(embedded_url(folder))
    store.create_schema()
    _add(store, healthy, "healthy")
    _add(store, others, "other")
    return store


def _add(store: Store, urls: Collection[str], kind: str) -> None:
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug=kind, name=kind))
        for number, url in enumerate(urls):
            feed = feeds.StoredFeed(
                key=f"{kind}{number}",
                name=f"{kind} {number}",
                institution=kind,
                base_url=url,
                networks=("127.0.0.0/8",),
                due_at=store.now(),
            )
            feeds.add(tx, feed)


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What other feeds did while the healthy one of a folder was harvested."""

    cpu_seconds: float
    #: most pages of theirs between two of its own
    most_pages: int


def beside(folder: Path) -> Beside:
    """What the store of a harvest says of that, by what runs cost and when their pages came."""
    run, feed, page = runs.run.c, feeds.feed.c, runs.page.c
    whose = sa.select(feed.institution, run.cost).join_from(runs.run, feeds.feed, run.feed == feed.key)
    came = sa.select(feed.institution).join_from(runs.page, runs.run, page.run == run.id)
    came = came.join(feeds.feed, run.feed == feed.key).order_by(page.fetched_at)
    store = Store(embedded_url(folder))
    with store.reading() as connection:
        costs = [row.cost.cpu_seconds for row in connection.execute(whose) if row.institution != "healthy"]
        order = list(connection.execute(came).scalars())
    store.close()
    within = "".join("|" if each == "healthy" else "o" for each in order).split("|")[1:-1]
    return Beside(cpu_seconds=sum(costs), most_pages=max(map(len, within), default=0))


def _ended(store: Store) -> list[float]:
    """What the runs of healthy feeds took that are complete; one question, for it is asked again and again."""
    run, feed = runs.run.c, feeds.feed.c
    of_healthy = sa.select(run.started_at, run.ended_at).join_from(runs.run, feeds.feed, run.feed == feed.key)
    with store.reading() as connection:
        found = connection.execute(of_healthy.where(feed.institution == "healthy", run.verdict == "complete")).all()
    return [(row.ended_at - row.started_at).total_seconds() for row in found]
