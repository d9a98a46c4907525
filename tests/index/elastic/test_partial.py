"""A cluster of which a part does not answer in time: what was found is given, and told to be a part."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from index.answering import answer
from index.elastic.cluster import Cluster, for_search
from index.elastic.known import Known
from index.elastic.moment import ElasticMoment
from index.errors import BackendUnavailable
from index.facets import facet_values
from index.results import SearchAnswer
from tests.contracts.search.things import ask
from tests.index.elastic.test_away import answering

Shards = dict[str, int]


def part_found(shards: Shards, *, timed_out: bool = False) -> Callable[[bytes], tuple[int, object]]:
    """A cluster that counts three documents, with so many of its shards."""

    def said(body: bytes) -> tuple[int, object]:
        asked = msgspec.json.decode(body)
        counted: dict[str, object] = {name: {"buckets": []} for name in asked.get("aggs", {})}
        found = {"hits": [], "total": {"value": 3}}
        return 200, {"hits": found, "timed_out": timed_out, "_shards": shards, "aggregations": counted, "docs": []}

    return said


def moment(cluster: Cluster) -> ElasticMoment:
    return ElasticMoment(cluster, "000001.1", ["open"], Known(lambda: 0.0))


@pytest.mark.parametrize(
    ("shards", "timed_out"), [({"total": 3, "failed": 1}, False), ({"total": 3, "failed": 0}, True)]
)
def test_a_part_is_given_and_told_as_one(shards: Shards, timed_out: bool) -> None:
    with answering(part_found(shards, timed_out=timed_out)) as place:
        cluster = for_search(place)
        found = answer(moment(cluster), ask("ships", facets=("level",)))
        cluster.close()
    assert (found.total, found.exact) == (3, False)
    assert "partial" in [notice.code for notice in found.notices]


def test_a_whole_answer_says_nothing_of_parts() -> None:
    with answering(part_found({"total": 3, "failed": 0})) as place:
        cluster = for_search(place)
        found: SearchAnswer = answer(moment(cluster), ask("ships"))
        cluster.close()
    assert (found.exact, found.notices) == (True, ())


def test_no_shard_is_no_answer_and_counts_alone_are_whole_or_none() -> None:
    with answering(part_found({"total": 3, "failed": 3})) as place:
        cluster = for_search(place)
        with pytest.raises(BackendUnavailable):
            answer(moment(cluster), ask("ships"))
        cluster.close()
    with answering(part_found({"total": 3, "failed": 1})) as place:
        cluster = for_search(place)
        with pytest.raises(BackendUnavailable):
            facet_values(moment(cluster), ask("ships"), "level", "", 10)
        cluster.close()


def test_what_a_part_knows_of_values_is_not_kept() -> None:
    known = Known(lambda: 0.0)
    assert known.labels("level", ["a"], lambda _facet, _values: {}, whole=lambda: False) == {}
    assert known.labels("level", ["a"], lambda _facet, _values: {"a": "A"}) == {"a": "A"}
