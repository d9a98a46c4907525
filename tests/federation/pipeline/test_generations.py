"""What an operator does with generations, on either engine: repair, go back, take away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.pipeline import publish as publishing
from federation.pipeline.unifying import Clusters
from federation.storage.engine import Store
from index import publishing as index_publishing
from index.document import document_of
from index.elastic.cluster import Acknowledged, for_work
from index.elastic.documents import engine_document, engine_id
from index.elastic.shelf import Shelf
from index.embedded.writer import Writer
from index.errors import GenerationRefused
from index.generations import all_generations, current
from index.places import IndexPlace, drop_at, generations_at, live_at, next_at, search_at, standing_at, verified_at
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from tests import factories
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import linked
from tests.index.elastic import indexed as elastic_indexed


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IndexPlace]:
    """Where an index lies, on each engine in turn."""
    if request.param == "embedded":
        yield tmp_path / "index"
        publishing.forget()
        return
    cluster = elastic_indexed.settings(request.getfixturevalue("elasticsearch"))
    yield cluster
    publishing.forget()
    elastic_indexed.drop(cluster)


def publish_all(store: Store, place: IndexPlace) -> None:
    while publishing.publish(store, place).behind:
        pass


def rebuild(store: Store, place: IndexPlace) -> None:
    for _ in publishing.rebuild(store, place):
        pass


def titles(place: IndexPlace) -> list[str]:
    answer = search_at(place).search(SearchRequest(visibility=EVERYONE, text="*", sort="title"))
    return [hit.title for hit in answer.hits]


def break_by_hand(place: IndexPlace) -> None:
    """Takes the first thing out of the index and puts one in that the store does not know."""
    (stray,) = document_of(factories.unified_record(factories.catalogue_record(native_id="oai:x:stray")))
    if isinstance(place, Path):
        generation = current(place)
        assert generation is not None
        writer = Writer(generation.part("open"))
        kept = writer.place
        assert kept is not None
        writer.remove(["c-r1"])
        writer.add(stray)
        writer.commit(kept)
        writer.close()
        return
    cluster = for_work(place)
    index = Shelf(cluster).index("000001", "open")
    at_once = {"refresh": "true"}
    cluster.ask("DELETE", f"/{index}/_doc/{engine_id('c-r1:public')}", Acknowledged, params=at_once)
    path = f"/{index}/_doc/{engine_id(stray.doc_id)}"
    cluster.ask("PUT", path, Acknowledged, body=engine_document(stray), params=at_once)
    cluster.close()


def test_a_repair_makes_anew_what_differs_and_nothing_else(embedded: Store, place: IndexPlace) -> None:
    for number in (1, 2, 3):
        linked(embedded, [catalogue_record(number, f"Thing {number}")])
        publish_all(embedded, place)
    publishing.forget()
    break_by_hand(place)
    found, left = publishing.repair(embedded, place)
    assert ([len(found.missing), len(found.extra), len(found.stale)], found.clusters[0]) == ([1, 1, 0], "c-r1")
    assert left.whole
    assert titles(place) == ["Thing 1", "Thing 2", "Thing 3"]
    assert publishing.repair(embedded, place)[0].whole


def test_a_generation_comes_back_once_it_has_caught_up(embedded: Store, place: IndexPlace) -> None:
    linked(embedded, [catalogue_record(1, "First")])
    publish_all(embedded, place)
    rebuild(embedded, place)
    linked(embedded, [catalogue_record(2, "Second")])
    publish_all(embedded, place)
    assert live_at(place) == "000002"
    for _ in publishing.return_to(embedded, place, "000001"):
        pass
    assert (live_at(place), titles(place)) == ("000001", ["First", "Second"])
    publishing.forget()
    linked(embedded, [catalogue_record(3, "Third")])
    publish_all(embedded, place)
    assert (live_at(place), titles(place)) == ("000001", ["First", "Second", "Third"])
    assert verified_at(place, Clusters(embedded)).whole


def test_only_what_does_not_answer_is_dropped(embedded: Store, place: IndexPlace) -> None:
    linked(embedded, [catalogue_record(1, "First")])
    publish_all(embedded, place)
    rebuild(embedded, place)
    with pytest.raises(GenerationRefused, match="it answers"):
        drop_at(place, "000002")
    with pytest.raises(GenerationRefused, match="there are: 000001, 000002"):
        drop_at(place, "7")
    with pytest.raises(GenerationRefused, match="there are: 000001, 000002"):
        list(publishing.return_to(embedded, place, "../000001"))
    drop_at(place, "000001")
    assert (generations_at(place), titles(place)) == (["000002"], ["First"])


def standing(place: IndexPlace) -> list[tuple[str, str]]:
    """Name and state of each generation."""
    return [(each.name, each.state) for each in standing_at(place)]


def test_the_next_generation_is_made_beside_the_one_that_goes_on_answering(embedded: Store, place: IndexPlace) -> None:
    linked(embedded, [catalogue_record(1, "First")])
    publish_all(embedded, place)
    assert list(publishing.build_next(embedded, place))[-1] == 1
    assert (live_at(place), standing(place)) == ("000001", [("000001", "live"), ("000002", "next")])
    # whoever serves goes on with the one that answers
    linked(embedded, [catalogue_record(2, "Second")])
    publish_all(embedded, place)
    publishing.forget()
    publish_all(embedded, place)
    assert (live_at(place), titles(place)) == ("000001", ["First", "Second"])
    for _ in publishing.return_to(embedded, place, "000002"):
        pass
    assert (live_at(place), titles(place)) == ("000002", ["First", "Second"])
    assert standing(place) == [("000001", "retired"), ("000002", "live")]
    assert verified_at(place, Clusters(embedded)).whole


def test_a_next_generation_that_was_broken_off_is_gone_on_with(embedded: Store, place: IndexPlace) -> None:
    linked(embedded, [catalogue_record(number, f"Thing {number}") for number in (1, 2, 3)])
    publish_all(embedded, place)
    begun = next_at(place, Clusters(embedded))
    begun.step(1)
    begun.close()
    assert standing(place) == [("000001", "live"), ("000002", "building")]
    assert list(publishing.build_next(embedded, place))[-1] == 2
    assert list(publishing.build_next(embedded, place))[-1] == 0
    assert standing(place) == [("000001", "live"), ("000002", "next")]


def test_one_that_somebody_builds_beside_an_outdated_one_is_left_to_them(
    embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "index"
    linked(embedded, [catalogue_record(1, "First")])
    publish_all(embedded, place)
    publishing.forget()
    beside = next_at(place, Clusters(embedded))
    beside.step()
    # the version that serves now makes the first one otherwise
    monkeypatch.setattr(index_publishing, "is_up_to_date", lambda generation: generation.name != "000001")
    publish_all(embedded, place)
    assert live_at(place) == "000003"
    beside.close()
    assert not any(each.is_being_written for each in all_generations(place) if each.name == "000002")
