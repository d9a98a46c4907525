"""A retired feed's records are withdrawn: tombstones downstream, skipped in the sums, kept as they were harvested."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.pipeline import children
from federation.pipeline.crosswalks import RETIRED
from federation.pipeline.ledger_check import verify
from federation.pipeline.stages import STAGES
from federation.storage import catalogue_records, cursors, feeds, outcomes, raw_records
from federation.storage.catalogue_records import catalogue_record
from federation.storage.engine import Store
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.peers.courteous.repository import Repository, items, serving


async def harvested(store: Store, count: int = 40) -> feeds.StoredFeed:
    async with serving(Repository(items(count))) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
    map_all(store)
    return feed


def map_all(store: Store, limit: int = 7) -> None:
    while children.map_once(store.url, limit).behind or waiting(store):
        pass


def waiting(store: Store) -> int:
    with store.reading() as connection:
        return STAGES["map"].waiting(connection)


def retire(store: Store, feed: feeds.StoredFeed) -> None:
    with store.transaction() as tx:
        feeds.change(tx, msgspec.structs.replace(feed, state="retired", due_at=None))


def sums(store: Store) -> outcomes.Accounts:
    with store.reading() as connection:
        return outcomes.accounts(connection, cursors.get(connection, "map"))


async def test_every_record_becomes_a_tombstone_that_keeps_its_name(store: Store) -> None:
    feed = await harvested(store)
    with store.reading() as connection:
        before = {row.id: row.seq for row in connection.execute(sa.select(catalogue_record))}
    retire(store, feed)
    assert waiting(store) == 38
    map_all(store)
    with store.reading() as connection:
        rows = connection.execute(sa.select(catalogue_record)).all()
        assert raw_records.count(connection, feed.key) == 40
        assert catalogue_records.count_alive(connection) == 0
    assert {row.id for row in rows} == before.keys()
    assert all(row.seq > before[row.id] and row.record == "" for row in rows)
    assert len({row.seq for row in rows}) == len(rows)
    assert verify(store).whole


async def test_the_sums_stay_exact_at_every_step(store: Store) -> None:
    feed = await harvested(store)
    retire(store, feed)
    while children.map_once(store.url, 7).behind:
        assert sums(store).exact
    found = sums(store)
    assert (found.exact, found.mapped, found.skipped, found.deleted) == (True, 0, 38, 2)
    with store.reading() as connection:
        reasons = {refusal.code for refusal in outcomes.refusals(connection, feed.key, "skipped")}
        assert outcomes.issue_counts(connection, feed.key) == []
    assert reasons == {RETIRED}


async def test_what_arrives_after_the_end_is_skipped(store: Store) -> None:
    async with serving(Repository(items(40))) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
    retire(store, feed)
    map_all(store)
    assert (sums(store).exact, sums(store).skipped, sums(store).mapped) == (True, 38, 0)


async def test_other_feeds_are_left_alone(store: Store) -> None:
    feed = await harvested(store)
    async with serving(Repository(items(20))) as url:
        other = msgspec.structs.replace(feed, key="other", name="Other", base_url=url)
        with store.transaction() as tx:
            feeds.add(tx, other)
        await harvest(store, other)
    map_all(store)
    retire(store, feed)
    map_all(store)
    with store.reading() as connection:
        assert len(catalogue_records.ids_of_feed(connection, "other")) == 19
        assert catalogue_records.ids_of_feed(connection, feed.key) == []
