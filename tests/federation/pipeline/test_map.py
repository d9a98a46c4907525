"""Harvested records become catalogue records, and every one of them is accounted for."""

from __future__ import annotations

import pytest

from federation.pipeline import map as mapping
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.unifying import Clusters, load_unified
from federation.storage import catalogue_records, cursors, outcomes, raw_records
from federation.storage.engine import Store
from federation.storage.outcomes import Accounts
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.peers.courteous.repository import Item, Repository, items, serving


def map_all(store: Store, *, limit: int = 50) -> None:
    mapper, behind = FeedMapper(store), True
    while behind:
        with store.reading() as connection:
            prepared = mapping.prepare(connection, mapper, limit)
        with store.transaction() as tx:
            behind = mapping.write(tx, prepared).behind
        assert accounts(store).exact


def accounts(store: Store) -> Accounts:
    with store.reading() as connection:
        return outcomes.accounts(connection, cursors.get(connection, mapping.STAGE))


async def test_every_harvested_record_is_mapped_deleted_or_rejected_with_a_reason(store: Store) -> None:
    untitled = Item("oai:peer:untitled", "2021-01-01", "")
    async with serving(Repository([*items(), untitled])) as url:
        await harvest(store, add_feed(store, url))
    assert accounts(store) == Accounts(harvested=121, waiting=121)
    map_all(store)
    link_all(store)
    assert accounts(store) == Accounts(harvested=121, mapped=114, deleted=6, rejected=1)
    with store.reading() as connection:
        refusals = outcomes.refusals(connection, "k", "rejected")
    assert [(refusal.identifier, refusal.code) for refusal in refusals] == [("oai:peer:untitled", "title_missing")]


async def test_a_batch_holds_no_more_than_fits_and_what_is_left_comes_next(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = [Item(f"oai:peer:{number}", "2021-01-01", f"Letter {number}") for number in range(5)]
    async with serving(Repository(letters)) as url:
        await harvest(store, add_feed(store, url))
    monkeypatch.setattr(raw_records, "MOST_PAYLOAD", 1)
    behind = []
    for _ in letters:
        with store.reading() as connection:
            prepared = mapping.prepare(connection, FeedMapper(store), 50)
        with store.transaction() as tx:
            assert mapping.write(tx, prepared).done == 1
        behind.append(prepared.behind)
    assert behind == [True, True, True, True, False]
    assert accounts(store) == Accounts(harvested=5, mapped=5)


async def test_a_value_names_its_record_path_rule_and_crosswalk(store: Store) -> None:
    async with serving(Repository(items(2))) as url:
        await harvest(store, add_feed(store, url))
    map_all(store)
    link_all(store)
    source = Clusters(store)
    (first, second) = source.all_clusters("", 10)
    with store.reading() as connection:
        found = load_unified(connection, [first, second], "public")
    title = found[first].title
    origin = title.origins[0]
    assert title.value.value in ("Title 1", "Title 2")
    assert (origin.record, origin.path, origin.rule) == (first.removeprefix("c-"), "dc:title[1]", "title")
    assert origin.crosswalk.startswith("base/oai_dc@")


async def test_what_does_not_change_downstream_keeps_its_place(store: Store) -> None:
    repository = Repository(items(10))
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store)
        link_all(store)
        before = Clusters(store).last_seq()
        again = [Item(item.identifier, "2026-02-01", item.title) for item in repository.records[:5]]
        repository.records = [*again, *repository.records[5:], Item("oai:peer:new", "2026-02-01", "New")]
        await harvest(store, feed)
    map_all(store)
    link_all(store)
    assert len(Clusters(store).changes(before, 100)) == 1
    with store.reading() as connection:
        assert catalogue_records.count_alive(connection) == 11


async def test_a_deletion_is_a_tombstone_and_a_return_lifts_it(store: Store) -> None:
    repository = Repository([Item("oai:peer:a", "2020-01-01", "A")])
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store)
        link_all(store)
        (name,) = Clusters(store).all_clusters("", 10)
        repository.records = [Item("oai:peer:a", "2026-02-01", "A", deleted=True)]
        await harvest(store, feed)
        map_all(store)
        link_all(store)
        assert Clusters(store).unified([name]) == []
        repository.records = [Item("oai:peer:a", "2026-02-02", "A")]
        await harvest(store, feed)
        map_all(store)
        link_all(store)
    assert [found.id for found in Clusters(store).unified([name])] == [name]
