"""The stage behind `/oai/records`, on every database: every change is taken in once, and what is kept back is not."""

from __future__ import annotations

import pytest

from federation.pipeline import record_export
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.record_export import LIST, STAGE, records_batch
from federation.storage import catalogue_records, cursors, export_sets, feeds, hosted, institutions, set_aside
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.hosted import Item, Stretch
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import put

SETTINGS = ExportSettings(authority="exchange.example")


@pytest.fixture(name="filled")
def fixture_filled(store: Store) -> Store:
    """Five records, the fourth of them hidden."""
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="a", name="A"))
        feeds.add(tx, StoredFeed(key="feed-a", name="f", institution="a", metadata_licence="http://licence.example/"))
    put(store, [catalogue_record(n, f"Title {n}", line="hidden" if n == 4 else "full") for n in range(1, 6)])
    return store


def items(store: Store, spec: str = "") -> list[Item]:
    """Every item, or those of a set."""
    with store.reading() as connection:
        number = export_sets.number_of(connection, LIST, spec) if spec else 0
        assert number is not None
        stretch = Stretch(feed=LIST, prefix="oai_dc", since="", before="9999", set_number=number)
        found = hosted.rows(connection, stretch, after=0, limit=100)
        assert hosted.count(connection, stretch) == len(found)
        assert hosted.newest(connection, stretch) == (found[-1] if found else None)
    return found


def take_in(store: Store, *, limit: int = 2) -> None:
    while records_batch(store, SETTINGS, limit=limit).behind:
        pass


def test_every_public_record_is_an_item_in_the_order_of_changes(filled: Store) -> None:
    take_in(filled)
    assert [each.identifier for each in items(filled)] == ["r1", "r2", "r3", "r5"]
    with filled.reading() as connection:
        assert record_export.waiting(connection) == 0
        assert cursors.get(connection, STAGE) == catalogue_records.changed_since(connection, 0, 9)[-1].seq


def test_only_what_changed_takes_a_new_number_and_what_is_gone_leaves_a_tombstone(filled: Store) -> None:
    take_in(filled)
    before = {each.identifier: each for each in items(filled)}
    put(filled, [catalogue_record(2, "Another title"), catalogue_record(3, "Title 3")], gone=["r3"])
    take_in(filled)
    after = {each.identifier: each for each in items(filled)}
    assert after["r1"] == before["r1"]
    assert after["r2"].seq > before["r5"].seq
    assert (after["r2"].deleted, after["r3"].deleted) == (False, True)


def test_a_set_holds_what_stands_in_it_and_what_is_gone_of_it(filled: Store) -> None:
    put(filled, [catalogue_record(2, "Title 2", level="series"), catalogue_record(3, "Title 3", level="series")])
    take_in(filled)
    put(filled, [catalogue_record(2, "Title 2", level="file"), catalogue_record(3, "Title 3")], gone=["r3"])
    take_in(filled)
    assert {each.identifier: each.deleted for each in items(filled, "level:series")} == {"r3": True}
    assert {each.identifier: each.deleted for each in items(filled, "level:file")} == {"r2": False}
    with filled.reading() as connection:
        names = {each.spec: each.name for each in export_sets.listed(connection, LIST, after=0, limit=100)}
    assert (names["level:series"], names["level:file"]) == ("level:series", "Level: file")


def test_a_record_that_is_set_aside_is_given_to_nobody_until_it_changes(filled: Store) -> None:
    with filled.transaction() as tx:
        subject = record_export.next_one(tx.connection)
        assert subject is not None
        set_aside.put(tx, subject, "RuntimeError: poisoned")
    take_in(filled)
    assert [each.identifier for each in items(filled)] == ["r2", "r3", "r5"]
    put(filled, [catalogue_record(1, "Mended")])
    take_in(filled)
    assert "r1" in {each.identifier for each in items(filled)}
    with filled.reading() as connection:
        assert set_aside.everything(connection, STAGE) == {}
