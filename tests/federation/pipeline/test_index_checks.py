"""Once a day the index is held against the store, on either engine: what differs is made anew and told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from federation.pipeline import index_acts, step
from federation.pipeline import publish as publishing
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.gauges import read_gauges
from federation.pipeline.stages import Surroundings
from federation.pipeline.unifying import Clusters
from federation.storage import jobs
from federation.storage.engine import Store
from federation.storage.index_checks import CHECK, EVERY
from federation.storage.jobs import Job
from index.places import IndexPlace, verified_at
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import linked
from tests.federation.pipeline.test_generations import break_by_hand, place, publish_all

__all__ = ["place"]


def asked(store: Store) -> list[Job]:
    """The checks that stand, after the upkeep of a process that works."""
    with store.transaction() as tx:
        index_acts.ask_daily(tx)
    with store.reading() as connection:
        return [job for job in jobs.live(connection) if job.kind == CHECK]


def check(store: Store, place: IndexPlace) -> Job:
    """The check that is asked for, carried out."""
    (wanted,) = asked(store)
    with store.transaction() as tx:
        (held,) = jobs.claim(tx, "index", "somebody", 1)
    around = Surroundings(export=ExportSettings(authority="test.example"), index=place)
    assert isinstance(step.run(store.url, held, around, 1), step.Worked)
    with store.reading() as connection:
        found = jobs.get(connection, wanted.id)
    assert found is not None
    return found


def a_day_later(store: Store) -> None:
    """What the index's jobs did was done a day ago."""
    with store.transaction() as tx:
        earlier = tx.database_now - EVERY - timedelta(minutes=1)
        tx.connection.execute(sa.update(jobs.job).where(jobs.job.c.state == "done").values(run_at=earlier))


def published(store: Store, place: IndexPlace) -> None:
    """Three things in the index, by a job that is over."""
    for number in (1, 2, 3):
        linked(store, [catalogue_record(number, f"Thing {number}")])
        publish_all(store, place)
    with store.transaction() as tx:
        jobs.enqueue(tx, step.stage_job("publish"))
        (held,) = jobs.claim(tx, "index", "somebody", 1)
        jobs.finish(tx, held)


def test_a_check_is_asked_for_a_day_after_the_index_was_written_and_once(embedded: Store, tmp_path: Path) -> None:
    assert asked(embedded) == []
    published(embedded, tmp_path / "index")
    assert asked(embedded) == []
    a_day_later(embedded)
    assert len(asked(embedded)) == len(asked(embedded)) == 1
    done = check(embedded, tmp_path / "index")
    assert (done.state, done.error, asked(embedded)) == ("done", "", [])
    a_day_later(embedded)
    assert len(asked(embedded)) == 1
    publishing.forget()


def test_what_differs_is_made_anew_and_told(embedded: Store, place: IndexPlace) -> None:
    published(embedded, place)
    publishing.forget()
    assert read_gauges(embedded).index_differed is None
    break_by_hand(place)
    a_day_later(embedded)
    told = check(embedded, place)
    assert (told.state, told.error.partition(": ")[0]) == ("done", "1 missing, 1 extra, 0 stale")
    assert "c-r1" in told.error
    assert verified_at(place, Clusters(embedded)).whole
    assert read_gauges(embedded).index_differed is True
    a_day_later(embedded)
    assert check(embedded, place).error == ""
    assert read_gauges(embedded).index_differed is False
