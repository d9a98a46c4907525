"""Worker processes weigh as their runner does, and where one is lost its records are held and no others."""

from __future__ import annotations

import os
from dataclasses import replace

import msgspec
import pytest

from federation.errors import StepOverdue
from federation.pipeline.children import weigh_changed
from federation.pipeline.harvest import harvest_slice
from federation.pipeline.page_places import outcome_of
from federation.pipeline.weighing import weigh
from federation.pipeline.worker_weighing import Weigher, WorkerWeighing
from federation.pipeline.workers import Workers
from federation.storage import raw_records
from federation.storage.engine import Store
from federation.storage.harvests import WithoutJob
from federation.storage.held_records import HeldCounts
from harvester.brake import Weighed
from harvester.ports import Changed
from mappings.engine.outcome import Outcome
from mappings.schema.raw import RawRecord
from tests.factories import raw_record
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, harvest, last_run, parse
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.test_settling import held_counts
from tests.federation.pipeline.test_weighing import catalogue, closed, later, titles, until
from tests.peers.courteous.repository import Item, Repository, serving


def in_the_open(item: Item, title: str = "Open") -> Item:
    """The record as one that everybody may have."""
    return replace(item, title=f"{title}</dc:title><dc:rights>Open access.</dc:rights><dc:title>Copy")


async def test_worker_processes_weigh_the_same(store: Store) -> None:
    changed = await _changed(store)
    workers = Workers(1)
    try:
        found = await WorkerWeighing(store.url, workers)(changed)
    finally:
        workers.close()
    assert found == weigh(store, changed)
    assert [each.opens for each in found] == [True, False, False]


def loses_a_process(url: str, changed: Changed, are_mapped: bool) -> list[Weighed]:
    """A weigher whose process ends over the first record of the catalogue that is opened."""
    if are_mapped and any("2030" in raw.payload for _, raw in changed):
        os._exit(1)
    return weigh_changed(url, changed, are_mapped)


def comes_to_no_end(url: str, changed: Changed, are_mapped: bool) -> list[Weighed]:
    """A weigher that is overdue with the same record."""
    if are_mapped and any("2030" in raw.payload for _, raw in changed):
        raise StepOverdue("there was no end after 240 s")
    return weigh_changed(url, changed, are_mapped)


def always_overdue(url: str, changed: Changed, are_mapped: bool) -> list[Weighed]:
    """A weigher that maps nothing in time."""
    if are_mapped:
        raise StepOverdue("there was no end after 240 s")
    return weigh_changed(url, changed, are_mapped)


@pytest.mark.parametrize("weigher", [loses_a_process, comes_to_no_end], ids=lambda each: each.__name__)
async def test_a_record_that_cannot_be_weighed_counts_as_opened_and_its_neighbours_are_weighed(
    store: Store, weigher: Weigher
) -> None:
    changed = await _changed(store)
    workers = Workers(1)
    try:
        first, *others = await WorkerWeighing(store.url, workers, weigher)(changed)
    finally:
        workers.close()
    assert (first.opens, first.is_refused, first.units_after) == (True, True, 0)
    assert others == weigh(store, changed)[1:]
    assert not any(each.opens or each.is_refused for each in others)


async def test_a_page_that_cannot_be_weighed_holds_what_is_closed_and_no_more(store: Store) -> None:
    known = [each if place < 100 else in_the_open(each) for place, each in enumerate(catalogue())]
    repository, workers = Repository(known), Workers(1)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store, 100)
        others = {place: in_the_open(known[place], "Opened") for place in (110, 111)}
        repository.records = later(known, {5: closed(known[5], 2030), **others})
        try:
            weighing = WorkerWeighing(store.url, workers, always_overdue)
            await harvest_slice(
                store, feed, WithoutJob(), parse=parse, clock=PatientClock(), user_agent="test", weigh=weighing
            )
        finally:
            workers.close()
    map_all(store, 100)
    assert last_run(store).state == "held"
    assert held_counts(store) == HeldCounts(changed=1)
    assert until(store, known[5]) == "2040"
    assert titles(store).count("Opened") == 2


async def test_behind_some_lost_records_no_other_is_tried(store: Store) -> None:
    changed = await _changed(store)
    workers = Workers(1)
    try:
        found = await WorkerWeighing(store.url, workers, always_overdue)([*changed, *changed])
    finally:
        workers.close()
    assert [each.opens for each in found] == [True] * 6


async def test_a_record_over_which_mapping_fails_counts_as_opened_where_what_stands_is_closed(store: Store) -> None:
    changed = await _changed(store)
    found = weigh(store, changed, are_mapped=False)
    assert all(each.opens and each.is_refused and not each.units_after for each in found)


def test_an_overdue_step_is_no_fault_of_the_record_in_hand() -> None:
    def overdue(raw: RawRecord) -> tuple[Outcome, str]:
        raise StepOverdue("there was no end after 240 s")

    with pytest.raises(StepOverdue):
        outcome_of(overdue, raw_record())


async def _changed(store: Store) -> list[tuple[int, RawRecord]]:
    """What a held run would change."""
    known = catalogue()
    repository = Repository(known)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store, 100)
    with store.reading() as connection:
        stored = [raw_records.get(connection, "k", known[place].identifier) for place in (5, 6, 7)]
    found = [(each.rid, each.raw) for each in stored if each is not None]
    opened = found[0][1]
    return [(found[0][0], msgspec.structs.replace(opened, payload=opened.payload.replace("2040", "2030"))), *found[1:]]
