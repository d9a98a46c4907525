"""Records that are taken in at once, of several feeds and by several processes, get numbers of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import msgspec
import pytest
import sqlalchemy as sa

from federation.pipeline import inheriting, remapping
from federation.pipeline import map as mapping
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.parent_sources import StoredParents
from federation.pipeline.tried_hierarchy import TriedHierarchy
from federation.pipeline.withholding import release, withhold
from federation.storage import catalogue_records, crosswalks, feeds
from federation.storage.catalogue_records import catalogue_record, count_alive
from federation.storage.engine import Store
from federation.storage.raw_records import raw_record
from mappings.schema.ids import record_id
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_map import map_all
from tests.federation.pipeline.test_parents_first import Brought
from tests.federation.pipeline.trees import fonds, series
from tests.peers.courteous.repository import Item, Repository, items, serving
from tests.peers.postgresql import Server

SECONDS = 30


@pytest.fixture
def served(postgresql: Server) -> Iterator[Store]:
    name = postgresql.create(postgresql.template)
    store = Store(postgresql.url(name))
    yield store
    store.close()
    postgresql.drop(name)


def wait_for_a_waiting_one(store: Store) -> None:
    """Until some transaction waits for a lock."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with store.reading() as connection:
            if connection.execute(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one():
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def identifiers(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        rows = connection.execute(sa.select(raw_record.c.feed, raw_record.c.identifier).order_by(raw_record.c.rid))
        return [(row.feed, row.identifier) for row in rows]


async def changed_since_mapped(store: Store, records: list[Item]) -> None:
    """One record harvested and mapped, and since then its source harvested again, which gives these."""
    repository = Repository(items(1))
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store)
        repository.records = records
        await harvest(store, feed)


@pytest.mark.postgres
async def test_a_page_that_is_taken_in_beside_another_feeds_overwrites_nothing(served: Store) -> None:
    async with serving(Repository(items(1))) as url:
        first = add_feed(served, url)
        await harvest(served, first)
        second = msgspec.structs.replace(first, key="l", name="Other")
        with served.transaction() as tx:
            feeds.add(tx, second)
        with served.reading() as connection:
            row = dict(connection.execute(sa.select(raw_record)).mappings().one())
        with served.transaction() as tx:
            other = {**row, "rid": row["rid"] + 1, "identifier": "oai:peer:other", "seq": tx.next_seq()}
            tx.connection.execute(raw_record.insert().values(**other))
            page = asyncio.create_task(asyncio.to_thread(asyncio.run, harvest(served, second)))
            await asyncio.to_thread(wait_for_a_waiting_one, served)
        await page
    assert identifiers(served) == [("k", "oai:peer:1"), ("k", "oai:peer:other"), ("l", "oai:peer:1")]


@pytest.mark.postgres
async def test_records_that_are_mapped_beside_others_get_numbers_of_their_own(served: Store) -> None:
    await changed_since_mapped(served, [*items(1), Item("oai:peer:2", "2026-02-01", "New")])
    with served.reading() as connection:
        row = dict(connection.execute(sa.select(catalogue_record)).mappings().one())
    with served.transaction() as tx:
        other = {**row, "id": "other", "native_id": "other", "rid": row["rid"] + 1, "seq": tx.next_seq()}
        tx.connection.execute(catalogue_record.insert().values(**other))
        others = asyncio.create_task(asyncio.to_thread(map_all, served))
        await asyncio.to_thread(wait_for_a_waiting_one, served)
    await others
    with served.reading() as connection:
        found = connection.execute(sa.select(catalogue_record.c.native_id).order_by(catalogue_record.c.rid)).scalars()
        assert list(found) == ["oai:peer:1", "other", "oai:peer:2"]


@pytest.mark.postgres
async def test_a_batch_that_another_process_writes_meanwhile_is_not_written_again(served: Store) -> None:
    async with serving(Repository(items(2))) as url:
        await harvest(served, add_feed(served, url))
    mapper = FeedMapper(served)
    with served.reading() as connection:
        prepared = mapping.prepare(connection, mapper, 50)

    def written() -> int:
        with served.transaction() as tx:
            return mapping.write(tx, prepared).done

    with served.transaction() as tx:
        assert mapping.write(tx, prepared).done == 2
        late = asyncio.create_task(asyncio.to_thread(written))
        await asyncio.to_thread(wait_for_a_waiting_one, served)
    assert await late == 0


@pytest.mark.postgres
async def test_what_somebody_withholds_while_it_is_mapped_stays_away(served: Store) -> None:
    await changed_since_mapped(served, [Item("oai:peer:1", "2026-02-01", "Anew")])
    with served.transaction() as tx:
        withhold(tx, record_id("k", "oai:peer:1"), "a letter")
        mapped = asyncio.create_task(asyncio.to_thread(map_all, served))
        await asyncio.to_thread(wait_for_a_waiting_one, served)
    await mapped
    with served.reading() as connection:
        assert count_alive(connection) == 0


@pytest.mark.postgres
async def test_what_is_released_while_a_newer_form_of_it_is_taken_in_is_that_form(served: Store) -> None:
    await changed_since_mapped(served, items(1))
    record = record_id("k", "oai:peer:1")
    with served.transaction() as tx:
        withhold(tx, record, "a letter")

    def released() -> None:
        with served.transaction() as tx:
            release(tx, served, record)

    with served.transaction() as tx:
        newer = {"payload": sa.func.replace(raw_record.c.payload, "Title 1", "Newer"), "seq": tx.next_seq()}
        tx.connection.execute(raw_record.update().values(**newer))
        late = asyncio.create_task(asyncio.to_thread(released))
        await asyncio.to_thread(wait_for_a_waiting_one, served)
    await late
    with served.reading() as connection:
        held = catalogue_records.get(connection, record)
    assert held is not None
    assert held.record is not None
    assert held.record.title.value == "Newer"


@pytest.mark.postgres
async def test_a_record_that_changes_while_it_is_derived_again_is_left_to_its_newer_form(served: Store) -> None:
    tree = Brought(served)
    await tree.take(fonds(), series())
    await tree.bring(fonds(rights="Closed."))
    tree.map(100)
    with served.reading() as connection:
        below = inheriting.prepare(connection, FeedMapper(served), 50)

    def written() -> int:
        with served.transaction() as tx:
            return inheriting.write(tx, below).done

    with served.transaction() as tx:
        number = tx.next_seq()
        is_it = raw_record.c.rid == below[0].stored.rid
        tx.connection.execute(raw_record.update().where(is_it).values(seq=number))
        late = asyncio.create_task(asyncio.to_thread(written))
        await asyncio.to_thread(wait_for_a_waiting_one, served)
    assert [result.stored.raw.identifier for result in below] == ["series"]
    assert await late == 0


@pytest.mark.postgres
async def test_a_remapping_that_begins_anew_while_a_batch_is_written_is_not_taken_for_ended(served: Store) -> None:
    async with serving(Repository(items(2))) as url:
        await harvest(served, add_feed(served, url))
        map_all(served)
    with served.transaction() as tx:
        crosswalks.begin_remapping(tx, "k")
    mapper = FeedMapper(served)
    anew = TriedHierarchy(StoredParents(served.reading), lambda raw, find: mapper.fresh(raw, find)[0])
    with served.reading() as connection:
        again = remapping.prepare(connection, mapper, anew, 50)
    assert again is not None

    def written() -> int:
        with served.transaction() as tx:
            return remapping.write(tx, again).done

    with served.transaction() as tx:
        tx.in_order()
        crosswalks.begin_remapping(tx, "k")
        late = asyncio.create_task(asyncio.to_thread(written))
        await asyncio.to_thread(wait_for_a_waiting_one, served)
    assert await late == 0
    with served.reading() as connection:
        assert crosswalks.remapping_of(connection, "k") is not None
