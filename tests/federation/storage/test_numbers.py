"""Records that are taken in at once, of several feeds and by several processes, get numbers of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import msgspec
import pytest
import sqlalchemy as sa

from federation.storage import feeds
from federation.storage.engine import Store
from federation.storage.raw_records import raw_record
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.peers.courteous.repository import Repository, items, serving
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
