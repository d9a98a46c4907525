"""What stands above a record is mapped before it, also where each record is worked alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from federation.pipeline import children
from federation.storage import placements
from federation.storage.engine import Store
from tests.federation.pipeline.test_harvest import harvest
from tests.federation.pipeline.trees import Branch, Tree, fonds, letter, series
from tests.peers.courteous.repository import Repository, serving


class Brought(Tree):
    """A feed whose records are harvested first, and mapped a batch at a time."""

    async def bring(self, *branches: Branch) -> None:
        """Harvests these records and maps none."""
        records = [replace(each, datestamp=f"2026-03-{place + 1:02}") for place, each in enumerate(branches)]
        async with serving(Repository(records)) as url:
            await harvest(self.store, self._at(url))

    def next(self) -> str:
        """The native identifier of what the stage would be blamed for next."""
        found = children.next_to_map(self.store.url)
        return found.identifier if found is not None else ""

    def map(self, limit: int) -> None:
        """One batch."""
        children.map_once(self.store.url, limit)


async def test_alone_the_topmost_of_what_is_to_be_mapped_comes_first_and_has_the_blame(store: Store) -> None:
    tree = Brought(store)
    await tree.take(fonds(), series(), letter())
    await tree.bring(letter(title="Letters"), series(title="Parts"), fonds(title="Papers"))
    taken = []
    while name := tree.next():
        taken.append(name)
        tree.map(1)
    assert taken[:3] == ["fonds", "series", "letter"]
    assert set(taken) == {"fonds", "series", "letter"}, "in its turn each comes once more"
    place = tree.records()["letter"].hierarchy
    assert place is not None
    assert [step.title for step in place.path] == ["Papers", "Parts"]


async def test_alone_a_record_is_hidden_until_a_parent_that_it_never_had_is_mapped(store: Store) -> None:
    tree = Brought(store)
    await tree.take(fonds(), series(), letter())
    await tree.bring(letter(above="other"), fonds(identifier="other"))
    assert tree.next() == "letter"
    tree.map(1)
    assert (tree.hidden(), tree.next()) == ({"letter"}, "other")
    tree.settle()
    assert tree.hidden() == set()


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_records_above_themselves_come_to_an_end(store: Store, limit: int) -> None:
    tree = Brought(store)
    await tree.take(fonds(), series(), letter())
    await tree.bring(letter(title="Letters"), fonds(above="letter"), series(title="Parts"))
    for _ in range(30):
        tree.map(limit)
    assert tree.next() == ""
    assert tree.hidden() == {"fonds", "series", "letter"}
    with store.reading() as connection:
        assert placements.waiting(connection) == 0


async def test_a_first_harvest_in_any_order_maps_each_record_below_its_parents_at_once(store: Store) -> None:
    tree = Brought(store)
    await tree.bring(letter(), series(), fonds())
    shown = []
    while tree.next():
        tree.map(100)
        shown.append((sorted(tree.records()), tree.hidden()))
    assert shown == [(["fonds"], set()), (["fonds", "series"], set()), (["fonds", "letter", "series"], set())]
