"""Sets of the repository, on every database: who stands in them, who left, who is gone."""

from __future__ import annotations

from federation.storage import export_lists, export_sets, exports
from federation.storage.engine import Store
from federation.storage.export_lists import Stretch
from tests.portal_api.oai_provider.exported import offered, put


def listed(store: Store, spec: str) -> dict[str, bool]:
    """Items of a set, and whether they are tombstones."""
    with store.reading() as connection:
        number = export_sets.number_of(connection, exports.LIST, spec)
        assert number is not None
        stretch = Stretch(format="oai_dc", since="", before="9999", set_number=number)
        found = export_lists.rows(connection, stretch, after=0, limit=100)
        assert export_lists.count(connection, stretch) == len(found)
        assert export_lists.newest(connection, stretch) == (found[-1] if found else None)
        assert [row.item for row in export_lists.headers(connection, stretch, after=0, limit=100)] == [
            row.item for row in found
        ]
    return {row.item: row.deleted for row in found}


def names(store: Store) -> dict[str, str]:
    """setSpec -> name of the sets that are listed."""
    with store.reading() as connection:
        found = export_sets.listed(connection, exports.LIST, after=0, limit=100)
        assert export_sets.count(connection, exports.LIST) == len(found)
    return {each.spec: each.name for each in found}


def header_sets(store: Store, item: str) -> str:
    with store.reading() as connection:
        return export_lists.formats_of(connection, item, "9999")["oai_dc"].sets


def test_an_item_stands_in_its_sets_and_in_those_above_them(store: Store) -> None:
    put(store, [offered("a", "A", "institution:x:maps", "level:file"), offered("b", "B", "institution:y")])
    assert listed(store, "institution:x:maps") == listed(store, "institution:x") == {"a": False}
    assert listed(store, "institution") == {"a": False, "b": False}
    assert header_sets(store, "a") == "institution:x:maps level:file"


def test_an_item_that_leaves_a_set_is_no_longer_listed_in_it(store: Store) -> None:
    put(store, [offered("a", "A", "level:file", "type:text")])
    put(store, [offered("a", "A", "level:item", "type:text")])
    assert listed(store, "level:file") == {}
    assert listed(store, "level:item") == listed(store, "type:text") == {"a": False}
    assert header_sets(store, "a") == "level:item type:text"
    assert set(names(store)) == {"level", "level:item", "type", "type:text"}


def test_a_tombstone_stands_in_every_set_that_its_item_ever_stood_in(store: Store) -> None:
    """Who harvests the set that the item left has still to learn that it is gone."""
    put(store, [offered("a", "A", "level:file")])
    put(store, [offered("a", "A", "level:item")])
    put(store, [offered("a", None)])
    assert listed(store, "level:file") == listed(store, "level:item") == {"a": True}
    assert header_sets(store, "a") == "level:file level:item"
    put(store, [offered("a", "A", "level:item")])
    assert listed(store, "level:file") == {}
    assert listed(store, "level:item") == {"a": False}


def test_a_set_is_called_as_its_newest_living_item_calls_it_and_by_its_spec_once_it_has_none(store: Store) -> None:
    put(store, [offered("a", "A", "collection:r1"), offered("b", "B", "collection:r1")])
    put(store, [offered("a", None)])
    assert names(store)["collection:r1"] == "Set collection:r1"
    put(store, [offered("b", None)])
    assert names(store)["collection:r1"] == "collection:r1"
    put(store, [offered("b", "B", "collection:r1")])
    assert names(store)["collection:r1"] == "Set collection:r1"


def test_many_items_in_one_batch_keep_to_the_order_of_numbers(store: Store) -> None:
    put(store, [offered(f"i{number:03}", "T", f"level:{number % 3}") for number in range(90)])
    put(store, [offered(f"i{number:03}", "T2", "level:0") for number in range(0, 90, 2)])
    found = list(listed(store, "level:0"))
    assert found == [f"i{n:03}" for n in range(3, 90, 6)] + [f"i{n:03}" for n in range(0, 90, 2)]
