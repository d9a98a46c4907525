"""What a stage cannot take in is set aside, on every database; what no record is to blame for is not."""

from __future__ import annotations

from pathlib import Path

import msgspec

from federation.pipeline import crosswalk_life, step
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.progress import BATCH
from federation.pipeline.stages import STAGES, Surroundings
from federation.storage import (
    catalogue_records,
    crosswalks,
    cursors,
    feeds,
    held_records,
    holds,
    jobs,
    outcomes,
    run_reports,
)
from federation.storage.catalogue_records import catalogue_record
from federation.storage.engine import Store
from federation.storage.jobs import Job
from harvester.brake import Brake
from tests.federation.pipeline.linked import partition
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_map import map_all
from tests.federation.pipeline.versions import drafted, filled, rule, state
from tests.peers.courteous.repository import Item, Repository, serving

AROUND = Surroundings(export=ExportSettings(authority="test.example"), index=Path("unused"))
BOOKS = [Item(f"oai:peer:{number}", "2020-01-01", f"The {number}th ship of the fleet") for number in range(1, 4)]


def claimed(store: Store, name: str) -> Job:
    """The one job there is."""
    with store.transaction() as tx:
        tx.connection.execute(jobs.job.delete())
        step.arm(tx, name)
        return jobs.claim(tx, STAGES[name].lane, "me", 1)[0]


def run(store: Store, name: str, limit: int = 1) -> step.Outcome:
    return step.run(store.url, claimed(store, name), AROUND, limit)


def run_to_the_end(store: Store, name: str) -> None:
    while isinstance(outcome := run(store, name), step.Worked) and outcome.progress.behind:
        pass
    assert isinstance(outcome, step.Worked), outcome


def damage(store: Store, identifier: str) -> None:
    """The stored description of this record can be read by nobody."""
    row = catalogue_record.c.native_id == identifier
    with store.transaction() as tx:
        tx.connection.execute(catalogue_record.update().where(row).values(record="{"))


def set_aside(store: Store, name: str) -> None:
    """Fails over the next record, and passes it by."""
    job = claimed(store, name)
    outcome = step.run(store.url, job, AROUND, 1)
    assert isinstance(outcome, step.Broken)
    assert isinstance(step.pass_by(store.url, job, AROUND, outcome.error), step.Worked)


def found(store: Store) -> list[tuple[str, str, int]]:
    with store.reading() as connection:
        return [(issue.rule, issue.examples[0][0], issue.count) for issue in outcomes.issue_counts(connection, "k")]


async def test_a_record_that_cannot_be_keyed_stands_alone_until_it_changes(store: Store) -> None:
    repository = Repository(BOOKS)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store)
        damage(store, "oai:peer:1")
        set_aside(store, "key")
        run_to_the_end(store, "key")
        run_to_the_end(store, "link")
        assert len(partition(store)) == 3
        assert found(store) == [("key", "oai:peer:1", 1)]
        with store.reading() as connection:
            wanted = run_reports.Wanted(feed="k", issue="step_crashed", rule="key")
            assert [line.identifier for line in run_reports.records(connection, wanted)] == ["oai:peer:1"]
            assert outcomes.tallies(connection)["k"].issue_codes == 1
        repository.records = [Item("oai:peer:1", "2026-02-01", "A mended title"), *BOOKS[1:]]
        await harvest(store, msgspec.structs.replace(feed, brake=Brake(opens=True)))
    map_all(store)
    run_to_the_end(store, "key")
    assert found(store) == []


async def test_what_comes_in_the_place_of_a_record_that_cannot_be_read_is_held(store: Store) -> None:
    """It may have been closed."""
    repository = Repository(BOOKS)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store)
        damage(store, "oai:peer:1")
        repository.records = [Item("oai:peer:1", "2026-02-01", "A mended title"), *BOOKS[1:]]
        await harvest(store, feed)
    with store.reading() as connection:
        held = holds.held_feed(connection, "k")
        assert held is not None
        assert held.causes == ("access_loosened",)
        assert held_records.count(connection, "k") == 1


async def test_a_record_that_cannot_be_read_goes_and_is_taken_for_closed(store: Store) -> None:
    repository = Repository(BOOKS)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        map_all(store)
        damage(store, "oai:peer:1")
        repository.records = [Item("oai:peer:1", "2026-02-01", "", deleted=True), *BOOKS[1:]]
        await harvest(store, feed)
    map_all(store)
    with store.reading() as connection:
        assert catalogue_records.standing(connection, "k", ["oai:peer:1"]) == {}
        (lost,) = catalogue_records.gone(connection, "k", ["oai:peer:1"])["oai:peer:1"].values()
    assert (lost.status, lost.line) == ("closed", "hidden")


async def test_a_thing_that_cannot_be_exported_is_withdrawn_until_it_changes(store: Store) -> None:
    async with serving(Repository(BOOKS)) as url:
        await harvest(store, add_feed(store, url))
    map_all(store)
    run_to_the_end(store, "key")
    run_to_the_end(store, "link")
    damage(store, "oai:peer:1")
    set_aside(store, "export")
    run_to_the_end(store, "export")
    assert found(store) == [("export", "oai:peer:1", 1)]
    with store.reading() as connection:
        assert STAGES["export"].waiting(connection) == 0


async def test_a_stage_that_fails_over_what_it_left_out_has_failed_itself(store: Store) -> None:
    async with serving(Repository(BOOKS)) as url:
        await harvest(store, add_feed(store, url))
    map_all(store)
    damage(store, "oai:peer:1")
    set_aside(store, "key")
    assert step.pass_by(store.url, claimed(store, "key"), AROUND, "odd") == step.Failed(error="odd")


async def test_nothing_is_set_aside_for_a_fault_of_the_database(store: Store) -> None:
    async with serving(Repository(BOOKS)) as url:
        await harvest(store, add_feed(store, url))
    map_all(store)
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("DROP TABLE link_key")
    assert isinstance(run(store, "key", BATCH), step.Failed)
    with store.reading() as connection:
        assert cursors.get(connection, "key") == 0


async def test_a_dry_run_that_fails_ends_alone_and_the_next_one_is_made(store: Store) -> None:
    await filled(store, 4)
    damage(store, "oai:peer:2")
    failing = drafted(store, rule(2, "access.status", "closed"))
    ask(store, failing.number)
    job = claimed(store, "dry_run")
    outcome = step.run(store.url, job, AROUND, 1)
    assert isinstance(outcome, step.Broken)
    assert isinstance(step.pass_by(store.url, job, AROUND, outcome.error), step.Worked)
    with store.reading() as connection:
        ended = crosswalks.found(connection, "k", failing.number)
    assert (ended.state, ended.trial_error.partition(":")[0]) == ("draft", "DecodeError")
    mend(store, "oai:peer:2")
    sound = drafted(store, rule(1, "access.status", "closed"))
    ask(store, sound.number)
    assert isinstance(run(store, "dry_run"), step.Worked)
    assert state(store, sound.number) == "tried"


async def test_nothing_is_ended_where_no_dry_run_is_asked_for(store: Store) -> None:
    await filled(store, 1)
    assert isinstance(step.pass_by(store.url, claimed(store, "dry_run"), AROUND, "lost"), step.Failed)


def ask(store: Store, number: int) -> None:
    with store.transaction() as tx:
        feed = feeds.get(tx.connection, "k")
        assert feed is not None
        crosswalk_life.ask_for_trial(tx, feed, number)


def mend(store: Store, identifier: str) -> None:
    """Takes the damaged description away, so that the record is mapped again."""
    with store.transaction() as tx:
        tx.connection.execute(catalogue_record.delete().where(catalogue_record.c.native_id == identifier))
