"""A repository renames its records: they are held, and once a person says so they stay what they were."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import pytest

from federation.errors import RequestRefused
from federation.pipeline import children, settling, withholding
from federation.pipeline.former_names import present_name
from federation.pipeline.ledger_check import verify
from federation.storage import catalogue_records, held_records, holds, runs
from federation.storage.engine import Store
from mappings.schema.ids import record_id
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, harvest, last_run
from tests.federation.pipeline.test_reconciliation import BEGIN, World
from tests.federation.pipeline.test_retiring import map_all, sums
from tests.peers.awkward.later import Change, rename
from tests.peers.courteous.repository import Repository, items, serving

COUNT = 120


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    """A feed of so many records that was harvested once."""
    clock = PatientClock()
    clock.moment = BEGIN
    timed = Store(store.url, now=clock.now)
    repository = Repository(items(COUNT, deleted_every=1_000))
    async with serving(repository) as url:
        world = World(timed, repository, clock, add_feed(timed, url))
        await world.day(0)
        yield world
    timed.close()


async def renamed(world: World, change: Change, *later: Change) -> None:
    """A harvest after the change, the word of a person for it, and a harvest after each later change."""
    change(world.repository)
    await world.day(1)
    confirm(world.store)
    for day, following in enumerate(later, 2):
        following(world.repository)
        await world.day(day)


def settle(store: Store) -> None:
    """Has what was held back, and now is not, taken in and mapped."""
    while children.settle_once(store.url, 7).behind:
        pass
    map_all(store, 200)


def confirm(store: Store) -> None:
    with store.transaction(actor="operator") as tx:
        settling.confirm_renaming(tx, last_run(store).id)
    settle(store)


def of(store: Store, identifier: str) -> catalogue_records.StoredRecord | None:
    with store.reading() as connection:
        return catalogue_records.get(connection, record_id("k", identifier))


@pytest.mark.parametrize(
    "change", [rename, partial(rename, announced=True)], ids=["without a word", "old ones as tombstones"]
)
async def test_a_renamed_record_keeps_the_name_that_it_was_given(world: World, change: Change) -> None:
    await renamed(world, change)
    account = sums(world.store)
    assert (account.mapped, account.deleted, account.held, account.exact) == (COUNT, 0, 0, True)
    found = of(world.store, "oai:peer:7")
    assert found is not None
    assert (found.alive, found.native_id) == (True, "oai:moved:7")
    assert of(world.store, "oai:moved:7") is None
    with world.store.reading() as connection:
        # as those that stand below it may go on calling it
        assert present_name(connection, "k", "oai:peer:7") == "oai:moved:7"
        assert present_name(connection, "k", "oai:peer:nobody") == "oai:peer:nobody"
    assert last_run(world.store).state == "ended"
    assert verify(world.store).whole


async def test_the_hold_says_what_became_of_the_names(world: World) -> None:
    rename(world.repository)
    await world.day(1)
    run = last_run(world.store)
    with world.store.reading() as connection:
        hold = holds.of_run(connection, run.id)
        counted = held_records.counts(connection, run.id)
    assert hold is not None
    assert (hold.causes, hold.page, counted.new) == (("identifiers",), 1, COUNT)
    rule = run.counts.renaming.rule
    assert rule is not None
    assert rule.former("oai:moved:9") == "oai:peer:9"


async def test_later_words_of_old_names_change_nothing(world: World) -> None:
    def bury(repository: Repository) -> None:
        olds = items(COUNT, deleted_every=1_000)
        repository.records = [
            *repository.records,
            *(replace(each, deleted=True, datestamp="2026-02-03") for each in olds),
        ]

    await renamed(world, rename, bury)
    assert (sums(world.store).mapped, sums(world.store).deleted) == (COUNT, 0)
    assert last_run(world.store).state == "ended"


async def test_what_changes_and_goes_later_does_so_under_the_new_name(world: World) -> None:
    def edit(repository: Repository) -> None:
        first, second, *rest = repository.records
        repository.records = [
            replace(first, title="Edited", datestamp="2026-02-03"),
            replace(second, deleted=True, datestamp="2026-02-03"),
            *rest,
        ]

    await renamed(world, rename, edit)
    edited, gone = of(world.store, "oai:peer:1"), of(world.store, "oai:peer:2")
    assert edited is not None
    assert edited.record is not None
    assert edited.record.title.value == "Edited"
    assert gone is not None
    assert not gone.alive


async def test_a_record_renamed_twice_is_still_the_first(world: World) -> None:
    for day, prefix in ((1, "oai:second:"), (2, "oai:third:")):
        stamp = f"2026-02-0{day}"
        world.repository.records = [
            replace(each, identifier=prefix + each.identifier.rpartition(":")[2], datestamp=stamp)
            for each in world.repository.records
        ]
        await world.day(day)
        confirm(world.store)
    found = of(world.store, "oai:peer:7")
    assert found is not None
    assert (found.alive, found.native_id) == (True, "oai:third:7")


async def test_what_is_withheld_stays_withheld(world: World) -> None:
    with world.store.transaction(actor="operator") as tx:
        withholding.withhold(tx, record_id("k", "oai:peer:5"), "asked for")
    rename(world.repository)
    await world.day(1)
    confirm(world.store)
    found = of(world.store, "oai:peer:5")
    assert found is not None
    assert not found.alive
    assert sums(world.store).mapped == COUNT - 1
    assert verify(world.store).whole


async def test_a_handful_of_namesakes_is_taken_in(world: World) -> None:
    more = [replace(each, identifier=f"oai:two:{n}") for n, each in enumerate(world.repository.records[:12], 1)]
    world.repository.records = [*world.repository.records, *(replace(each, datestamp="2026-02-01") for each in more)]
    await world.day(1)
    settle(world.store)
    assert (last_run(world.store).state, sums(world.store).mapped, sums(world.store).held) == ("ended", COUNT + 12, 0)


async def test_a_run_without_renamed_records_is_not_confirmed_as_such(world: World) -> None:
    with world.store.transaction(actor="operator") as tx, pytest.raises(RequestRefused, match="not_renamed"):
        settling.confirm_renaming(tx, last_run(world.store).id)


async def few(store: Store, count: int) -> runs.StoredRun:
    """The second run of a feed of so few records, all of which are renamed."""
    repository = Repository(items(count, deleted_every=1_000))
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store, 200)
        rename(repository)
        await harvest(store, feed)
    return last_run(store)


@pytest.mark.parametrize("count", [2, 5, 9])
async def test_of_a_few_records_two_that_are_renamed_wait_for_a_person(store: Store, count: int) -> None:
    run = await few(store, count)
    assert (run.state, run.counts.renaming.pairs) == ("held", count)
    confirm(store)
    settle(store)
    with store.reading() as connection:
        found = catalogue_records.get(connection, record_id("k", "oai:peer:1"))
    assert found is not None
    assert (found.alive, found.native_id) == (True, "oai:moved:1")


async def test_a_single_record_shows_no_rule(store: Store) -> None:
    assert (await few(store, 1)).state == "ended"
