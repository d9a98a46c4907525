"""Peers that are odd from one harvest to the next: what stands in the end, and what waits for a person."""

from __future__ import annotations

import pytest

from federation.pipeline.ledger_check import verify
from federation.pipeline.settling import settle_batch
from federation.storage import raw_records
from federation.storage.engine import Store
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, last_run
from tests.federation.pipeline.test_reconciliation import BEGIN, World
from tests.federation.pipeline.test_retiring import map_all, sums
from tests.federation.pipeline.versions import feed_of
from tests.peers.awkward.later import LATER, Unfolding
from tests.peers.courteous.repository import Repository, serving


@pytest.mark.parametrize("row", LATER, ids=lambda row: row.name)
async def test_a_peer_that_changes_is_held_whole_or_for_a_person(row: Unfolding, store: Store) -> None:
    clock = PatientClock()
    clock.moment = BEGIN
    store = Store(store.url, now=clock.now)
    repository, expected = Repository(list(row.records)), row.expected
    async with serving(repository) as url:
        world = World(store, repository, clock, add_feed(store, url))
        await world.day(0)
        for day in row.days:
            row.changes.get(day, lambda repository: None)(repository)
            await world.day(day)
            settle_all(store)
    run, account = last_run(store), sums(store)
    assert (run.state, run.verdict) == ("held" if expected.is_held else "ended", expected.verdict)
    assert (account.mapped, account.deleted, account.held) == (expected.mapped, expected.deleted, expected.held)
    assert account.exact
    for text, count in expected.texts:
        assert count_with(store, text) == count
    profile = feed_of(store).profile
    for name, value in expected.taught:
        assert (getattr(profile, name), profile.knows(name)) == (value, True)
    assert verify(store).whole
    store.close()


def settle_all(store: Store) -> None:
    """What the exchange let go by itself is taken in."""
    while settle_batch(store).behind:
        pass
    map_all(store, 200)


def count_with(store: Store, text: str) -> int:
    with store.reading() as connection:
        return sum(text in row.raw.payload for row in raw_records.of_feed(connection, "k", 0, 1_000))
