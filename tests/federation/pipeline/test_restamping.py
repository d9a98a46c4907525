"""Once something is written otherwise, all that was given out with it is stamped anew; nothing else is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from federation.pipeline import enriching, export, hosting, record_export, restamping
from federation.pipeline.enriching import key_made
from federation.storage import cursors
from federation.storage.engine import Store
from federation.storage.exports import export_item
from federation.storage.hosted import hosted_item, hosted_pending
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.runners import runner_over
from tests.portal_api.oai_provider import test_hosted
from tests.portal_api.oai_provider.exported import Clock, open_store
from tests.portal_api.oai_provider.giving import Given, giving

STAGES = (export, record_export, enriching, hosting)


@pytest.fixture(name="given")
async def fixture_given(tmp_path: Path) -> AsyncIterator[Given]:
    """Two records, offered merged, alone and enriched."""
    async with giving(tmp_path) as given:
        given.put(catalogue_record(1, "Letters of Zanzibar", feed="a"), catalogue_record(2, "Umbrage", feed="b"))
        with given.store.transaction() as tx:
            key_made(tx, "a")
        begin(given.store)
        given.export()
        yield given


@pytest.fixture(name="hosted")
def fixture_hosted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Clock]]:
    """Two records of a file, given back."""
    clock = Clock()
    store = open_store(tmp_path, clock)
    monkeypatch.setitem(test_hosted.opened._stores, store.url, store)
    test_hosted.add_feed(store, test_hosted.FEED)
    begin(store)
    test_hosted.bring(store, clock, test_hosted.file(test_hosted.record(1), test_hosted.record(2)))
    yield store, clock
    store.close()


def begin(store: Store) -> tuple[str, ...]:
    with store.transaction() as tx:
        return restamping.begin(tx)


def stamps(store: Store) -> dict[str, str]:
    """Item of each list -> its datestamp."""
    alone = sa.select(hosted_item.c.feed + hosted_item.c.identifier, hosted_item.c.datestamp)
    with store.reading() as connection:
        merged = connection.execute(sa.select(export_item.c.item, export_item.c.datestamp)).all()
        return {row[0]: row[1] for row in [*merged, *connection.execute(alone)]}


async def test_another_serialiser_moves_every_datestamp_of_every_list(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stamps(given.store)
    assert len(before) == 6
    for stage in STAGES:
        monkeypatch.setattr(stage, "SERIALISERS", stage.SERIALISERS + " new@1")
    assert len(begin(given.store)) == len(STAGES)
    given.export()
    after = stamps(given.store)
    assert after.keys() == before.keys()
    assert all(after[item] > before[item] for item in before)


async def test_a_stage_that_goes_over_what_it_writes_as_before_moves_none(given: Given) -> None:
    before = stamps(given.store)
    with given.store.transaction() as tx:
        for stage in STAGES:
            cursors.set_writes_with(tx, stage.STAGE, 1)
    assert len(begin(given.store)) == len(STAGES)
    given.export()
    assert stamps(given.store) == before


async def test_a_stage_that_writes_as_before_goes_over_nothing(given: Given) -> None:
    assert begin(given.store) == ()
    with given.store.reading() as connection:
        assert cursors.get(connection, export.STAGE) > 0


async def test_what_is_given_back_of_files_is_stamped_anew_too(
    hosted: tuple[Store, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, clock = hosted
    before = stamps(store)
    assert len(before) == 2
    assert begin(store) == ()
    monkeypatch.setattr(hosting, "SERIALISERS", hosting.SERIALISERS + " new@1")
    assert begin(store) == (hosting.STAGE,)
    test_hosted.host(store, clock)
    after = stamps(store)
    assert all(after[item] > before[item] for item in before)
    with store.reading() as connection:
        assert connection.execute(sa.select(hosted_pending.c.rid)).all() == []


async def test_a_runner_looks_as_it_begins(given: Given, tmp_path: Path) -> None:
    with given.store.transaction() as tx:
        cursors.set_writes_with(tx, export.STAGE, 1)
    runner = runner_over(given.store, tmp_path, processes=1)
    await runner.until_idle()
    with given.store.reading() as connection:
        assert cursors.writes_with(connection, export.STAGE) != 1
        assert cursors.set_back_at(connection, export.STAGE) is not None
