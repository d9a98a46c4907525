"""`kill -9` in the middle of a long list: the same run goes on by its token, and no kill costs more than a page."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiohttp import web

from federation.storage import feeds, runs
from federation.storage.engine import Store
from federation.storage.raw_records import raw_record
from tests.faults.killing import DEADLINE_SECONDS, add_feeds, check, finished, kill, killed_at, make_due, start
from tests.peers.courteous.repository import Repository, items, serving

PAGE = 5
#: pages for each kill, so that the list outlasts them all
PAGES = 60
#: longer than a process waits for
RETRY_AFTER_SECONDS = 86_400


async def harvested(store: Store, folder: Path, repository: Repository, seed: int, kills: int) -> None:
    """Harvests the repository to its end, killed so many times on the way."""
    chance = random.Random(seed)
    async with serving(repository) as url:
        add_feeds(store, {"peer": url})
        for _ in range(kills):
            assert await killed_at(store, await start(folder), "harvest.slice", chance), "the list is too short"
            check(store)
        await finished(await start(folder))


def held(store: Store) -> Counter[tuple[str, bool]]:
    with store.reading() as connection:
        rows = connection.execute(sa.select(raw_record.c.identifier, raw_record.c.deleted))
        return Counter((row.identifier, row.deleted) for row in rows)


def asked_again(repository: Repository) -> int:
    """How many requests for pages of the list were not the first for their page."""
    pages = Counter(
        query.get("resumptionToken", "") for query in repository.asked if query.get("verb") == "ListRecords"
    )
    assert len(pages) == -(-len(repository.records) // PAGE)
    return pages.total() - len(pages)


async def survives(store: Store, folder: Path, seed: int, kills: int) -> None:
    repository = Repository(items(kills * PAGES * PAGE), page_size=PAGE)
    await harvested(store, folder, repository, seed, kills)
    assert held(store) == Counter((item.identifier, item.deleted) for item in repository.records)
    assert asked_again(repository) <= kills
    with store.reading() as connection:
        run = runs.latest(connection, "peer")
    assert run is not None
    assert (run.number, run.verdict) == (1, "complete")
    check(store)


@pytest.mark.parametrize("seed", [1, 2])
async def test_ten_kills_lose_nothing_and_cost_a_page_each(embedded: Store, tmp_path: Path, seed: int) -> None:
    await survives(embedded, tmp_path, seed, 10)


@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_kills_lose_nothing_on_the_other_database(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_STORAGE__URL", store.url)
    await survives(store, tmp_path, 3, 2)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(11, 111))
async def test_ten_more_kills_lose_nothing_and_cost_a_page_each(embedded: Store, tmp_path: Path, seed: int) -> None:
    await survives(embedded, tmp_path, seed, 10)


@dataclass
class Busy(Repository):
    """Asks for a day's patience before some page of its list, until it has the time."""

    is_busy: bool = True

    async def answer(self, request: web.Request) -> web.Response:
        """One request of the protocol."""
        if self.is_busy and request.query.get("resumptionToken", "").endswith(f"|{4 * PAGE}"):
            self.asked.append(dict(request.query))
            return web.Response(status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        return await super().answer(request)


def stood(store: Store) -> tuple[feeds.StoredFeed, runs.StoredRun]:
    """The feed, with what was learned of its repository and when it is due, and its run."""
    with store.reading() as connection:
        feed, run = feeds.get(connection, "peer"), runs.latest(connection, "peer")
    assert feed is not None
    assert run is not None
    return feed, run


def is_postponed(store: Store) -> bool:
    with store.reading() as connection:
        run = runs.latest(connection, "peer")
    return run is not None and run.state == "postponed"


async def test_a_wait_and_what_was_learned_outlive_a_kill(embedded: Store, tmp_path: Path) -> None:
    # its pages teach that it counts seconds, which it does not say of itself
    listed = [replace(item, datestamp=f"{item.datestamp}T00:00:00Z") for item in items(8 * PAGE)]
    repository = Busy(listed, page_size=PAGE)
    async with serving(repository) as url:
        add_feeds(embedded, {"peer": url})
        process = await start(tmp_path, until_idle=False)
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not is_postponed(embedded):  # noqa: ASYNC110
                await asyncio.sleep(0.003)
        assert await kill(process)
        feed, run = stood(embedded)
        assert feed.profile.knows("granularity")
        asked = len(repository.asked)
        await finished(await start(tmp_path))
        assert (len(repository.asked), stood(embedded)) == (asked, (feed, run))
        repository.is_busy = False
        make_due(embedded)
        await finished(await start(tmp_path))
    after, ended = stood(embedded)
    assert (ended.number, ended.verdict) == (1, "complete")
    assert set(after.profile.lessons) >= set(feed.profile.lessons)
    assert after.profile.granularity == "seconds"
    assert asked_again(repository) == 1, "the page that was not given, by the token that was kept"
    check(embedded)
