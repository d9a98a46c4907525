"""Several processes that harvest at one origin ask it as politely as one does: a request at a time, with its pauses."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web

from federation.pipeline.harvest import harvest_feed
from federation.storage import feeds, institutions, origins, runs
from federation.storage.engine import Store, embedded_url, utc_now
from harvester import sharing
from harvester.courtesy import Courtesies
from harvester.turns import LEASE, Pace
from portal_api.clock import SystemClock
from tests.federation.pipeline.runners import runner_over
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, never, parse
from tests.peers.courteous.repository import Repository, items
from tests.peers.loopback import listening

LEAST, ANSWER_SECONDS = 0.2, 0.05
#: of both harvests together
DEADLINE_SECONDS = 60
FEEDS = ("a", "b")


class Watched:
    """Repositories at one origin, and when each request to them came and went."""

    def __init__(self, *, pages: int, hangs: str = "") -> None:
        self.repository = Repository(items(pages, deleted_every=1_000), page_size=1)
        self.hangs, self.at_once, self.most = hangs, 0, 0
        #: (feed, came, went)
        self.asked: list[tuple[str, float, float]] = []
        self.hung, self.over = asyncio.Event(), asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        feed, came = request.match_info["feed"], time.monotonic()
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            if feed == self.hangs:
                self.hung.set()
                await self.over.wait()
            await asyncio.sleep(ANSWER_SECONDS)
            return await self.repository.answer(request)
        finally:
            self.at_once -= 1
            self.asked.append((feed, came, time.monotonic()))

    def pauses(self) -> list[float]:
        """Seconds between the end of a request and the begin of the next."""
        ordered = sorted(self.asked, key=lambda each: each[1])
        return [later[1] - former[2] for former, later in pairwise(ordered)]

    def changes(self) -> int:
        """How often another feed was asked than before."""
        ordered = [feed for feed, *_ in sorted(self.asked, key=lambda each: each[1])]
        return sum(former != later for former, later in pairwise(ordered))


@asynccontextmanager
async def serving(watched: Watched) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{feed}", watched.answer)
    async with listening(app) as url:
        yield url


def add_feeds(store: Store, url: str) -> None:
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
        for key in FEEDS:
            feed = feeds.StoredFeed(
                key=key,
                name=key,
                institution="peer",
                base_url=f"{url}/{key}",
                networks=("127.0.0.0/8",),
                crosswalk="base/oai_dc@1",
                min_interval_seconds=LEAST,
            )
            feeds.add(tx, feed)


def harvest(url: str, key: str, ahead_seconds: float = 0.0) -> None:
    """The work of one process, whose store's clock may be ahead."""
    ahead = timedelta(seconds=ahead_seconds)
    store = Store(url, database_now=lambda: utc_now() + ahead) if ahead_seconds else Store(url)
    with store.reading() as connection:
        feed = feeds.get(connection, key)
    assert feed is not None
    asyncio.run(harvest_feed(store, feed, parse=parse, clock=SystemClock(), user_agent="test", chance=never))
    store.close()


@contextmanager
def process(*arguments: object) -> Iterator[multiprocessing.process.BaseProcess]:
    child = multiprocessing.get_context("spawn").Process(target=harvest, args=arguments)
    child.start()
    try:
        yield child
    finally:
        child.kill()
        child.join()


async def ended(*children: multiprocessing.process.BaseProcess) -> None:
    for child in children:
        await asyncio.to_thread(child.join, DEADLINE_SECONDS)
        assert not child.is_alive()


def verdict(store: Store, key: str) -> str:
    with store.reading() as connection:
        run = runs.latest(connection, key)
    assert run is not None
    return run.verdict


async def test_two_processes_never_ask_at_once_and_both_come_to_an_end(store: Store) -> None:
    watched = Watched(pages=25)
    async with serving(watched) as url:
        add_feeds(store, url)
        with process(store.url, "a") as first, process(store.url, "b") as second:
            await ended(first, second)
    assert (watched.most, [verdict(store, key) for key in FEEDS]) == (1, ["complete"] * 2)
    assert len(watched.asked) >= 50
    assert min(watched.pauses()) > LEAST * 0.9
    assert watched.changes() >= 2, "they take turns"


async def test_behind_pauses_longer_than_a_turn_both_come_to_ask(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "TURN_SECONDS", LEAST / 2)
    asked: list[str] = []

    async def ask(name: str) -> None:
        here, clock = Courtesies(origins.StoredOrigins(store, name)), SystemClock()
        async with here.towards("https://library.example/oai", LEAST, clock) as courtesy:
            while min(map(asked.count, FEEDS)) < 3:
                async with courtesy.turn(LEAST, clock):
                    asked.append(name)
                    await asyncio.sleep(LEAST)

    async with asyncio.timeout(DEADLINE_SECONDS), asyncio.TaskGroup() as both:
        for name in FEEDS:
            both.create_task(ask(name))
    assert max(map(asked.count, FEEDS)) <= 5


async def test_a_process_that_is_killed_holds_the_others_up_no_longer_than_its_lease(store: Store) -> None:
    watched, left = Watched(pages=3, hangs="a"), 4.0
    async with serving(watched) as url:
        add_feeds(store, url)
        with process(store.url, "a") as first:
            await asyncio.wait_for(watched.hung.wait(), DEADLINE_SECONDS)
            # its clock is so far ahead that the rest of the lease is soon over
            with process(store.url, "b", LEASE.total_seconds() - left) as second:
                first.kill()
                killed = time.monotonic()
                await ended(second)
        watched.over.set()
    asked = [came for feed, came, _ in watched.asked if feed == "b"]
    # the dead one had said last that it was not done when it began to ask
    assert 0 <= min(asked) - killed < left + 6
    assert verdict(store, "b") == "complete"


class Counting(Store):
    """Counts the commits that do not wait for the disk."""

    fleeting_commits = 0

    @contextmanager
    def fleeting(self) -> Iterator[origins.Transaction]:
        self.fleeting_commits += 1
        with super().fleeting() as tx:
            yield tx


async def test_the_turns_of_a_process_alone_cost_no_commit_that_waits_for_the_disk(tmp_path: Path) -> None:
    spent = {}
    for least in (0.0, LEAST):
        store, waited = Counting(embedded_url(tmp_path / str(least))), []
        store.create_schema()
        async with serving(Watched(pages=30)) as url:
            add_feeds(store, url)
            with store.transaction() as tx:
                tx.connection.execute(feeds.feed.update().values(min_interval_seconds=least))
            with store.reading() as connection:
                feed = feeds.get(connection, "a")
            assert feed is not None
            store.on_commit = waited.append
            await harvest_feed(store, feed, parse=parse, clock=PatientClock(), user_agent="test", chance=never)
        spent[least] = (len(waited), store.fleeting_commits)
        store.close()
    assert spent[LEAST][0] == spent[0.0][0] > 30
    assert (spent[0.0][1], spent[LEAST][1]) == (0, 2), "one to take the turn of thirty requests, one to give it back"


async def test_what_a_runner_has_learned_of_an_origin_is_there_after_it(tmp_path: Path) -> None:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    busy = [web.Response(status=503, headers={"Retry-After": "1"})]
    repository = Repository(items(5), before=lambda _: busy.pop() if busy else None)
    app = web.Application()
    app.router.add_get("/oai", repository.answer)
    async with listening(app) as url:
        add_feed(store, f"{url}/oai")
        await runner_over(store, tmp_path).until_idle()
    with store.reading() as connection:
        standing = origins.of(connection, url)
    assert (standing.holder, standing.load.factor) == ("", 2.0)
    assert standing.pace(store.now() - timedelta(minutes=1)) != Pace()
    store.close()


@pytest.mark.parametrize("least", [0.0, LEAST])
async def test_an_origin_is_given_back_by_the_last_one_here_that_asks_it(store: Store, least: float) -> None:
    here, there = Courtesies(origins.StoredOrigins(store, "here")), origins.StoredOrigins(store, "there")
    address, clock = "https://library.example/oai", PatientClock()
    async with here.towards(address, least, clock) as courtesy:
        async with here.towards(address, least, clock) as same, same.turn(least, clock):
            assert same is courtesy
        assert there.come("https://library.example", Pace()).is_ours == (least == 0)
    assert there.come("https://library.example", Pace()).is_ours
