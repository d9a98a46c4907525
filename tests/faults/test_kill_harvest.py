"""`kill -9` in the middle of a long list: the same run goes on by its token, and no kill costs more than a page."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from federation.storage import runs
from federation.storage.engine import Store
from federation.storage.raw_records import raw_record
from tests.faults.killing import add_feeds, check, finished, killed_at, start
from tests.peers.courteous.repository import Repository, items, serving

PAGE = 5
#: pages for each kill, so that the list outlasts them all
PAGES = 60


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


@pytest.mark.long
@pytest.mark.parametrize("seed", range(11, 111))
async def test_ten_more_kills_lose_nothing_and_cost_a_page_each(embedded: Store, tmp_path: Path, seed: int) -> None:
    await survives(embedded, tmp_path, seed, 10)
