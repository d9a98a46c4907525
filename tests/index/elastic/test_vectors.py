"""Vectors in a cluster, which has no commit over several documents: a write cut off anywhere leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from index.elastic import vector_index
from index.elastic.cluster import Cluster, Conflict, for_search, for_work
from index.elastic.settings import ElasticSettings
from index.elastic.vector_reading import ClusterReader
from index.elastic.vector_writing import ClusterVectors
from index.errors import BackendUnavailable
from index.nearness import NearnessUnavailable
from index.semantic.centring import shipped
from index.semantic.nearness import VectorNearness
from index.semantic.vectors import Reached
from tests.contracts.vectors.things import WHOLE, Named, things
from tests.index.elastic import indexed

pytestmark = pytest.mark.elasticsearch

MODEL = shipped().fingerprint
LATER = Reached(first=0, last=20)


class Breaking(Cluster):
    """A cluster that goes away after so many requests; with the last of them sent, its answer is lost."""

    def __init__(self, settings: ElasticSettings, left: int) -> None:
        super().__init__(settings, timeout_seconds=30)
        self.left = left

    def ask(self, *given: Any, **named: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise BackendUnavailable("gone")
        answer = super().ask(*given, **named)
        if self.left == 0:
            raise BackendUnavailable("gone")
        return answer


@pytest.fixture(name="settings")
def fixture_settings(elasticsearch: str) -> Iterator[ElasticSettings]:
    made = indexed.settings(elasticsearch)
    yield made
    indexed.drop(made)


def vectors(cluster: Cluster) -> ClusterVectors:
    return ClusterVectors(cluster, MODEL, shipped)


def state(cluster: Cluster) -> vector_index.State:
    kept = vector_index.read_state(cluster, vector_index.alias_of(cluster, MODEL))
    assert kept is not None
    return kept.state


def test_a_write_that_is_cut_off_anywhere_is_made_once(settings: ElasticSettings) -> None:
    cluster, made = for_work(settings), things(40)
    vectors(cluster).write(made[:30], (), WHOLE)
    changed = things(12, seed=7)
    for left in range(1, 12):
        breaking = Breaking(settings, left)
        try:
            vectors(breaking).write([*changed, *made[30:]], ["c00020"], LATER)
        except BackendUnavailable:
            pass
        else:
            break
        finally:
            breaking.close()
        vectors(cluster).write([*changed, *made[30:]], ["c00020"], LATER)
        found = state(cluster)
        whole = [*changed, *(each for each in made[12:] if each.cluster_id != "c00020")]
        assert (found.pending, found.last, vectors(cluster).count()) == (None, 20, len(whole))
        for tongue, kept in found.tongues.items():
            own = [each.vector.astype(float) for each in whole if each.tongue == tongue]
            assert kept.count == len(own)
            assert np.allclose(np.frombuffer(kept.total), sum(own), atol=1e-4)
        vectors(cluster).write(made[:30], [each.cluster_id for each in made[30:]], WHOLE)
    else:
        raise AssertionError("a write asks more of a cluster than was tried")
    cluster.close()


def test_of_two_writers_the_later_one_is_told(settings: ElasticSettings) -> None:
    cluster, made = for_work(settings), things(4)
    one, other = vectors(cluster), vectors(cluster)
    one.write(made, (), WHOLE)
    with pytest.raises(Conflict):
        other.write(made[:1], (), LATER)
    assert (vectors(cluster).count(), vectors(cluster).reached) == (4, WHOLE)
    cluster.close()


def test_a_cluster_that_is_away_leaves_searches_to_words_and_says_so(settings: ElasticSettings) -> None:
    cluster = for_work(settings)
    vectors(cluster).write(things(4), (), WHOLE)
    reading = for_search(settings)
    reader = ClusterReader(reading, MODEL)
    nearness = VectorNearness(Fixed, lambda _: reader, query_seconds=5)
    assert (nearness.status(wait=True).state, nearness.status().vectors) == ("on", 4)
    assert len(nearness.near("whales", 10)) == 4
    indexed.drop(settings)
    with pytest.raises(NearnessUnavailable):
        nearness.near("whales", 10)
    assert nearness.status().state == "unreachable"
    nearness.close()
    vectors(cluster).write(things(2), (), WHOLE)
    assert vectors(cluster).count() == 2
    cluster.close()


class Fixed(Named):
    """A model that gives every text the same vector."""

    def __init__(self) -> None:
        super().__init__(MODEL)

    def queries(self, texts: Any) -> Any:
        return np.tile(np.eye(1, 384, dtype=np.float32), (len(texts), 1))

    passages = queries


def test_a_vector_that_the_cluster_refuses_is_left_out_and_the_rest_goes_on(settings: ElasticSettings) -> None:
    cluster, made = for_work(settings), things(6)
    written = vectors(cluster)
    assert written.write(made, (), WHOLE) == ()
    # a word of more than 32,766 bytes is what the server does not index
    odd = [replace(made[0], tongue="x" * 40_000), replace(things(7)[6], tongue="y" * 40_000)]
    refused = vectors(cluster).write([*odd, made[1]], (), LATER)
    assert {each.cluster_id for each in refused} == {"c00000", "c00006"}
    again = vectors(cluster)
    assert again.reached == LATER
    assert again.digests(["c00000", "c00001", "c00006"]).keys() == {"c00001"}
    kept = state(cluster)
    assert sum(each.count for each in kept.tongues.values()) == again.count() == 5
    own = [each.vector.astype(float) for each in made[1:] if each.tongue == "en"]
    assert np.allclose(np.frombuffer(kept.tongues["en"].total), sum(own), atol=1e-4)
    cluster.close()
