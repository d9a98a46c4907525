"""A step: its effect, the jobs that follow and its own end are one commit, or none of them is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from federation.pipeline import step
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.progress import BATCH, Progress
from federation.pipeline.stages import Surroundings
from federation.storage import catalogue_records, cursors, feeds, institutions, jobs, opened
from federation.storage.engine import Store
from federation.storage.jobs import Job
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.peers.courteous.repository import Repository, items, serving

AROUND = Surroundings(export=ExportSettings(authority="test.example"), index=Path("unused"))


async def harvested(store: Store) -> None:
    async with serving(Repository(items(40))) as url:
        await harvest(store, add_feed(store, url))


def claimed(store: Store, name: str) -> Job:
    with store.transaction() as tx:
        step.arm(tx, name)
        (job,) = jobs.claim(tx, "process", "me", 1)
    return job


def states(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return sorted((job.kind, job.state) for job in jobs.listed(connection))


async def test_a_batch_ends_its_job_and_asks_for_what_follows(store: Store) -> None:
    await harvested(store)
    job = claimed(store, "map")
    outcome = step.run(store.url, job, AROUND, 10)
    assert isinstance(outcome, step.Worked)
    assert outcome.progress.done == 10
    assert states(store) == [("key", "ready"), ("map", "done"), ("map", "ready"), ("records", "ready")]


async def test_a_batch_whose_lease_is_lost_leaves_nothing(store: Store) -> None:
    await harvested(store)
    job = claimed(store, "map")
    with store.transaction() as tx:
        jobs.release_all(tx)
        (again,) = jobs.claim(tx, "process", "other", 1)
    assert step.run(store.url, job, AROUND, BATCH) == step.Lost()
    with store.reading() as connection:
        assert (cursors.get(connection, "map"), catalogue_records.count_alive(connection)) == (0, 0)
    assert isinstance(step.run(store.url, again, AROUND, BATCH), step.Worked)


async def test_an_error_keeps_nothing_and_is_told_in_words(store: Store) -> None:
    await harvested(store)
    job = claimed(store, "map")
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("DROP TABLE mapping_issue")
    outcome = step.run(store.url, job, AROUND, BATCH)
    assert isinstance(outcome, step.Failed)
    assert "mapping_issue" in outcome.error
    assert states(store) == [("map", "leased")]


async def test_work_that_nobody_asked_for_is_found(store: Store) -> None:
    await harvested(store)
    with store.transaction() as tx:
        tx.connection.execute(feeds.feed.update().values(due_at=tx.now))
    with store.reading() as connection:
        found = step.missing(connection, store.now() + timedelta(minutes=1), AROUND)
        assert [(job.kind, job.dedupe_key) for job in found] == [("harvest.slice", "harvest:k"), ("map", "map")]
        assert not step.is_idle(connection, store.now(), store.database_now(connection), AROUND)


def test_an_institution_with_many_feeds_holds_up_no_other(store: Store) -> None:
    with store.transaction() as tx:
        for slug, count in (("large", 20), ("small", 2)):
            institutions.put(tx, institutions.StoredInstitution(slug=slug, name=slug))
            for number in range(count):
                key, url = f"{slug}{number}", f"https://{slug}{number}.example/oai"
                feed = feeds.StoredFeed(key=key, name=key, institution=slug, base_url=url, due_at=tx.now)
                feeds.add(tx, feed)
                jobs.enqueue(tx, step.harvest_job(feed))
        taken = [str(job.arguments[step.FEED]) for job in jobs.claim(tx, "harvest", "me", 6)]
    assert sorted(key for key in taken if key.startswith("small")) == ["small0", "small1"]
    assert len(taken) == 6


async def test_nothing_to_do_is_idle_and_ends_a_job_too(store: Store) -> None:
    assert isinstance(step.run(store.url, claimed(store, "link"), AROUND, BATCH), step.Worked)
    assert states(store) == [("link", "done")]
    with store.reading() as connection:
        assert step.is_idle(connection, store.now(), store.database_now(connection), AROUND)


async def test_a_full_disk_parks_no_job_however_long_it_stays_full(embedded: Store) -> None:
    await harvested(embedded)
    writing = opened.store_of(embedded.url)
    for _ in range(jobs.MOST_ATTEMPTS + 1):
        job = claimed(embedded, "map")
        _fill_up(writing)
        assert step.run(embedded.url, job, AROUND, BATCH) == step.Worked(progress=Progress(done=0, behind=True))
        with embedded.transaction() as tx:
            (waiting,) = jobs.live(tx.connection)
            assert (waiting.state, waiting.attempt, waiting.run_at > tx.database_now) == ("ready", 0, True)
            tx.connection.execute(jobs.job.update().values(run_at=tx.now))
    with writing.transaction() as tx:
        tx.connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert isinstance(step.run(embedded.url, claimed(embedded, "map"), AROUND, BATCH), step.Worked)
    opened.close_stores()
    with embedded.reading() as connection:
        assert catalogue_records.count_alive(connection) == 38


def _fill_up(store: Store) -> None:
    """No further page fits into the database."""
    with store.transaction() as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        tx.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
