"""Pages of harvests as they came: kept for a time, or for ever."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from federation.storage import page_bodies, retention
from federation.storage.engine import Store
from federation.storage.page_bodies import KEPT, packed
from federation.storage.raw_versions import raw_record_version
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.peers.awkward.peer import Behaviour, Peer, serving
from tests.peers.courteous.repository import items


def kept(store: Store, sha256: str) -> bytes | None:
    with store.reading() as connection:
        return page_bodies.get(connection, sha256)


def put(store: Store, name: str, body: bytes, *, for_ever: bool = False) -> None:
    with store.transaction() as tx:
        page_bodies.put(tx, name, packed(body), for_ever=for_ever)


def test_a_page_is_kept_for_its_time_and_a_repaired_one_for_ever(store: Store) -> None:
    put(store, "plain", b"<OAI-PMH/>")
    put(store, "repaired", b"<OAI-PMH>&", for_ever=True)
    assert (kept(store, "plain"), kept(store, "repaired")) == (b"<OAI-PMH/>", b"<OAI-PMH>&")
    with store.transaction() as tx:
        tx.connection.execute(page_bodies.page_body.update().values(kept_until=tx.now).where(
            page_bodies.page_body.c.kept_until.is_not(None)))  # fmt: skip
        assert page_bodies.tidy(tx) == 1
        assert page_bodies.tidy(tx) == 0
    assert (kept(store, "plain"), kept(store, "repaired")) == (None, b"<OAI-PMH>&")


def test_what_is_kept_for_ever_stays_so_and_what_comes_again_is_kept_anew(store: Store) -> None:
    put(store, "a", b"one", for_ever=True)
    put(store, "a", b"one")
    put(store, "b", b"two")
    put(store, "b", b"two", for_ever=True)
    with store.reading() as connection:
        untils = connection.execute(sa.select(page_bodies.page_body.c.kept_until)).scalars().all()
    assert untils == [None, None]


def test_versions_go_a_year_after_they_were_superseded(store: Store) -> None:
    content = dict.fromkeys((column.name for column in raw_record_version.columns), "")
    row = content | {"deleted": False, "page": 1, "ordinal": 0, "run": 1}
    with store.transaction() as tx:
        for rid, days in ((1, 366), (2, 364)):
            at = tx.now - timedelta(days=days)
            said = row | {"rid": rid, "seq": rid, "superseded_at": at, "harvested": at}
            tx.connection.execute(raw_record_version.insert().values(**said))
        retention.tidy(tx)
        assert tx.connection.execute(sa.select(raw_record_version.c.rid)).scalars().all() == [2]


async def test_a_harvest_keeps_its_pages_as_they_came(store: Store) -> None:
    async with serving(Peer(Behaviour(name="plain", records=items(30)))) as url:
        await harvest(store, add_feed(store, url))
    with store.reading() as connection:
        bodies = connection.execute(sa.select(page_bodies.page_body)).all()
    assert len(bodies) == 2
    for row in bodies:
        assert b"<OAI-PMH" in (kept(store, row.sha256) or b"")
        assert row.kept_until is not None
        assert timedelta(days=29) < KEPT
