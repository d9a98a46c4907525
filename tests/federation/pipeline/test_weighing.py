"""Changed records are mapped before they are taken in: what would spoil the catalogue, or open it, is held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec
import pytest

from federation.pipeline import upload_run
from federation.pipeline import uploads as pipeline
from federation.pipeline.harvest import Held, Outcome, harvest_slice
from federation.pipeline.ledger_check import verify
from federation.pipeline.weighing import weigh
from federation.pipeline.withholding import withhold
from federation.storage import catalogue_records, feeds, holds, uploads
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.harvests import WithoutJob
from federation.storage.held_records import HeldCounts
from federation.storage.holds import Hold
from harvester.brake import Brake, Weighed
from harvester.ports import Changed
from harvester.slices import Ended
from mappings.schema.ids import record_id
from tests.federation.pipeline.test_fetching import add_feed as add_file_feed
from tests.federation.pipeline.test_fetching import file
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, harvest, last_run, parse
from tests.federation.pipeline.test_retiring import map_all, sums
from tests.federation.pipeline.test_settling import LATER, decide, held_counts
from tests.peers.courteous.repository import Item, Repository, items, serving

COUNT = 200


def closed(item: Item, until: int, title: str = "Letters") -> Item:
    """The record with a statement of access in it."""
    said = f"<dc:rights>Access is closed until {until}.</dc:rights>"
    return replace(item, title=f"{title}</dc:title>{said}<dc:title>Copy")


def catalogue() -> list[Item]:
    """Records that are closed until 2040."""
    return [closed(each, 2040) for each in items(COUNT, deleted_every=1_000)]


def later(known: Sequence[Item], changed: dict[int, Item]) -> list[Item]:
    """The records, those of some places as of a later day."""
    return [
        replace(changed.get(place, each), datestamp=LATER if place in changed else each.datestamp)
        for place, each in enumerate(known)
    ]


def untitled(known: Sequence[Item], count: int) -> list[Item]:
    """The first `count` records without what a record must have, as of a later day."""
    return later(known, {place: replace(known[place], title="") for place in range(count)})


def add_braked(store: Store, url: str, brake: Brake) -> StoredFeed:
    feed = msgspec.structs.replace(add_feed(store, url), brake=brake)
    with store.transaction() as tx:
        feeds.change(tx, feed)
    return feed


async def harvested_twice(
    store: Store, second: Sequence[Item], brake: Brake | None = None, first: Sequence[Item] = ()
) -> Outcome:
    """A feed that was harvested and mapped, and harvested again after its repository became `second`."""
    repository = Repository(first or catalogue())
    async with serving(repository) as url:
        feed = add_braked(store, url, brake or Brake())
        assert isinstance(await harvest(store, feed), Ended)
        map_all(store, 100)
        repository.records = second
        outcome = await harvest(store, feed)
    map_all(store, 100)
    assert sums(store).exact
    assert verify(store).whole
    return outcome


def until(store: Store, item: Item) -> str | None:
    """Until when a record is closed, as it is shown."""
    with store.reading() as connection:
        found = catalogue_records.get(connection, record_id("k", item.identifier))
    assert found is not None
    assert found.record is not None
    return found.record.access.until


def titles(store: Store) -> list[str]:
    with store.reading() as connection:
        rows = catalogue_records.changed_since(connection, 0, 1_000)
    return [row.record.title.value for row in rows if row.record is not None]


def hold_of(store: Store) -> Hold:
    with store.reading() as connection:
        found = holds.of_run(connection, last_run(store).id)
    assert found is not None
    return found


# --- access -----------------------------------------------------------------------------------------------------------


def opening(known: Sequence[Item]) -> list[Item]:
    """One record is opened ten years earlier, and two are called otherwise."""
    others = {place: closed(known[place], 2040, "Other letters") for place in (6, 50)}
    return later(known, {5: closed(known[5], 2030), **others})


async def test_a_record_that_its_source_opens_is_held_alone(store: Store) -> None:
    known = catalogue()
    assert isinstance(await harvested_twice(store, opening(known)), Held)
    run, hold = last_run(store), hold_of(store)
    assert (run.state, run.verdict, run.counts.opened) == ("held", "complete", 1)
    assert (hold.causes, hold.page) == (("access_loosened",), 1)
    assert held_counts(store) == HeldCounts(changed=1)
    assert until(store, known[5]) == "2040"
    assert titles(store).count("Other letters") == 2, "what else the run brings is shown"


async def test_a_record_that_is_closed_further_passes(store: Store) -> None:
    known = catalogue()
    assert isinstance(await harvested_twice(store, later(known, {5: closed(known[5], 2050)})), Ended)
    assert until(store, known[5]) == "2050"


async def test_a_feed_may_be_allowed_to_open_records(store: Store) -> None:
    known = catalogue()
    assert isinstance(await harvested_twice(store, opening(known), Brake(opens=True)), Ended)
    assert until(store, known[5]) == "2030"
    assert last_run(store).counts.opened == 0


async def test_released_the_record_is_open(store: Store) -> None:
    known = catalogue()
    await harvested_twice(store, opening(known))
    decide(store, "release")
    assert until(store, known[5]) == "2030"
    assert verify(store).whole


async def test_discarded_the_record_stays_closed_the_others_stay_as_they_came_and_it_is_asked_again(
    store: Store,
) -> None:
    known = catalogue()
    repository = Repository(known)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store, 100)
        repository.records = opening(known)
        await harvest(store, feed)
        map_all(store, 100)
        decide(store, "discard")
        assert until(store, known[5]) == "2040"
        assert titles(store).count("Other letters") == 2
        assert isinstance(await harvest(store, feed), Held), "a source that still says the same is held again"
    assert held_counts(store) == HeldCounts(changed=1)
    assert last_run(store).counts.changed == 1
    assert verify(store).whole


async def test_a_record_that_comes_closed_again_in_the_same_run_is_held_no_more(store: Store) -> None:
    known = catalogue()
    others = {place: closed(known[place], 2040, "Other letters") for place in range(6, 40)}
    again = replace(closed(known[5], 2040, "Closed after all"), datestamp="2026-02-02")
    await harvested_twice(store, [*later(known, {5: closed(known[5], 2030), **others}), again])
    assert hold_of(store).causes == ("access_loosened",)
    assert held_counts(store) == HeldCounts()
    assert "Closed after all" in titles(store)
    assert until(store, known[5]) == "2040"
    assert last_run(store).state == "settling", "nothing is left for a person to decide"


async def test_behind_another_limit_whole_pages_are_held(store: Store) -> None:
    known = catalogue()
    changed = {place: closed(known[place], 2040, "Other letters") for place in range(COUNT)}
    await harvested_twice(store, later(known, changed | {5: closed(known[5], 2030)}))
    assert hold_of(store).causes == ("access_loosened", "changes")
    assert held_counts(store) == HeldCounts(changed=1 + COUNT - 60)


async def test_what_a_person_withholds_opens_nothing(store: Store) -> None:
    known = catalogue()
    repository = Repository(known)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store, 100)
        with store.transaction(actor="operator") as tx:
            withhold(tx, record_id("k", known[5].identifier), "its donor asks for it")
        repository.records = opening(known)
        assert isinstance(await harvest(store, feed), Ended)


def deleted(item: Item, day: str) -> Item:
    return replace(item, deleted=True, datestamp=day)


def lost(item: Item, day: str) -> Item:
    return replace(item, title="", datestamp=day)


@pytest.mark.parametrize("gone", [deleted, lost], ids=lambda each: each.__name__)
@pytest.mark.parametrize(("year", "is_held"), [(2030, True), (2040, False)])
async def test_what_was_gone_comes_back_as_closed_as_it_was(
    store: Store, gone: Callable[[Item, str], Item], year: int, is_held: bool
) -> None:
    known = catalogue()
    repository = Repository(known)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store, 100)
        repository.records = [gone(each, LATER) if place == 5 else each for place, each in enumerate(known)]
        await harvest(store, feed)
        map_all(store, 100)
        back = replace(closed(known[5], year, "Back"), datestamp="2026-02-02")
        repository.records = [back if place == 5 else each for place, each in enumerate(known)]
        await harvest(store, feed)
    map_all(store, 100)
    assert last_run(store).state == ("held" if is_held else "ended")
    assert ("Back" in titles(store)) is not is_held


async def test_the_only_record_of_a_feed_comes_back_as_closed_as_it_was(store: Store) -> None:
    only = catalogue()[0]
    repository = Repository([only])
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store)
        repository.records = [deleted(only, LATER)]
        await harvest(store, feed)
        map_all(store)
        repository.records = [replace(closed(only, 2030), datestamp="2026-02-02")]
        assert isinstance(await harvest(store, feed), Held)


# --- output and rejects -----------------------------------------------------------------------------------------------

#: whatever is changed passes
ANY = Brake(changed=1.0)


async def test_the_page_with_which_the_output_falls_and_all_after_it_are_held(store: Store) -> None:
    assert isinstance(await harvested_twice(store, untitled(catalogue(), 75), ANY), Held)
    hold, run = hold_of(store), last_run(store)
    assert (hold.causes, hold.page) == (("output_falls",), 4)
    assert (hold.moved.units, hold.moved.units_lost) == (200, 75)
    assert (run.counts.units_lost, run.counts.refused_more) == (75, 75)
    assert len(titles(store)) == 140


async def test_too_many_rejects_are_held(store: Store) -> None:
    await harvested_twice(store, untitled(catalogue(), 100), msgspec.structs.replace(ANY, fallen=1.0))
    hold = hold_of(store)
    assert (hold.causes, hold.page) == (("rejects_rise",), 5)
    assert len(titles(store)) == 120
    decide(store, "discard")
    assert len(titles(store)) == 200


async def test_what_was_rejected_before_is_no_rise(store: Store) -> None:
    first = [replace(each, title="") if place < 120 else each for place, each in enumerate(catalogue())]
    second = later(first, {place: replace(first[place], title=" ") for place in range(120)})
    assert isinstance(await harvested_twice(store, second, ANY, first), Ended)
    assert last_run(store).counts.refused_more == 0


async def test_half_the_limit_is_counted_and_passes(store: Store) -> None:
    assert isinstance(await harvested_twice(store, untitled(catalogue(), 55), ANY), Ended)
    assert last_run(store).counts.units_lost == 55


async def test_what_runs_of_one_day_lose_is_added_up(store: Store) -> None:
    known = catalogue()
    repository = Repository(known)
    async with serving(repository) as url:
        feed = add_braked(store, url, ANY)
        await harvest(store, feed)
        map_all(store, 100)
        repository.records = untitled(known, 40)
        assert isinstance(await harvest(store, feed), Ended)
        map_all(store, 100)
        repository.records = [*repository.records[:40], *untitled(known[40:], 40)]
        assert isinstance(await harvest(store, feed), Held)
    assert hold_of(store).causes == ("output_falls",)


async def test_only_what_changes_is_mapped_and_of_a_first_harvest_nothing(store: Store) -> None:
    weighed: list[str] = []

    async def counting(changed: Changed) -> Sequence[Weighed]:
        weighed.extend(raw.identifier for _, raw in changed)
        return weigh(store, changed)

    async def run(feed: StoredFeed) -> None:
        outcome = await harvest_slice(
            store, feed, WithoutJob(), parse=parse, clock=PatientClock(), user_agent="test", weigh=counting
        )
        assert isinstance(outcome, Ended)
        map_all(store, 100)

    known = catalogue()
    repository = Repository(known)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await run(feed)
        assert not weighed
        new = Item("oai:peer:new", LATER, "New")
        repository.records = [*later(known, {7: closed(known[7], 2040, "Other")}), new]
        await run(feed)
    assert weighed == [known[7].identifier]


# --- files ------------------------------------------------------------------------------------------------------------


def letter(number: int, year: int) -> str:
    said = f"<dc:rights>Access is closed until {year}.</dc:rights>"
    return f"<dc:dc><dc:identifier>n{number}</dc:identifier><dc:title>A letter</dc:title>{said}</dc:dc>"


def bring(store: Store, year: int, *, released: bool = False) -> None:
    """A file of ten records, the first of which is closed until `year`, brought and applied."""
    take_file(store, file(letter(0, year), *(letter(n, 2040) for n in range(1, 10))), released=released)


def take_file(store: Store, body: bytes, *, released: bool) -> None:
    """A file, brought and applied."""
    brought = uploads.receive(store, "k", "town", "all.xml", "replace", [body], actor="operator")
    pipeline.check(store, brought.id)
    with store.transaction() as tx:
        pipeline.approve(tx, brought.id, "town", released=released)
    upload_run.load(store, brought.id)
    map_all(store, 100)


def test_a_file_that_opens_a_record_is_taken_in_without_it(store: Store) -> None:
    add_file_feed(store, "upload", "")
    bring(store, 2040)
    bring(store, 2030)
    assert (last_run(store).state, hold_of(store).causes) == ("held", ("access_loosened",))
    assert held_counts(store) == HeldCounts(changed=1)
    decide(store, "release")
    with store.reading() as connection:
        found = catalogue_records.get(connection, record_id("k", "n0"))
    assert found is not None
    assert found.record is not None
    assert found.record.access.until == "2030"


def test_a_file_that_is_released_for_what_it_deletes_opens_nothing_by_that(store: Store) -> None:
    add_file_feed(store, "upload", "")
    bring(store, 2040)
    bring(store, 2030, released=True)
    assert (last_run(store).state, hold_of(store).causes) == ("held", ("access_loosened",))
    assert held_counts(store) == HeldCounts(changed=1)


def test_a_file_that_is_released_may_let_the_output_fall(store: Store) -> None:
    add_file_feed(store, "upload", "")
    records = [f"<dc:dc><dc:identifier>n{n}</dc:identifier><dc:title>A letter</dc:title></dc:dc>" for n in range(120)]
    take_file(store, file(*records), released=False)
    untitled_ones = [each.replace("A letter", "") for each in records[:80]]
    take_file(store, file(*untitled_ones, *records[80:]), released=True)
    assert (last_run(store).state, last_run(store).counts.units_lost) == ("ended", 80)
