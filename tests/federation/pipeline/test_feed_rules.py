"""A feed goes by its own limits, and by its own rule for what counts as deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from federation.errors import RequestRefused
from federation.pipeline.feed_rules import Rules, set_rules
from federation.storage import absences, feeds, holds
from federation.storage.engine import Store
from federation.storage.feed_runs import moved_unasked
from harvester.brake import Moved
from harvester.feeds import DeletionRule, Profile
from tests.federation.pipeline.test_crosswalk_life import EXTRA
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, harvest, last_run
from tests.federation.pipeline.test_reconciliation import BEGIN, World
from tests.federation.pipeline.test_retiring import sums
from tests.federation.pipeline.versions import HEAD, feed_of, filled, hashes, live
from tests.peers.courteous.repository import Repository, items, serving

COUNT = 120


async def after_losing(store: Store, lost: int, rules: Rules) -> World:
    """A feed with rules of its own that does not name `lost` of its records any more, a month later."""
    clock = PatientClock()
    clock.moment = BEGIN
    store = Store(store.url, now=clock.now)
    repository = Repository(items(COUNT, deleted_every=1_000))
    async with serving(repository) as url:
        feed = add_feed(store, url)
        with store.transaction(actor="operator") as tx:
            set_rules(tx, feed, rules)
        world = World(store, repository, clock, feed)
        await world.day(0)
        world.lose(*range(1, lost + 1))
        for day in (35, 36):
            await world.day(day)
    return world


async def test_a_feed_whose_deletions_are_never_inferred_keeps_what_is_not_named(embedded: Store) -> None:
    world = await after_losing(embedded, 4, Rules(deletions="never_inferred"))
    assert (sums(world.store).mapped, sums(world.store).deleted) == (COUNT, 0)
    with world.store.reading() as connection:
        assert absences.of_feed(connection, "k").absent == 4
    assert last_run(world.store).verdict == "complete"
    world.store.close()


@pytest.mark.parametrize(("rule", "is_due"), [("declared", False), ("sweep", True), ("never_inferred", False)])
async def test_a_feed_that_is_swept_is_compared_every_week_whatever_it_declares(
    rule: DeletionRule, is_due: bool, embedded: Store
) -> None:
    world = await after_losing(embedded, 0, Rules(deletions=rule))
    with world.store.reading() as connection:
        seen = absences.of_feed(connection, "k").tried_at
        assert seen is not None
        said, later = Profile(deletions="persistent"), seen + timedelta(days=8)
        assert absences.is_due(connection, "k", said, later, rule=rule) is is_due
    world.store.close()


async def test_a_narrower_limit_holds_what_the_usual_one_lets_through(embedded: Store) -> None:
    world = await after_losing(embedded, 4, Rules(deleted_percent=1, records=2))
    assert (last_run(world.store).state, sums(world.store).held) == ("held", 4)
    world.store.close()


async def test_a_wider_limit_lets_through_what_the_usual_one_holds(embedded: Store) -> None:
    world = await after_losing(embedded, 60, Rules(deleted_percent=60))
    assert (last_run(world.store).state, sums(world.store).deleted) == ("ended", 60)
    world.store.close()


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (Rules(deletions="always"), "expected one of declared, sweep, never_inferred"),
        (Rules(deleted_percent=100.5), "deleted: expected 0 to 100 percent, found 100.5"),
        (Rules(changed_percent=-1), "changed: expected 0 to 100 percent, found -1"),
        (Rules(records=-1), "records: expected 0 to 1000000 records, found -1"),
    ],
)
def test_a_rule_that_can_be_none_is_refused(embedded: Store, rules: Rules, reason: str) -> None:
    feed = add_feed(embedded, "http://127.0.0.1/oai")
    with embedded.transaction(actor="operator") as tx, pytest.raises(RequestRefused, match=reason):
        set_rules(tx, feed, rules)


def test_what_is_not_named_stays_as_it_is(embedded: Store) -> None:
    feed = add_feed(embedded, "http://127.0.0.1/oai")
    with embedded.transaction(actor="operator") as tx:
        changed = set_rules(tx, feed, Rules(deleted_percent=10))
    assert changed == msgspec.structs.replace(feed, brake=msgspec.structs.replace(feed.brake, deleted=0.1))


async def test_what_a_new_crosswalk_does_to_records_does_not_count_as_the_sources_own_change(embedded: Store) -> None:
    await filled(embedded, COUNT)
    before = hashes(embedded)
    live(embedded, EXTRA)
    assert not set(hashes(embedded).values()) & set(before.values())
    with embedded.reading() as connection:
        assert moved_unasked(connection, "k", embedded.now()) == Moved(live=COUNT)


async def test_what_a_source_changes_is_held_whatever_the_crosswalk_makes_of_it(embedded: Store) -> None:
    """Every record says the same to readers, before and after; its source has changed them all."""
    await filled(embedded, COUNT, text=f"{HEAD}  - {{id: t, const: Same, to: title.value}}\n")
    changed = [replace(each, title="Other", datestamp="2026-02-01") for each in items(COUNT, deleted_every=1_000_000)]
    async with serving(Repository(changed, page_size=100)) as url:
        with embedded.transaction() as tx:
            feeds.change(tx, msgspec.structs.replace(feed_of(embedded), base_url=url))
        await harvest(embedded, feed_of(embedded))
    with embedded.reading() as connection:
        held = holds.held_feed(connection, "k")
    assert held is not None
    assert held.causes == ("changes",)
