"""The demonstration archive: its table is brought like any other, and what is secret stays out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.pipeline import upload_run
from federation.storage import catalogue_records, raw_records, runs, uploads
from federation.storage.engine import Store, embedded_url
from mappings.schema.ids import record_id
from mappings.schema.record import CatalogueRecord
from portal_api.demo.archive import FEED_KEY, bring
from tests.federation.pipeline.test_map import accounts
from tests.federation.pipeline.test_retiring import map_all


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    yield store
    store.close()


def applied(store: Store) -> None:
    with store.reading() as connection:
        waiting = [found.id for found in uploads.of_feed(connection, FEED_KEY) if found.state == "approved"]
    for number in waiting:
        upload_run.load(store, number)
    map_all(store)


def records(store: Store) -> dict[str, CatalogueRecord]:
    with store.reading() as connection:
        held = raw_records.of_feed(connection, FEED_KEY, 0, 100)
        names = {stored.raw.identifier: record_id(FEED_KEY, stored.raw.identifier) for stored in held}
        rows = catalogue_records.get_many(connection, list(names.values()))
    return {code: record for code, name in names.items() if (record := rows[name].record) is not None}


def test_every_row_is_a_record_and_the_secret_ones_are_in_no_channel(store: Store) -> None:
    bring(store)
    applied(store)
    found = records(store)
    assert len(found) == accounts(store).mapped == 23
    hidden = {code for code, record in found.items() if record.access.line == "hidden"}
    assert hidden == {"J001-1-2-3", "X001-WS·2003-D30-0005", "X001-WS·2004-Y-0007"}
    assert {record.level for record in found.values()} == {"fonds", "file", "item"}
    assert not [record for record in found.values() if record.quality and record.quality.issues]


def test_items_stand_in_their_case_file_and_that_in_its_fonds(store: Store) -> None:
    bring(store)
    applied(store)
    found = records(store)
    item, fonds = found["J001-1-1-4"].hierarchy, found["J001"].hierarchy
    assert item is not None
    assert [step.title for step in item.path] == ["示例商务总会全宗", "商会章程与会员名册"]
    assert fonds is None or not fonds.path
    assert found["X001-WS·1952-Y-0001"].access.line == "full"


def test_dates_of_the_qing_and_the_republic_are_read(store: Store) -> None:
    bring(store)
    applied(store)
    found = records(store)
    assert found["J001-1-1-4"].dates[0].edtf == "1911-10-10"
    assert found["J001-1-3-2"].dates[0].edtf == "1949-04"
    assert found["J001"].dates[0].end == "1949-12-31"


def test_the_same_table_again_changes_nothing(store: Store) -> None:
    bring(store)
    applied(store)
    bring(store)
    applied(store)
    with store.reading() as connection:
        assert len(runs.of_feed(connection, FEED_KEY)) == 1
