"""The index in a cluster follows its source: whatever is lost, doubled or half done, it comes out the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import pytest

from index.document import document_of
from index.elastic.backend import ElasticSearch
from index.elastic.bulk import MOST_ITEMS, Bulk, Write
from index.elastic.cluster import Acknowledged, Cluster, Conflict, NotThere, for_search, for_work
from index.elastic.documents import engine_document, engine_id
from index.elastic.publishing import ElasticPublisher
from index.elastic.settings import ElasticSettings
from index.elastic.shelf import Shelf
from index.elastic.verifying import verify
from index.errors import NoGeneration
from index.query.primitives import All
from mappings.schema.unified import UnifiedRecord
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing, titles
from tests.index.elastic.indexed import drop, publish, settings
from tests.index.indexed import Clusters

pytestmark = pytest.mark.elasticsearch


@pytest.fixture(name="place")
def fixture_place(elasticsearch: str) -> Iterator[ElasticSettings]:
    """An exchange's place in the cluster."""
    place = settings(elasticsearch)
    yield place
    drop(place)


@pytest.fixture(name="cluster")
def fixture_cluster(place: ElasticSettings) -> Iterator[Cluster]:
    """A connection for work."""
    cluster = for_work(place)
    yield cluster
    cluster.close()


def search(place: ElasticSettings) -> ElasticSearch:
    return ElasticSearch(for_search(place))


def test_no_index_yet_is_said(place: ElasticSettings) -> None:
    with pytest.raises(NoGeneration):
        search(place).search(ask("x"))


def test_changes_are_followed_and_what_fell_away_is_gone(place: ElasticSettings, cluster: Cluster) -> None:
    clusters = Clusters([thing("Ships", native_id="a"), thing("Maps", native_id="b"), thing("Seals", native_id="c")])
    publish(place, clusters)
    gone, hidden = (thing(title, native_id=key).id for title, key in (("Maps", "b"), ("Seals", "c")))
    clusters.drop(gone)
    clusters.present[hidden] = []
    clusters.put(thing("Seals", native_id="c", audience=HOLDER))
    publish(place, clusters)
    assert titles(search(place)) == ["Ships"]
    assert sorted(titles(search(place), visibility=INSIDE)) == ["Seals", "Ships"]
    assert verify(cluster, clusters).whole


def test_a_batch_that_is_repeated_changes_nothing(place: ElasticSettings, cluster: Cluster) -> None:
    clusters = Clusters([thing(f"Ships {number}") for number in range(7)])
    publisher = ElasticPublisher(cluster, clusters)
    publisher.step(3)
    publish(place, clusters)  # as after a kill: another writer goes on from the place that was kept
    found = verify(cluster, clusters)
    assert (found.documents, found.whole) == (7, True)
    with pytest.raises(Conflict):
        publisher.step(3)
    publish(place, clusters)
    assert verify(cluster, clusters).whole


class Breaking(Clusters):
    """A source that fails once behind so many records."""

    def __init__(self, behind: int) -> None:
        super().__init__()
        self.left: int | None = behind

    def unified(self, cluster_ids: Sequence[str]) -> Sequence[UnifiedRecord]:
        found = list(super().unified(cluster_ids))
        if self.left is None:
            return found
        behind, self.left = self.left, None
        return [*found[:behind], cast("UnifiedRecord", None)]


def test_a_batch_that_fails_when_part_of_it_is_sent_is_sent_again(place: ElasticSettings, cluster: Cluster) -> None:
    clusters = Breaking(0)
    clusters.left = None
    publish(place, clusters)
    gone = thing("Seals", native_id="gone")
    clusters.put(gone, *(thing(f"Ships {number}", native_id=str(number)) for number in range(MOST_ITEMS + 9)))
    publish(place, clusters)
    clusters.drop(gone.id)
    clusters.put(*(thing(f"Boats {number}", native_id=str(number)) for number in range(MOST_ITEMS + 9)))
    clusters.left = MOST_ITEMS + 2
    publisher = ElasticPublisher(cluster, clusters)
    before = publisher.upcoming().after
    with pytest.raises(AttributeError):
        publisher.step()
    assert publisher.upcoming().after == before
    publisher.step()
    found = verify(cluster, clusters)
    assert (found.documents, found.whole) == (MOST_ITEMS + 9, True)


def test_an_older_write_that_arrives_late_brings_nothing_back(place: ElasticSettings, cluster: Cluster) -> None:
    clusters = Clusters([thing("Ships", native_id="a")])
    publish(place, clusters)
    (doc_id,) = (f"{key}:public" for key in clusters.present)
    clusters.drop(thing("Ships", native_id="a").id)
    publish(place, clusters)
    late = Write(index=Shelf(cluster).written("000001", "open"), id=doc_id, version=1, source=b"{}")
    assert Bulk(cluster).send([late]) == ()
    Shelf(cluster).refresh("000001")
    assert titles(search(place)) == []


@pytest.mark.parametrize("harm", ["deleted", "overwritten"])
def test_what_was_harmed_by_hand_after_the_last_change_is_repaired_and_changes_later(
    place: ElasticSettings, cluster: Cluster, harm: str
) -> None:
    clusters = Clusters([thing("Ships", native_id="a")])
    publish(place, clusters)
    (key,) = clusters.present
    path = f"/{Shelf(cluster).index('000001', 'open')}/_doc/{engine_id(f'{key}:public')}"
    if harm == "deleted":
        cluster.ask("DELETE", path, Acknowledged, params={"refresh": "true"})
    else:
        (other,) = document_of(thing("Boats", native_id="b"))
        cluster.ask("PUT", path, Acknowledged, body=engine_document(other), params={"refresh": "true"})
    assert not verify(cluster, clusters).whole
    publisher = ElasticPublisher(for_work(place), clusters)
    publisher.repair([key])
    assert verify(cluster, clusters).whole
    clusters.put(thing("Ships at sea", native_id="a"))
    publisher.step()
    publisher.close()
    assert verify(cluster, clusters).whole
    assert titles(search(place)) == ["Ships at sea"]


def test_a_document_that_is_refused_does_not_keep_the_others(place: ElasticSettings, cluster: Cluster) -> None:
    publish(place, Clusters([]))
    index = Shelf(cluster).written("000001", "open")
    writes = [Write(index=index, id=str(n), version=n, source=b'{"year":[1]}') for n in range(1, 4)]
    bad = Write(index=index, id="bad", version=1, source=b'{"nosuch":1}')
    (rejected,) = Bulk(cluster).send([*writes[:1], bad, *writes[1:]])
    assert (rejected.doc_id, "nosuch" in rejected.reason) == ("bad", True)
    Shelf(cluster).refresh("000001")
    assert search(place).moment(INSIDE).count(All()) == 3


def test_an_index_that_was_taken_away_is_made_again(place: ElasticSettings, cluster: Cluster) -> None:
    clusters = Clusters([thing("Ships")])
    publisher = ElasticPublisher(for_work(place), clusters)
    while publisher.step().behind:
        pass
    Shelf(cluster).drop("000001")
    clusters.put(thing("Maps"))
    with pytest.raises(NotThere):
        publisher.step()
    while publisher.step().behind:
        pass
    publisher.close()
    assert sorted(titles(search(place))) == ["Maps", "Ships"]


def test_a_rebuild_answers_once_it_is_whole_and_the_old_one_till_then(place: ElasticSettings, cluster: Cluster) -> None:
    clusters = Clusters([thing("Ships"), thing("Maps")])
    publish(place, clusters)
    shelf = Shelf(cluster)
    publisher = ElasticPublisher(for_work(place), clusters, begun=shelf.start())
    publisher.step(1)
    assert (shelf.live(), sorted(titles(search(place)))) == ("000001", ["Maps", "Ships"])
    while publisher.step(1).behind:
        pass
    publisher.close()
    kept = shelf.kept("000001")
    assert (shelf.live(), shelf.all()) == ("000002", ["000001", "000002"])
    assert kept is not None
    assert kept.state.retired is not None
    assert sorted(titles(search(place))) == ["Maps", "Ships"]


def test_a_difference_is_named(place: ElasticSettings, cluster: Cluster) -> None:
    clusters = Clusters([thing("Ships", native_id="a"), thing("Maps", native_id="b")])
    publish(place, clusters)
    (taken, _) = sorted(f"{key}:public" for key in clusters.present)
    index = Shelf(cluster).index("000001", "open")
    cluster.ask("DELETE", f"/{index}/_doc/{taken}", Acknowledged, params={"refresh": "true"})
    assert verify(cluster, clusters).missing == (taken,)
