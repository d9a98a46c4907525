"""A run that would change or delete too much is held, and nothing of what it holds is shown before a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.ledger.entry import decoded
from federation.pipeline import children, settling
from federation.pipeline.harvest import Held
from federation.pipeline.lags import lags
from federation.pipeline.ledger_check import verify
from federation.storage import catalogue_records, feeds, held_records, holds, run_reports
from federation.storage.engine import Store
from federation.storage.held_records import HeldCounts
from federation.storage.ledger import ledger_entry
from federation.storage.raw_records import raw_record
from federation.storage.run_reports import Wanted
from harvester.slices import Ended
from tests.federation.pipeline.test_harvest import add_feed, harvest, last_run
from tests.federation.pipeline.test_retiring import map_all, sums
from tests.peers.courteous.repository import Item, Repository, items, serving

COUNT = 200
LATER = "2026-02-01"


def catalogue() -> list[Item]:
    return items(COUNT, deleted_every=1_000)


def with_changed(known: Sequence[Item], count: int) -> list[Item]:
    """The first `count` records with another title, as of a later day."""
    return [replace(each, datestamp=LATER, title=f"Other {each.title}") for each in known[:count]] + [*known[count:]]


def with_deleted(known: Sequence[Item], count: int) -> list[Item]:
    """The first `count` records withdrawn on a later day."""
    return [replace(each, datestamp=LATER, deleted=True) for each in known[:count]] + [*known[count:]]


async def harvested_twice(store: Store, second: Sequence[Item]) -> Repository:
    """A feed that was harvested and mapped, and harvested again after its repository became `second`."""
    repository = Repository(catalogue())
    async with serving(repository) as url:
        feed = add_feed(store, url)
        assert isinstance(await harvest(store, feed), Ended)
        map_all(store, 100)
        repository.records = second
        assert isinstance(await harvest(store, feed), Held)
    map_all(store, 100)
    return repository


def titles(store: Store) -> dict[str, str]:
    """The titles that are shown, by identifier."""
    with store.reading() as connection:
        rows = catalogue_records.changed_since(connection, 0, 1_000)
    return {row.record.source.native_id: row.record.title.value for row in rows if row.record is not None}


def decide(store: Store, act: str) -> None:
    """A person's word about the run, carried out and mapped."""
    acts = {
        "release": settling.release,
        "discard": settling.discard,
        "release-without-deletions": lambda tx, run: settling.release(tx, run, deletions=False),
    }
    with store.transaction(actor="operator") as tx:
        acts[act](tx, last_run(store).id)
    assert lags(store).settle > 0
    while children.settle_once(store.url, 7).behind:
        pass
    assert lags(store).settle == 0
    map_all(store, 100)


def held_counts(store: Store) -> HeldCounts:
    with store.reading() as connection:
        return held_records.counts(connection, last_run(store).id)


async def test_the_page_that_crosses_the_limit_and_all_after_it_are_held(store: Store) -> None:
    await harvested_twice(store, with_changed(catalogue(), 100))
    run, shown = last_run(store), titles(store)
    assert (run.state, run.verdict, run.counts.changed) == ("held", "complete", 100)
    assert sum(title.startswith("Other") for title in shown.values()) == 60
    assert held_counts(store) == HeldCounts(changed=40)
    with store.reading() as connection:
        hold = holds.of_run(connection, run.id)
    assert hold is not None
    assert (hold.causes, hold.page, hold.moved.live, hold.moved.changed) == (("changes",), 4, 200, 100)
    assert verify(store).whole


async def test_what_is_held_back_leaves_no_mark_on_what_stands(store: Store) -> None:
    second = with_changed(catalogue(), 100)
    again = replace(second[99], datestamp="2026-02-02")
    await harvested_twice(store, [*second, again])
    stamp = sa.select(raw_record.c.seen_datestamp).where(raw_record.c.identifier == again.identifier)
    with store.reading() as connection:
        assert connection.execute(stamp).scalar() == catalogue()[99].datestamp


async def test_held_records_are_counted_once_and_listed(store: Store) -> None:
    fresh = [Item(f"oai:peer:new{n}", LATER, f"New {n}") for n in range(30)]
    await harvested_twice(store, [*with_changed(catalogue(), 80), *fresh])
    account = sums(store)
    assert (account.harvested, account.mapped, account.held, account.waiting) == (230, 180, 50, 0)
    assert account.exact
    with store.reading() as connection:
        held = run_reports.records(connection, Wanted(feed="k", standing="held"), limit=500)
        every = run_reports.records(connection, Wanted(feed="k"), limit=500)
        mapped = run_reports.records(connection, Wanted(feed="k", standing="mapped"), limit=500)
    assert (len(held), len(every), len(mapped)) == (50, 230, 180)
    assert {line.outcome for line in held} == {"held"}
    assert len({line.identifier for line in every}) == 230


async def test_deletions_are_held_and_the_records_stay(store: Store) -> None:
    await harvested_twice(store, with_deleted(catalogue(), 120))
    assert held_counts(store) == HeldCounts(deleted=80)
    assert len(titles(store)) == 160


async def test_released_it_is_as_if_nothing_had_held_it(store: Store) -> None:
    second = with_deleted(with_changed(catalogue(), 100), 70)
    await harvested_twice(store, second)
    decide(store, "release")
    assert titles(store) == {each.identifier: each.title for each in second if not each.deleted}
    run, account = last_run(store), sums(store)
    assert (run.state, run.verdict, run.reason) == ("ended", "complete", "counted")
    assert (account.mapped, account.deleted, account.held, account.waiting) == (130, 70, 0, 0)
    assert verify(store).whole


async def test_released_without_its_deletions_the_records_stay_and_the_changes_come(store: Store) -> None:
    second = [*with_deleted(catalogue(), 60)[:60], *with_changed(catalogue(), 100)[60:]]
    await harvested_twice(store, second)
    held = held_counts(store)
    assert (held.deleted, held.changed) == (20, 40)
    decide(store, "release-without-deletions")
    shown = titles(store)
    assert (len(shown), sum(title.startswith("Other") for title in shown.values())) == (160, 40)
    assert verify(store).whole


async def test_discarded_everything_is_as_it_was_and_is_asked_for_again(store: Store) -> None:
    repository = await harvested_twice(store, with_changed(catalogue(), 100))
    decide(store, "discard")
    assert titles(store) == {each.identifier: each.title for each in catalogue()}
    run, account = last_run(store), sums(store)
    assert (run.state, run.verdict, run.reason) == ("ended", "blocked", "discarded")
    assert (account.mapped, account.held, account.exact) == (200, 0, True)
    assert verify(store).whole
    asked = repository.asked[-1 - 4]["from"]
    repository.asked.clear()
    repository.records = with_changed(catalogue(), 10)
    async with serving(repository) as url:
        with store.transaction() as tx:
            feed = feeds.get(tx.connection, "k")
            assert feed is not None
            moved = feeds.StoredFeed(key="k", name="Peer", institution="peer", base_url=url, networks=feed.networks)
            feeds.change(tx, moved)
        assert isinstance(await harvest(store, moved), Ended)
    assert repository.asked[0]["from"] == asked
    assert last_run(store).counts.changed == 10


async def test_no_run_begins_before_somebody_decides(store: Store) -> None:
    repository = await harvested_twice(store, with_changed(catalogue(), 100))
    asked = len(repository.asked)
    with store.reading() as connection:
        feed = feeds.get(connection, "k")
        assert feed is not None
        assert feeds.due(connection, store.now() + timedelta(days=2)) == []
    assert isinstance(await harvest(store, feed), Held)
    assert len(repository.asked) == asked
    with store.transaction() as tx, pytest.raises(RequestRefused, match="held"):
        feeds.ask_for_run(tx, "k")
    decide(store, "release")
    with store.reading() as connection:
        assert [each.key for each in feeds.due(connection, store.now() + timedelta(days=2))] == ["k"]


async def test_a_first_harvest_passes_whatever_it_brings(store: Store) -> None:
    async with serving(Repository(items(COUNT, deleted_every=2))) as url:
        assert isinstance(await harvest(store, add_feed(store, url)), Ended)
    assert last_run(store).counts.deleted == 100


async def test_the_runs_of_one_day_count_together(store: Store) -> None:
    repository = Repository(catalogue())
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        repository.records = with_changed(catalogue(), 40)
        assert isinstance(await harvest(store, feed), Ended)
        known = [*repository.records]
        repository.records = [*known[:100], *with_changed(known[100:], 40)]
        assert isinstance(await harvest(store, feed), Held)


async def test_what_comes_twice_in_a_held_run_is_held_as_it_came_last(store: Store) -> None:
    second = with_changed(catalogue(), 100)
    again = replace(second[99], datestamp="2026-02-02", title="The last word")
    back = replace(catalogue()[98], datestamp="2026-02-02")
    await harvested_twice(store, [*second, again, back])
    assert held_counts(store) == HeldCounts(changed=40)
    decide(store, "release")
    shown = titles(store)
    assert (shown["oai:peer:100"], shown["oai:peer:99"]) == ("The last word", "Title 99")


async def test_who_decided_stands_in_the_ledger(store: Store) -> None:
    await harvested_twice(store, with_changed(catalogue(), 100))
    decide(store, "release")
    with store.reading() as connection:
        bodies = connection.execute(sa.select(ledger_entry.c.body).order_by(ledger_entry.c.index)).scalars()
        told = [(entry.act, entry.actor, entry.object) for entry in map(decoded, bodies)]
    assert ("run.held", "system", "hold:2") in told
    assert ("run.released", "operator", "hold:2") in told
    assert [act for act, _, _ in told].count("run.settled") == 6


async def test_only_a_held_run_is_decided_over_and_only_once(store: Store) -> None:
    await harvested_twice(store, with_changed(catalogue(), 100))
    decide(store, "release")
    with store.transaction() as tx, pytest.raises(RequestRefused, match="run 2 is not held"):
        settling.discard(tx, 2)
    with store.transaction() as tx, pytest.raises(RequestRefused, match="there is no run 9"):
        settling.release(tx, 9)
