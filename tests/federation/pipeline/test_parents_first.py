"""What stands above a record is mapped before it, also where each record is worked alone."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from federation.pipeline import children
from federation.pipeline.crosswalks import FeedMapper
from federation.storage import placements
from federation.storage.engine import Store
from mappings.engine.outcome import Outcome
from mappings.engine.standing import FindAbove
from mappings.schema.raw import RawRecord
from tests.federation.pipeline.test_harvest import harvest
from tests.federation.pipeline.trees import Branch, Tree, fonds, letter, series
from tests.peers.courteous.repository import Repository, serving


class Brought(Tree):
    """A feed whose records are harvested first, and mapped a batch at a time."""

    async def bring(self, *branches: Branch, at: str = "") -> None:
        """Harvests these records, of one day or of a day each, and maps none."""
        records = [replace(each, datestamp=at or f"2026-03-{place + 1:02}") for place, each in enumerate(branches)]
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
    assert shown == [(["fonds", "letter", "series"], set())]


#: records of a chain, and of a batch
DEEP, BATCH = 24, 8
ORDERS = {
    "child first": list(range(DEEP)),
    "parent first": list(reversed(range(DEEP))),
    "shuffled": random.Random(7).sample(range(DEEP), DEEP),
}


def chain(order: list[int], rights: str = "Open for research.") -> list[Branch]:
    """Each record below the next, the last above all; it alone says who may see them."""
    return [
        Branch(
            identifier=f"c{number:03}",
            datestamp="2026-03-01",
            title=f"Part {number}",
            above=f"c{number + 1:03}" if number < DEEP - 1 else "",
            rights=rights if number == DEEP - 1 else "",
        )
        for number in order
    ]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The native identifier of each record that was mapped, as often as it was."""
    made: list[str] = []
    maps = FeedMapper.__call__

    def counted(self: FeedMapper, raw: RawRecord, find: FindAbove | None = None) -> tuple[Outcome, str]:
        made.append(raw.identifier)
        return maps(self, raw, find)

    monkeypatch.setattr(FeedMapper, "__call__", counted)
    return made


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
async def test_a_chain_is_mapped_in_whole_batches_and_each_record_a_few_times(
    store: Store, calls: list[str], order: list[int]
) -> None:
    tree = Brought(store)
    await tree.bring(*chain(order), at="2026-03-01")
    batches = 0
    while tree.next():
        tree.map(BATCH)
        batches += 1
        assert tree.hidden() == set(), "nothing is written before what it stands under"
    assert batches <= DEEP / BATCH + 1
    assert max(Counter(calls).values()) <= 5
    places = {name: record.hierarchy for name, record in tree.records().items()}
    assert {name: place.depth for name, place in places.items() if place} == {
        f"c{number:03}": DEEP - 1 - number for number in range(DEEP)
    }
    with store.reading() as connection:
        assert placements.waiting(connection) == 0


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("limit", [2, BATCH])
async def test_what_the_head_of_a_chain_closes_is_closed_before_anything_below_it_is_written(
    store: Store, order: list[int], limit: int
) -> None:
    tree = Brought(store)
    await tree.bring(*chain(order), at="2026-03-01")
    tree.settle()
    before = tree.sequence()
    closed = [replace(each, title=f"{each.title} again") for each in chain(order, rights="Closed.")]
    await tree.bring(*(each for each in closed if each.identifier[-1] in "1379"), at="2026-03-02")
    while tree.next():
        tree.map(limit)
        now = tree.sequence()
        written = {name for name, seq in now.items() if seq > before[name]}
        records = tree.records()
        assert {records[name].access.status for name in written} == {"closed"}
    assert {record.access.status for record in tree.records().values()} == {"closed"}


async def test_a_chain_of_more_than_is_held_at_once_is_written_from_its_head(store: Store) -> None:
    tree = Brought(store)
    await tree.bring(*chain(ORDERS["child first"]), at="2026-03-01")
    tree.map(3)
    assert sorted(tree.records()) == [f"c{number:03}" for number in range(DEEP - 12, DEEP)]
    tree.settle()
    assert (len(tree.records()), tree.hidden()) == (DEEP, set())
