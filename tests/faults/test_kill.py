"""`kill -9` at any moment of harvest, map, key, link, publish and export: nothing is lost, nothing is there twice."""

from __future__ import annotations

import random
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from federation.storage.engine import Store, embedded_url
from tests.faults.killing import (
    KINDS,
    Standing,
    add_feeds,
    book,
    check,
    finished,
    grown,
    killed_at,
    make_due,
    standing,
    start,
)
from tests.peers.courteous.repository import Repository, serving

PLACES = ("hill", "river")


async def survived(folder: Path, seed: int, kills: int) -> tuple[Standing, Standing]:
    """What a store says after so many kills, and what one says that was never disturbed."""
    chance = random.Random(seed)
    repositories = {place: Repository([book(place, number) for number in range(60)]) for place in PLACES}
    async with AsyncExitStack() as stack:
        addresses = {place: await stack.enter_async_context(serving(repositories[place])) for place in PLACES}
        store = _store(folder / "disturbed", addresses)
        hits, rounds = 0, 0
        while hits < kills:
            rounds += 1
            assert rounds < 20 + 3 * kills, "processes end before they are killed"
            for place, repository in repositories.items():
                repository.records = grown(place, repository.records, rounds)
            make_due(store)
            hits += await killed_at(store, await start(folder / "disturbed"), KINDS[rounds % len(KINDS)], chance)
            check(store)
        await finished(await start(folder / "disturbed"))
        # what changed while a run was in hand is the next run's
        make_due(store)
        await finished(await start(folder / "disturbed"))
        calm = _store(folder / "calm", addresses)
        await finished(await start(folder / "calm"))
        check(store)
        found = standing(store, folder / "disturbed"), standing(calm, folder / "calm")
        store.close()
        calm.close()
    return found


def _store(folder: Path, addresses: dict[str, str]) -> Store:
    store = Store(embedded_url(folder))
    store.create_schema()
    add_feeds(store, addresses)
    return store


def compare(disturbed: Standing, calm: Standing) -> None:
    assert disturbed.raw.keys() - calm.raw.keys() == calm.raw.keys() - disturbed.raw.keys() == set()
    assert disturbed.raw == calm.raw
    assert disturbed.catalogue == calm.catalogue
    assert disturbed.partition == calm.partition
    assert {len(members) for members in calm.partition} == {2}, "what both places hold is one thing"
    assert disturbed.documents == calm.documents
    assert disturbed.exported == calm.exported
    assert calm.exported


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_five_kills_leave_what_no_kill_would_have_left(tmp_path: Path, seed: int) -> None:
    compare(*await survived(tmp_path, seed, 5))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(11, 111))
async def test_ten_kills_leave_what_no_kill_would_have_left(tmp_path: Path, seed: int) -> None:
    compare(*await survived(tmp_path, seed, 10))
