"""A store that an earlier version made under the same revision takes in new columns, and its ledger stays whole."""

from __future__ import annotations

import pytest

from federation.errors import SchemaMismatch
from federation.pipeline.ledger_check import verify
from federation.storage import covered, feeds, institutions, schema
from federation.storage.covered import Covered
from federation.storage.engine import Store
from federation.storage.institutions import StoredInstitution
from federation.storage.migrations import running

#: what tables had not from the beginning
LATER = {
    "feed": ("set_exclude", "quiet_hours", "look_back_days", "ports", "caps", "credentials", "is_guarded"),
    "institution": ("other_names",),
    "job": ("turn_key",),
    "stage_cursor": ("set_back_at",),
}
RIVERSIDE = StoredInstitution(slug="riverside", name="Riverside")
FEED = feeds.StoredFeed(key="k", name="one", institution="riverside", crosswalk="base/oai_dc@1")


@pytest.fixture
def older(embedded: Store) -> Store:
    """A store with an institution and a feed, as it was before some columns and an index."""
    with embedded.transaction(actor="operator") as tx:
        institutions.put(tx, RIVERSIDE)
        feeds.add(tx, FEED)
    with embedded.altering() as connection:
        for table, names in LATER.items():
            for name in names:
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {name}")
        connection.exec_driver_sql("DROP INDEX catalogue_record_arrived")
    return embedded


def test_new_columns_and_indexes_are_taken_in_and_rows_stay(older: Store) -> None:
    schema.open_schema(older)
    with older.reading() as connection:
        assert running.differences(connection) == []
        assert feeds.get(connection, "one") == FEED
        assert institutions.get(connection, "riverside") == RIVERSIDE
    # a second look finds nothing to do
    schema.open_schema(older)


def test_a_column_that_rows_have_no_value_for_keeps_the_store_shut(embedded: Store) -> None:
    with embedded.altering() as connection:
        connection.exec_driver_sql("ALTER TABLE feed DROP COLUMN raw_visible")
    with pytest.raises(SchemaMismatch, match="table feed has no column raw_visible"):
        schema.open_schema(embedded)


def test_the_ledger_accuses_no_row_from_before_a_column_and_answers_for_its_changes(older: Store) -> None:
    schema.open_schema(older)
    found = {each.object for each in verify(older).findings}
    assert "institution:riverside" not in found
    with older.altering() as connection:
        connection.exec_driver_sql("UPDATE institution SET other_names = 'River'")
    assert {each.object for each in verify(older).findings} == {*found, "institution:riverside"}


def test_what_a_later_column_says_by_default_is_no_part_of_a_digest() -> None:
    known = covered.covered("institution")
    before = dict.fromkeys(known.columns, "x")
    assert known.later == {"other_names": ""}
    without = known.digest({**before, "other_names": ""})
    assert without == Covered(table="institution", key=known.key, columns=known.columns).digest(before)
    assert without != known.digest({**before, "other_names": "River"})
