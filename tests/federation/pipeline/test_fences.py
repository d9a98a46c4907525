"""Every write of a slice checks its job's fence: of one that was given to somebody else nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa

from federation.errors import LeaseLost
from federation.pipeline.step import HarvestStep, harvest_job
from federation.storage import feeds, jobs
from federation.storage.engine import Store
from federation.storage.fetches import StoredFetch
from federation.storage.harvests import StoredHarvest
from federation.storage.jobs import Job
from federation.storage.metadata import metadata
from harvester.checkpoint import Checkpoint
from harvester.fetching.pieces import Brought, Memory, Piece, Place, Unchanged
from harvester.oaipmh.header import Header
from harvester.ports import Blocked, Complete, PageCommit
from tests.factories import raw_record
from tests.federation.pipeline.test_fetching import add_feed as add_fetched
from tests.federation.pipeline.test_harvest import add_feed


def claimed(store: Store, feed: feeds.StoredFeed) -> Job:
    with store.transaction() as tx:
        jobs.enqueue(tx, harvest_job(feed))
        (job,) = jobs.claim(tx, "harvest", "us", 1)
    return job


def give_to_another(store: Store) -> None:
    with store.transaction() as tx:
        jobs.release_all(tx)
        jobs.claim(tx, "harvest", "another", 1)


def all_rows(store: Store) -> Mapping[str, list[tuple[object, ...]]]:
    with store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table))] for table in metadata.sorted_tables
        }


def page(checkpoint: Checkpoint, store: Store) -> PageCommit:
    return PageCommit(
        number=1,
        sha256="0" * 64,
        body=b"",
        token_in=None,
        token_out=None,
        records=(raw_record(feed="k"),),
        content_sha256=("0" * 64,),
        quarantined=(),
        start=0,
        next=checkpoint,
        fetched_at=store.now(),
    )


HEADER = Header(identifier="x", datestamp="2026-01-01", set_specs=(), deleted=False)
HARVESTS: Mapping[str, Callable[[StoredHarvest, Checkpoint, Store], object]] = {
    "open": lambda kept, _run, _store: kept.open_run(),
    "page": lambda kept, run, store: kept.commit_page(page(run, store)),
    "slice": lambda kept, run, _store: kept.keep(run),
    "put off": lambda kept, run, store: kept.postpone(run, store.now() + timedelta(hours=1), "busy"),
    "compare": lambda kept, run, _store: kept.compare(run, [HEADER]),
    "reconciled": lambda kept, run, _store: kept.reconciled(run, whole=True, limit=1),
    "tried": lambda kept, run, _store: kept.tried(run, "x"),
    "given": lambda kept, run, _store: kept.given(run, "x"),
    "end": lambda kept, run, _store: kept.end(run, Complete(evidence="listed")),
}


@pytest.mark.parametrize("act", HARVESTS)
def test_nothing_of_a_harvest_is_kept(act: str, store: Store) -> None:
    feed = add_feed(store, "http://127.0.0.1:9/oai")
    keeping = StoredHarvest(store, feed, HarvestStep(claimed(store, feed)))
    run = keeping.open_run()
    give_to_another(store)
    before = all_rows(store)
    with pytest.raises(LeaseLost):
        HARVESTS[act](keeping, run, store)
    assert all_rows(store) == before


FETCHES: Mapping[str, Callable[[StoredFetch, Store], object]] = {
    "piece": lambda kept, _store: kept.keep(Piece(body=b"more", place=Place(pieces=2, offset=8))),
    "whole": lambda kept, _store: kept.brought(Brought(memory=Memory(), mode="replace", name="n", claim=None)),
    "unchanged": lambda kept, _store: kept.unchanged(Unchanged(memory=Memory(), said=True)),
    "put off": lambda kept, store: kept.postpone(Place(), store.now() + timedelta(hours=1), "busy"),
    "wait": lambda kept, store: kept.wait(store.now() + timedelta(hours=1)),
    "blocked": lambda kept, _store: kept.blocked(Blocked(reason="oversize").reason),
}


@pytest.mark.parametrize("act", FETCHES)
def test_nothing_of_a_fetch_is_kept(act: str, store: Store) -> None:
    feed = add_fetched(store, "url", "http://127.0.0.1:9/file.xml")
    keeping = StoredFetch(
        store, feed, lambda tx, upload: None, lambda checkpoint: None, HarvestStep(claimed(store, feed))
    )
    keeping.keep(Piece(body=b"some", place=Place(pieces=1, offset=4), anew=True))
    give_to_another(store)
    before = all_rows(store)
    with pytest.raises(LeaseLost):
        FETCHES[act](keeping, store)
    assert all_rows(store) == before
