"""Records that are shown before they are stored stand below their parents, and none opens that a parent closes."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from federation.pipeline import crosswalk_life, withholding
from federation.pipeline.parent_sources import BroughtParents, StoredParents
from federation.pipeline.trial import Sample, Trial
from federation.pipeline.tried_hierarchy import tried_together
from federation.storage.engine import Store
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped
from mappings.schema.holding import Institution
from mappings.schema.ids import record_id
from mappings.schema.record import CatalogueRecord
from portal_api.views.judging import judge
from portal_api.views.trials import SampleView
from tests.federation.pipeline.test_trial import tried
from tests.federation.pipeline.trees import TREE, Tree, fonds, letter, series
from tests.federation.pipeline.versions import feed_of
from tests.peers.courteous.repository import Item, Repository, serving

CLOSED = "Access is closed until 2090."
CONTEXT = Context(feed="k", institution=Institution(name="Peer Library"))


def made(sample: Sample) -> CatalogueRecord:
    assert isinstance(sample.outcome, Mapped)
    return sample.outcome.units[0].record


async def on_trial(*records: Item) -> Trial:
    async with serving(Repository(list(records))) as url:
        return await tried(url, crosswalk="peer", crosswalk_text=TREE)


async def test_a_trial_maps_records_below_those_that_come_with_them() -> None:
    found = await on_trial(letter(), series(), fonds(CLOSED))
    records = {sample.raw.identifier: made(sample) for sample in found.samples}
    assert {name: record.access.status for name, record in records.items()} == {
        "fonds": "closed", "series": "closed", "letter": "closed",
    }  # fmt: skip
    place = records["letter"].hierarchy
    assert place is not None
    assert [step.title for step in place.path] == ["Fonds", "Series"]


async def test_a_trial_asks_for_the_records_above_that_its_first_page_does_not_bring() -> None:
    letters = [replace(letter(), identifier=f"letter{number}") for number in range(12)]
    repository = Repository([*letters, series(), fonds(CLOSED)], page_size=12)
    async with serving(repository) as url:
        found = await tried(url, crosswalk="peer", crosswalk_text=TREE)
    assert {made(sample).access.status for sample in found.samples} == {"closed"}
    assert [asked["identifier"] for asked in repository.asked if asked["verb"] == "GetRecord"] == ["series", "fonds"]
    assert found.unasked == 0


async def test_a_trial_asks_for_ten_records_above_and_tells_how_many_it_left() -> None:
    letters = [replace(letter(), identifier=f"letter{number}", above=f"series{number}") for number in range(10)]
    above = [replace(series(), identifier=f"series{number}") for number in range(10)]
    repository = Repository([*letters, *above, fonds()], page_size=10)
    async with serving(repository) as url:
        found = await tried(url, crosswalk="peer", crosswalk_text=TREE)
    assert sum(asked["verb"] == "GetRecord" for asked in repository.asked) == 10
    assert found.unasked == 1
    assert {made(sample).access.line for sample in found.samples} == {"hidden"}


async def test_a_trial_asks_nothing_more_of_records_without_others_above_them() -> None:
    repository = Repository([letter()])
    async with serving(repository) as url:
        await tried(url, crosswalk="base/oai_dc")
    assert [asked["verb"] for asked in repository.asked] == ["Identify", "ListMetadataFormats", "ListRecords"]


async def test_what_stands_below_nothing_that_came_is_shown_as_the_hidden_record_that_it_would_be() -> None:
    (sample,) = (await on_trial(letter("Open for research."))).samples
    assert made(sample).access.line == "hidden"
    assert isinstance(sample.outcome, Mapped)
    assert "orphan" in {issue.code for issue in sample.outcome.units[0].issues}


async def test_samples_beside_a_draft_take_the_access_that_they_would_be_stored_with(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(CLOSED), series(), letter())
    with store.transaction() as tx:
        draft = crosswalk_life.begin(tx, feed_of(store), "ada")
    with store.reading() as connection:
        found = judge(connection, "k", draft.text, draft.name)
    assert {shown.identifier: _status(shown) for shown in found.samples} == {
        "fonds": "closed", "series": "closed", "letter": "closed",
    }  # fmt: skip


def _status(shown: SampleView) -> str:
    return next(value.value for value in shown.values if value.field == "access.status")


async def test_what_is_brought_goes_before_what_is_stored(store: Store) -> None:
    tree = Tree(store)
    await tree.take(fonds(), series(), letter())
    stored = StoredParents(store.reading)
    below, closed = stored.raw("k", "letter"), stored.raw("k", "fonds")
    assert below is not None
    assert closed is not None
    changed = closed.payload.replace("Open for research.", CLOSED)
    brought = BroughtParents([msgspec.structs.replace(closed, payload=changed)], stored)
    program = compiled(TREE)
    for parents, status in ((stored, "open"), (brought, "closed"), (BroughtParents([]), "unknown")):
        ((_, outcome),) = tried_together(program, [below], CONTEXT, parents)
        assert isinstance(outcome, Mapped)
        assert outcome.units[0].record.access.status == status


async def test_what_a_person_withholds_is_no_parent_though_it_is_brought(store: Store) -> None:
    await Tree(store).take(fonds(), series(), letter())
    stored = StoredParents(store.reading)
    brought = BroughtParents([found for name in ("series", "letter") if (found := stored.raw("k", name))], stored)
    assert brought.raw("k", "series") is not None
    with store.transaction() as tx:
        withholding.withhold(tx, record_id("k", "series"), "a request")
    assert brought.raw("k", "series") is None
    assert brought.raw("k", "letter") is not None


@pytest.mark.parametrize("name", ["nobody", ""])
def test_nothing_is_found_among_nothing(name: str) -> None:
    assert BroughtParents([]).raw("k", name) is None
    assert BroughtParents([]).named("k", name) == name
