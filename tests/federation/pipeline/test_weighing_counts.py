"""What a feed has in the catalogue is counted once a run, and all pages of the run are held against that one count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from aiohttp import web

from federation.storage.engine import Store
from harvester.brake import Brake, Cause
from harvester.slices import Ended
from tests.federation.pipeline.test_harvest import harvest, last_run
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.test_weighing import ANY, add_braked, catalogue, hold_of, untitled
from tests.peers.courteous.repository import Item, Repository, serving

#: how a count of what lives of a feed, and of what is refused of it, begins
COUNTS = ("FROM catalogue_record", "FROM mapping_outcome")


async def mapped_meanwhile(store: Store, second: Sequence[Item], brake: Brake) -> None:
    """A second harvest, each page of which is mapped before the next one is asked for."""
    repository = Repository(catalogue())
    async with serving(repository) as url:
        feed = add_braked(store, url, brake)
        assert isinstance(await harvest(store, feed), Ended)
        map_all(store, 100)
        repository.records = second

        def mapped(_request: web.Request) -> None:
            map_all(store, 100)

        repository.before = mapped
        await harvest(store, feed)


@pytest.mark.parametrize(
    ("brake", "cause", "page"),
    [
        (msgspec.structs.replace(ANY, refused=1.0), "output_falls", 4),
        (msgspec.structs.replace(ANY, fallen=1.0), "rejects_rise", 5),
    ],
    ids=["output", "rejects"],
)
async def test_what_is_lost_by_pages_before_lowers_no_bar(store: Store, brake: Brake, cause: Cause, page: int) -> None:
    """60 of 200 descriptions may be lost, and 80 be refused; counted anew, either would be crossed on page 3."""
    await mapped_meanwhile(store, untitled(catalogue(), 100), brake)
    hold = hold_of(store)
    assert (hold.causes, hold.page) == ((cause,), page)
    assert (hold.moved.units, hold.moved.refused) == (200, 0)


@contextmanager
def noted(kept: list[str]) -> Iterator[None]:
    """Counts of a feed's descriptions and of its refused records, as they are asked of the database."""

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said = " ".join(statement.split())
        if said.startswith("SELECT count(*)"):
            kept.extend(table for table in COUNTS if table in said)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


async def test_pages_of_one_run_count_what_stands_once(store: Store) -> None:
    repository, kept = Repository(catalogue()), list[str]()
    async with serving(repository) as url:
        feed = add_braked(store, url, msgspec.structs.replace(ANY, fallen=1.0, refused=1.0))
        await harvest(store, feed)
        map_all(store, 100)
        repository.records = untitled(catalogue(), 100)
        with noted(kept):
            assert isinstance(await harvest(store, feed), Ended)
    assert (last_run(store).counts.units_lost, last_run(store).counts.pages) == (100, 5)
    assert sorted(kept) == sorted(COUNTS)
