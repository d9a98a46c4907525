"""All that stands below a record, each before what stands below it, in parts that go on one behind the other."""

from __future__ import annotations

import pytest

from federation.pipeline.unifying import load_each_alone
from federation.storage import walked_below as walking
from federation.storage.engine import Store
from federation.storage.walked_below import Component, walked_below
from mappings.schema.access import PUBLIC
from mappings.schema.ids import record_id
from tests.federation.storage.test_standing_below import LETTER, mapped

SERIES = "<c level='series'><did><unittitle>Series {}</unittitle></did>{}</c>"
TOP = record_id("k", "oai:peer:1")


async def of_series(store: Store, letters: int) -> None:
    """Three series of so many letters, and a letter beside them."""
    inside = "".join(LETTER.format(number) for number in range(letters))
    await mapped(store, "".join(SERIES.format(name, inside) for name in "ABC") + LETTER.format("alone"))


def walk(store: Store, after: str = "", limit: int = 100) -> list[Component]:
    with store.reading() as connection:
        return walked_below(connection, TOP, {PUBLIC}, after=after, limit=limit)


def titles(store: Store, found: list[Component]) -> list[tuple[str, int]]:
    with store.reading() as connection:
        named = load_each_alone(connection, [each.id for each in found], PUBLIC)
    return [(named[each.id].title.value.value, each.depth) for each in found]


async def test_each_stands_before_what_stands_below_it(store: Store) -> None:
    await of_series(store, 2)
    assert titles(store, walk(store)) == [
        *(pair for name in "ABC" for pair in ((f"Series {name}", 1), ("Letter 0", 2), ("Letter 1", 2))),
        ("Letter alone", 1),
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_parts_go_on_one_behind_the_other(embedded: Store, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(walking, "_PAGE", 2)
    await of_series(embedded, 5)
    whole, met = walk(embedded), list[Component]()
    while part := walk(embedded, met[-1].id if met else "", limit):
        met += part
    assert met == whole
    assert len(whole) == 3 * 6 + 1


async def test_a_walk_behind_what_stands_elsewhere_begins_anew(embedded: Store) -> None:
    await of_series(embedded, 1)
    assert walk(embedded, "unknown") == walk(embedded, TOP) == walk(embedded)
    with embedded.reading() as connection:
        assert walked_below(connection, TOP, {"institution:other"}, limit=9) == []
