"""A withheld record is gone everywhere at once, whatever maps it again, and comes back as it was harvested last."""

from __future__ import annotations

from pathlib import Path

import pytest

from federation.errors import RequestRefused
from federation.pipeline import map as mapping
from federation.pipeline import withholding
from federation.pipeline.children import map_once
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.ledger_check import verify
from federation.storage import catalogue_records, cursors, feeds, institutions, list_files, outcomes, uploads, withheld
from federation.storage.engine import Store
from mappings.schema.ids import record_id
from tests.federation.pipeline.test_uploads import apply, file, record

FIRST = record_id("k", "n1")


@pytest.fixture(name="mapped")
def fixture_mapped(store: Store) -> Store:
    """A store with two mapped records."""
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town Archive"))
        feeds.add(tx, feeds.StoredFeed(key="k", name="Town", institution="town", source="upload"))
    bring(store, "A letter")
    return store


def bring(store: Store, title: str, mode: uploads.Mode = "add") -> None:
    apply(store, file(record(1, title), record(2)), mode)
    while map_once(store.url).behind:
        pass


def withhold(store: Store, name: str = FIRST) -> None:
    with store.transaction(actor="operator") as tx:
        withholding.withhold(tx, name, "a person's letter")


def release(store: Store) -> None:
    with store.transaction(actor="operator") as tx:
        withholding.release(tx, store, FIRST)


def title(store: Store) -> str | None:
    """The title of the first record; None while it is a tombstone."""
    with store.reading() as connection:
        found = catalogue_records.get(connection, FIRST)
    return found.record.title.value if found and found.record else None


def test_it_is_a_tombstone_at_once_and_its_raw_form_is_accounted_for(mapped: Store) -> None:
    assert title(mapped) == "A letter"
    withhold(mapped)
    assert title(mapped) is None
    with mapped.reading() as connection:
        sums = outcomes.accounts(connection, cursors.get(connection, "map"), "k")
    assert (sums.mapped, sums.skipped, sums.exact) == (1, 1, True)
    assert verify(mapped).whole


def test_no_harvest_brings_it_back_and_a_release_shows_what_came_meanwhile(mapped: Store) -> None:
    withhold(mapped)
    bring(mapped, "Another letter")
    assert title(mapped) is None
    release(mapped)
    assert title(mapped) == "Another letter"
    assert verify(mapped).whole


def test_a_batch_that_was_prepared_before_does_not_bring_it_back(mapped: Store) -> None:
    apply(mapped, file(record(1, "A third letter"), record(2)))
    with mapped.reading() as connection:
        prepared = mapping.prepare(connection, FeedMapper(mapped), 100)
    withhold(mapped)
    with mapped.transaction() as tx:
        assert mapping.write(tx, prepared).done
    assert title(mapped) is None


def test_a_record_deleted_at_its_source_stays_deleted_once_it_is_released(mapped: Store) -> None:
    withhold(mapped)
    apply(mapped, file(record(2)), "replace", released=True)
    while map_once(mapped.url).behind:
        pass
    release(mapped)
    assert title(mapped) is None


def test_what_cannot_be_withheld_is_refused_by_name(mapped: Store, tmp_path: Path) -> None:
    with pytest.raises(RequestRefused, match="no_such_record"):
        withhold(mapped, "m-nothing")
    with pytest.raises(RequestRefused, match="not_withheld"):
        release(mapped)
    withhold(mapped)
    with pytest.raises(RequestRefused, match="withheld_already"):
        withhold(mapped)
    with pytest.raises(RequestRefused, match="reason_missing"), mapped.transaction() as tx:
        withholding.withhold(tx, FIRST, " ")
    with mapped.reading() as connection:
        assert [row.record_id for row in withheld.listed(connection)] == [FIRST]


def test_files_that_may_name_it_are_not_given_until_they_are_looked_through(mapped: Store) -> None:
    def ready(institution: str) -> str:
        made = list_files.ListFile(
            id=list_files.fresh_id(),
            account="",
            format="csv",
            base="",
            most=1,
            state="ready",
            counts={"institutions": {institution: 1}},
            made_at=mapped.now(),
        )
        with mapped.transaction() as tx:
            list_files.add(tx, made)
        return made.id

    names = [ready(each) for each in ("town", list_files.OTHERS, "county")]
    withhold(mapped)
    with mapped.reading() as connection:
        found = [list_files.get(connection, each) for each in names]
    assert [each.state for each in found if each] == ["checking", "checking", "ready"]
