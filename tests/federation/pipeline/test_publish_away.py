"""A search engine that is away holds nobody up: publishing waits for it, and catches up by itself."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest

from federation.pipeline import publish as publishing
from federation.pipeline import step
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.stages import Surroundings
from federation.pipeline.unifying import Clusters
from federation.storage import jobs
from federation.storage.engine import Store
from federation.storage.jobs import Job
from index.elastic.settings import ElasticSettings
from index.places import search_at, verified_at
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import linked
from tests.index.elastic.indexed import drop, settings


@pytest.fixture(name="place")
def fixture_place(elasticsearch: str) -> Iterator[ElasticSettings]:
    """An exchange's place in a cluster."""
    place = settings(elasticsearch)
    yield place
    publishing.forget()
    drop(place)


def nobody() -> ElasticSettings:
    """A cluster that is away."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return ElasticSettings(urls=(f"http://127.0.0.1:{listening.getsockname()[1]}",))


def claimed(store: Store) -> Job:
    """The publishing job, in hand."""
    with store.transaction() as tx:
        step.arm(tx, "publish")
        (job,) = jobs.claim(tx, "index", "me", 1)
    return job


def worked(store: Store, place: ElasticSettings) -> step.Outcome:
    around = Surroundings(export=ExportSettings(authority="test.example"), index=place)
    return step.run(store.url, claimed(store), around, 100)


def test_a_job_waits_for_an_engine_that_is_away_and_is_never_parked(embedded: Store) -> None:
    linked(embedded, [catalogue_record(1, "Ships")])
    assert isinstance(worked(embedded, nobody()), step.Worked)
    with embedded.reading() as connection:
        (job,) = (each for each in jobs.listed(connection) if each.kind == "publish")
    assert (job.state, job.attempt, job.run_at > embedded.now()) == ("ready", 0, True)
    assert job.run_at <= embedded.now() + timedelta(seconds=20)
    publishing.forget()


@pytest.mark.elasticsearch
def test_what_changed_meanwhile_is_taken_in_when_it_is_back(embedded: Store, place: ElasticSettings) -> None:
    linked(embedded, [catalogue_record(1, "Ships"), catalogue_record(2, "Maps")])
    while publishing.publish(embedded, place).behind:
        pass
    answer = search_at(place).search(SearchRequest(visibility=EVERYONE, text="*", sort="title"))
    assert [hit.title for hit in answer.hits] == ["Maps", "Ships"]
    assert verified_at(place, Clusters(embedded)).whole
    assert publishing.waiting(embedded) == 0
