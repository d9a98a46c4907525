"""A cluster of which a part does not answer in time: what was found is given, and told to be a part."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from index.answering import answer
from index.browsing import browse
from index.elastic.cluster import Cluster, for_search
from index.elastic.known import Known
from index.elastic.moment import ElasticMoment
from index.errors import BackendUnavailable
from index.facets import facet_values
from index.results import SearchAnswer
from index.similar import similar
from index.suggesting import suggest
from mappings.schema.access import EVERYONE
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


#: each asks, and says whether the answer is whole
HELP: dict[str, Callable[[ElasticMoment], bool]] = {
    "suggest": lambda engine: suggest(engine, EVERYONE, "ships").is_whole,
    "similar": lambda engine: similar(engine, EVERYONE, "c-none").is_whole,
    "facet": lambda engine: facet_values(engine, ask("ships"), "level", "", 10).is_whole,
    "facet searched": lambda engine: facet_values(engine, ask("ships"), "creator", "ann", 10).is_whole,
    "browse": lambda engine: browse(engine, EVERYONE, "creator", "", before=0, limit=10).is_whole,
}


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


def test_no_shard_is_no_answer() -> None:
    with answering(part_found({"total": 3, "failed": 3})) as place:
        cluster = for_search(place)
        with pytest.raises(BackendUnavailable):
            answer(moment(cluster), ask("ships"))
        cluster.close()
        for help_to_find in HELP.values():
            with pytest.raises(BackendUnavailable):
                help_to_find(moment(cluster))
        cluster.close()


@pytest.mark.parametrize("name", HELP)
@pytest.mark.parametrize("failed", [0, 1])
def test_what_helps_to_find_is_given_in_part_and_told_as_one(name: str, failed: int) -> None:
    with answering(part_found({"total": 3, "failed": failed})) as place:
        cluster = for_search(place)
        assert HELP[name](moment(cluster)) == (not failed)
        cluster.close()


def test_suggestions_are_those_that_came_in_time() -> None:
    """The first kind comes in time, the others would not."""
    seconds = iter((0.0, 0.0, *(5.0 for _ in range(9))))
    with answering(part_found({"total": 3, "failed": 0})) as place:
        cluster = for_search(place)
        assert not suggest(moment(cluster), EVERYONE, "ships", clock=lambda: next(seconds)).is_whole
        cluster.close()


def test_what_a_part_knows_of_values_is_not_kept() -> None:
    known = Known(lambda: 0.0)
    assert known.labels("level", ["a"], lambda _facet, _values: {}, whole=lambda: False) == {}
    assert known.labels("level", ["a"], lambda _facet, _values: {"a": "A"}) == {"a": "A"}
