"""What waits for a stage waits since it changed, or since the stage was sent back to read it anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from federation.pipeline.gauges import read_gauges
from federation.storage import catalogue_records, cursors, feeds
from federation.storage.engine import Store
from federation.storage.feeds import GIVING_STAGES
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import put
from tests.portal_api.oai_provider.exported import START, Clock, open_store

HOUR = 3_600
FEED = feeds.StoredFeed(key="k", name="Letters", institution="a", crosswalk="base/oai_dc@1", base_url="http://x/oai")
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture(name="clock")
def fixture_clock() -> Clock:
    return Clock()


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """Two records and a feed, all taken in by the stages that give records on, a year ago."""
    store = open_store(tmp_path, clock)
    put(store, [catalogue_record(1, "Almost strangers"), catalogue_record(2, "Letters")])
    with store.transaction() as tx:
        feeds.add(tx, FEED)
    reach(store, "records", last(store))
    clock.pass_seconds(365 * 24 * HOUR)
    yield store
    store.close()


def last(store: Store) -> int:
    with store.reading() as connection:
        return catalogue_records.last_changed(connection)


def reach(store: Store, stage: str, seq: int) -> None:
    with store.transaction() as tx:
        cursors.advance(tx, stage, seq)


def lag(store: Store) -> float:
    return read_gauges(store).lag_seconds["records"]


def test_nothing_waits_for_a_stage_that_has_taken_in_everything(store: Store) -> None:
    assert lag(store) == 0


def test_after_a_change_of_licence_old_records_wait_since_that_change(store: Store, clock: Clock) -> None:
    with store.transaction() as tx:
        feeds.change(tx, msgspec.structs.replace(FEED, metadata_licence=_LICENCE))
        assert [cursors.get(tx.connection, stage) for stage in GIVING_STAGES] == [0, 0, 0]
    assert lag(store) == 0
    clock.pass_seconds(2 * HOUR)
    assert lag(store) == 2 * HOUR
    # a part of the way is no new beginning
    reach(store, "records", 1)
    assert lag(store) == 2 * HOUR
    reach(store, "records", last(store))
    assert lag(store) == 0


def test_what_changes_later_waits_since_it_changed(store: Store, clock: Clock) -> None:
    reach(store, "records", 0)
    reach(store, "records", last(store))
    clock.pass_seconds(HOUR)
    put(store, [catalogue_record(3, "Maps")])
    clock.pass_seconds(60)
    assert lag(store) == 60


def test_what_was_never_taken_in_waits_since_it_changed(store: Store) -> None:
    assert read_gauges(store).lag_seconds["key"] == 365 * 24 * HOUR


def test_a_cursor_keeps_when_it_was_last_set_back(store: Store, clock: Clock) -> None:
    set_back: list[timedelta | None] = []
    for seq in (5, 9, 9, 4, 7, 0):
        clock.pass_seconds(HOUR)
        reach(store, "export", seq)
        with store.reading() as connection:
            at = cursors.set_back_at(connection, "export")
        set_back.append(None if at is None else at - START - timedelta(days=365))
    fourth, sixth = timedelta(hours=4), timedelta(hours=6)
    assert set_back == [None, None, None, fourth, fourth, sixth]
