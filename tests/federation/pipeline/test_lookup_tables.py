"""Tables that people keep: versions that stand still, misses that become rows, pins that go live by the gates alone."""

from __future__ import annotations

import msgspec
import pytest
import sqlalchemy as sa

from federation.errors import RecordChanged, RequestRefused
from federation.pipeline import lookup_tables as deeds
from federation.storage import crosswalks, feeds, lookup_tables
from federation.storage.engine import Store
from federation.storage.lookup_tables import LookupTable
from mappings.errors import DocumentRefused
from mappings.tables.rows import TableRow
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import activated, feed_of, filled, record, tried

ROWS = (TableRow(key="Letters 1", value="letter"),)
RULES = """crosswalk: peer
version: 1
extends: base/oai_dc@1
tables: {forms: peer_forms@1}
rules:
  - {id: kind, from: "dc:title", do: [lookup: {table: forms}], to: "genre[]"}
"""


def saved(store: Store, rows: tuple[TableRow, ...], *, name: str = "peer_forms", seen: int = 0) -> LookupTable:
    with store.transaction() as tx:
        return deeds.save(tx, name, "peer", rows, "ada", seen=seen)


async def fed(store: Store) -> None:
    """Three records by a crosswalk that looks their titles up in a table that knows one."""
    await filled(store, 3)
    title = record(store, 1).title.value
    saved(store, (TableRow(key=title, value="letter"),))
    with store.transaction() as tx:
        feeds.change(tx, msgspec.structs.replace(feed_of(store), crosswalk="peer", crosswalk_text=RULES))
        crosswalks.begin_remapping(tx, "k")
    map_all(store, 10)


def genres(store: Store, number: int) -> list[str]:
    return [genre.label.value for genre in record(store, number).genre if genre.label]


async def test_a_version_is_written_once_and_never_changed(store: Store) -> None:
    await filled(store, 1)
    assert saved(store, ROWS).version == 1
    assert saved(store, ROWS, seen=1).version == 1
    more = (*ROWS, TableRow(key="x", value="y"))
    assert saved(store, more, seen=1).version == 2
    with store.reading() as connection:
        assert [each.version for each in lookup_tables.versions(connection, "peer_forms")] == [2, 1]
        first = lookup_tables.get(connection, "peer_forms", 1)
    assert first is not None
    assert first.rows == ROWS
    with pytest.raises(RecordChanged):
        saved(store, ROWS, seen=1)


async def test_the_newest_version_is_read_alone(store: Store) -> None:
    await filled(store, 1)
    saved(store, ROWS)
    saved(store, (*ROWS, TableRow(key="x", value="y")), seen=1)
    table = lookup_tables.lookup_table
    with store.transaction() as tx:
        spoiled = sa.update(table).where(table.c.version == 1).values(rows=sa.literal_column("'[0]'"))
        tx.connection.execute(spoiled)
        newest = lookup_tables.latest(tx.connection, "peer_forms")
        with pytest.raises(msgspec.ValidationError):
            lookup_tables.versions(tx.connection, "peer_forms")
    assert newest is not None
    assert newest.version == 2


async def test_names_are_checked(store: Store) -> None:
    await filled(store, 1)
    for name, reason in (("dcmi_types", "name_taken"), ("No Name", "name_invalid"), ("", "name_invalid")):
        with pytest.raises(RequestRefused) as refused:
            saved(store, ROWS, name=name)
        assert refused.value.reason == reason
    saved(store, ROWS)
    with store.transaction() as tx, pytest.raises(RequestRefused):
        deeds.save(tx, "peer_forms", "other", ROWS, "eve", seen=1)
    with pytest.raises(DocumentRefused):
        saved(store, (*ROWS, *ROWS), name="twice")


async def test_a_miss_is_counted_added_and_looked_up_once_its_draft_is_live(store: Store) -> None:
    await fed(store)
    assert (genres(store, 1), genres(store, 2)) == (["letter"], [])
    with store.reading() as connection:
        missed = deeds.misses(connection, feed_of(store))
    assert {(miss.rule, miss.tables, miss.records) for miss in missed} == {("kind", ("forms",), 1)}
    assert len(missed) == 2
    value = record(store, 2).title.value
    assert value in {miss.value for miss in missed}
    with store.transaction() as tx:
        table, draft = deeds.add_rows(tx, feed_of(store), "forms", [TableRow(key=value, value="diary")], "ada")
    assert (table.label, draft.state, "forms: peer_forms@2" in draft.text) == ("peer_forms@2", "draft", True)
    assert genres(store, 2) == []
    assert tried(store, draft.number).stops == ()
    activated(store, draft.number)
    assert (genres(store, 1), genres(store, 2)) == (["letter"], ["diary"])
    with store.reading() as connection:
        found = {(use.number, use.state, use.table_version) for use in deeds.uses(connection, "peer_forms")}
    assert found == {(0, "active", 2), (1, "retired", 1), (draft.number, "active", 2)}


async def test_more_misses_go_into_the_same_draft(store: Store) -> None:
    await fed(store)
    with store.transaction() as tx:
        _, first = deeds.add_rows(tx, feed_of(store), "forms", [TableRow(key="a", value="b")], "ada")
    with store.transaction() as tx:
        table, second = deeds.add_rows(tx, feed_of(store), "forms", [TableRow(key="c", value="d")], "ada")
    assert (first.number, table.version) == (second.number, 3)
    assert "forms: peer_forms@3" in second.text


async def test_a_table_that_ships_is_copied_before_it_is_added_to(store: Store) -> None:
    await filled(store, 1)
    with store.transaction() as tx:
        table, draft = deeds.add_rows(
            tx, feed_of(store), "types", [TableRow(key="daguerreotype", value="StillImage")], "ada"
        )
    assert table.label == "peer_dcmi_types@1"
    assert len(table.rows) > 50
    assert "types: peer_dcmi_types@1" in draft.text
    assert tried(store, draft.number).stops == ()


async def test_a_crosswalk_that_pins_a_table_that_is_not_there_is_told(store: Store) -> None:
    await filled(store, 1)
    with store.transaction() as tx, pytest.raises(RequestRefused) as refused:
        deeds.add_rows(tx, feed_of(store), "nothing", [TableRow(key="a", value="b")], "ada")
    assert refused.value.reason == "table_unknown"
