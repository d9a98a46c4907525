"""Records below records are weighed below what their parents will be: no order in which they come opens anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations
from random import Random

import msgspec
import pytest
from aiohttp import web

from federation.access.loosening import loosened
from federation.pipeline import children
from federation.pipeline.ledger_check import verify
from federation.storage import feeds
from federation.storage.engine import Store
from harvester.brake import Brake
from mappings.schema.access import Access
from tests.federation.pipeline.test_harvest import harvest, last_run
from tests.federation.pipeline.test_retiring import sums
from tests.federation.pipeline.trees import Branch, Tree, fonds, letter, series
from tests.peers.courteous.repository import Repository, serving

CLOSED, OPEN = "Access is closed until 2090.", "Open for research."
#: a limit that no run of these tests comes to: what opens a record is held whatever it is
LARGE = Brake(records=1_000)
#: how many records a batch of the mapping stage takes
LIMITS = (1, 2, 100)


class Watched(Tree):
    """A feed that is harvested a second time, each batch of whose mapping is looked at as it is written."""

    def __init__(self, store: Store, limit: int = 100) -> None:
        super().__init__(store)
        self._limit = limit
        #: (native identifier, what was looser) of whatever was less closed than before, at any moment
        self.opened: set[tuple[str, tuple[str, ...]]] = set()
        self._stood: dict[str, Access] = {}

    async def change(self, *branches: Branch, page_size: int = 20, meanwhile: Callable[[], bool] = bool) -> None:
        """A run of these records in this order; `meanwhile` says at each request whether a batch is mapped first."""
        self._stood = {name: record.access for name, record in self.records().items()}
        records = [replace(each, datestamp=f"2026-03-{place + 1:02}") for place, each in enumerate(branches)]

        def before(_request: web.Request) -> None:
            if meanwhile():
                self._batch()

        async with serving(Repository(records, page_size=page_size, before=before)) as url:
            feed = msgspec.structs.replace(self._at(url), brake=LARGE)
            with self.store.transaction() as tx:
                feeds.change(tx, feed)
            await harvest(self.store, feed)
        while self._batch():
            pass
        assert sums(self.store).exact
        assert verify(self.store).whole

    def _batch(self) -> bool:
        progress = children.map_once(self.store.url, self._limit)
        shown = {name: record.access for name, record in self.records().items() if record.access.line != "hidden"}
        now = {name: access for name, access in shown.items() if name in self._stood}
        parts = {name: loosened(self._stood[name], access) for name, access in now.items()}
        self.opened |= {(name, found) for name, found in parts.items() if found}
        return progress.behind or bool(progress.done)


def run_of(store: Store) -> tuple[str, int]:
    run = last_run(store)
    return run.state, run.counts.opened


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("order", list(permutations((fonds(CLOSED), letter()))), ids=["parent first", "child first"])
async def test_a_statement_may_go_where_the_fonds_above_is_closed_in_the_same_page(
    store: Store, order: Sequence[Branch], limit: int
) -> None:
    tree = Watched(store, limit)
    await tree.take(fonds(), series(), letter(CLOSED))
    await tree.change(*order)
    assert (run_of(store), tree.opened) == (("ended", 0), set())
    assert {name: each.access.status for name, each in tree.records().items()} == {
        "fonds": "closed", "series": "closed", "letter": "closed",
    }  # fmt: skip


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(
    "order", list(permutations((fonds(CLOSED), series(), letter()))), ids=[str(n) for n in range(6)]
)
async def test_so_may_those_of_all_that_stands_between(store: Store, order: Sequence[Branch], limit: int) -> None:
    tree = Watched(store, limit)
    await tree.take(fonds(), series(CLOSED), letter(CLOSED))
    await tree.change(*order)
    assert (run_of(store), tree.opened) == (("ended", 0), set())
    assert tree.records()["letter"].access.inherited_from == tree.records()["fonds"].id


async def test_it_may_go_where_an_earlier_page_closed_the_fonds_that_is_not_mapped_yet(store: Store) -> None:
    tree = Watched(store)
    await tree.take(fonds(), series(), letter(CLOSED))
    await tree.change(fonds(CLOSED), letter(), page_size=1)
    assert (run_of(store), tree.opened) == (("ended", 0), set())
    assert tree.records()["letter"].access.until == "2090"


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("order", list(permutations((fonds(OPEN), letter()))), ids=["parent first", "child first"])
async def test_a_statement_that_goes_below_a_fonds_that_is_opened_leaves_the_record_closed(
    store: Store, order: Sequence[Branch], limit: int
) -> None:
    tree = Watched(store, limit)
    await tree.take(fonds(CLOSED), series(), letter(CLOSED))
    await tree.change(*order)
    assert (run_of(store), tree.opened) == (("held", 1), set()), "the fonds alone is held"
    assert tree.records()["letter"].access.inherited_from is not None, "the letter was taken in, below what stands"


async def test_a_statement_that_goes_below_an_open_fonds_is_held(store: Store) -> None:
    tree = Watched(store)
    await tree.take(fonds(), series(), letter(CLOSED))
    await tree.change(letter())
    assert (run_of(store), tree.opened) == (("held", 1), set())


async def test_what_relies_on_a_fonds_that_a_page_closed_stays_closed_when_the_next_page_opens_that_again(
    store: Store,
) -> None:
    tree = Watched(store)
    await tree.take(fonds(), series(), letter(CLOSED))
    await tree.change(fonds(CLOSED), letter(), fonds(OPEN, title="Papers"), page_size=1)
    assert (run_of(store), tree.opened) == (("held", 1), set())
    assert tree.records()["letter"].access.status == "closed"


async def test_nor_is_anything_opened_by_a_parent_that_moves_away_from_what_closed_it(store: Store) -> None:
    tree, other = Watched(store), fonds(OPEN, identifier="other")
    await tree.take(fonds(), other, series(), letter(CLOSED))
    await tree.change(fonds(CLOSED), letter(), series(above="other"), page_size=1)
    assert (run_of(store), tree.opened) == (("held", 1), set())


@pytest.mark.parametrize("rights", [OPEN, CLOSED])
async def test_a_record_that_moves_below_one_that_has_not_come_is_held_if_that_may_open_it(
    store: Store, rights: str
) -> None:
    tree = Watched(store)
    await tree.take(fonds(CLOSED), series(), letter())
    await tree.change(letter(above="new"), fonds(rights, identifier="new"))
    assert (run_of(store), tree.opened) == (("held", 1), set())


async def test_a_record_whose_parent_never_came_may_change_as_it_likes(store: Store) -> None:
    tree = Watched(store)
    await tree.take(letter())
    await tree.change(letter(title="Another letter"))
    assert (run_of(store), tree.hidden()) == (("ended", 0), {"letter"})


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("seed", range(12))
async def test_no_run_opens_anything_at_any_moment(embedded: Store, seed: int, limit: int) -> None:
    """Trees of any form and any changes to them, in pages of any size, mapped meanwhile or not."""
    chance, names = Random(seed), "abcdefg"
    tree = Watched(embedded, limit)
    await tree.take(*(_branch(chance, name, names[:place]) for place, name in enumerate(names)))
    changed = [_branch(chance, chance.choice(names), names) for _ in range(8)]
    size = chance.choice((1, 3, 20))
    await tree.change(*changed, page_size=size, meanwhile=lambda: chance.random() < 0.5)
    assert tree.opened == set()


def _branch(chance: Random, name: str, above: str) -> Branch:
    return Branch(
        identifier=name,
        datestamp="2020-01-01",
        title=chance.choice(("Papers", "Maps")),
        above=chance.choice(("", *above)),
        rights=chance.choice(("", "", CLOSED, OPEN, "Closed for 30 years.")),
        date=chance.choice(("", "1990")),
    )
