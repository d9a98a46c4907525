"""What stands directly below a record, in its order, for those who may see it."""

from __future__ import annotations

from federation.storage.engine import Store
from federation.storage.standing_below import directly_below
from mappings.schema.access import PUBLIC
from mappings.schema.ids import record_id
from tests.federation.pipeline.trees import Tree, fonds, letter, series


async def test_records_stand_below_their_parent_in_the_order_of_their_numbers(store: Store) -> None:
    tree = Tree(store)
    letters = [letter(identifier=f"letter-{number}", title=f"Letter {number}") for number in (10, 9, 1)]
    await tree.take(fonds(), series(), *letters)
    with store.reading() as connection:
        below = directly_below(connection, record_id("k", "series"), {PUBLIC})
        assert below == [record_id("k", f"letter-{number}") for number in (1, 9, 10)]
        assert directly_below(connection, record_id("k", "fonds"), {PUBLIC}) == [record_id("k", "series")]
        assert directly_below(connection, record_id("k", "letter-1"), {PUBLIC}) == []
        assert directly_below(connection, record_id("k", "series"), {"institution:other"}) == []
        assert directly_below(connection, "unknown", {PUBLIC}) == []


async def test_a_code_may_be_longer_than_any_number(store: Store) -> None:
    tree = Tree(store)
    names = ["9" * 5_000, "8"]
    await tree.take(fonds(), series(), *(letter(identifier=name, title="Letter") for name in names))
    with store.reading() as connection:
        below = directly_below(connection, record_id("k", "series"), {PUBLIC})
    assert below == [record_id("k", name) for name in reversed(names)]
