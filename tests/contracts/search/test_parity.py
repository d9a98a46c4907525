"""The same request means the same on every engine: ids, counts, facets, bars, reasons and order, of one corpus."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from index.ports import SearchBackend
from index.request import FacetFilter, SearchRequest
from index.results import SearchAnswer
from mappings.schema.access import EVERYONE
from tests.benchmarks.catalogue import queries, records
from tests.index.elastic import indexed as elastic_indexed
from tests.index.indexed import indexed

RECORDS, QUERIES = 1_500, 200
FACETS = ("institution", "type", "level", "language", "creator", "subject", "place", "fonds", "rights", "century")
SORTS = ("relevance", "title", "date", "date_desc", "creator", "code")
#: forms of a query; each of the words is put into one of them
FORMS = ("{0}", '"{0}"', "title:({0})", "{0} OR bath", "{0} -parish", "{0}~", "({0}) date:1800..1900", "title:^{0}")

pytestmark = pytest.mark.elasticsearch


@pytest.fixture(scope="module", name="embedded_search")
def fixture_embedded_search(tmp_path_factory: pytest.TempPathFactory) -> SearchBackend:
    """The corpus in the process."""
    return indexed(tmp_path_factory.mktemp("index"), records(RECORDS))


@pytest.fixture(scope="module", name="cluster_search", params=[1, 3], ids=["1-shard", "3-shards"])
def fixture_cluster_search(request: pytest.FixtureRequest, elasticsearch: str) -> Iterator[SearchBackend]:
    """The corpus in a cluster."""
    place = elastic_indexed.settings(elasticsearch, shards=request.param)
    yield elastic_indexed.indexed(place, records(RECORDS))
    elastic_indexed.drop(place)


def requests() -> Iterator[SearchRequest]:
    """Two hundred requests of every form, sort and kind of filter."""
    for number, text in enumerate(queries(QUERIES, seed=5)):
        chosen = (FacetFilter(facet="level", values=("item", "file")),) if number % 5 == 0 else ()
        chosen += (FacetFilter(facet="century", values=("1800", "undated"), mode="none"),) if number % 11 == 0 else ()
        yield SearchRequest(
            visibility=EVERYONE,
            text=FORMS[number % len(FORMS)].format(text),
            filters=chosen,
            sort=SORTS[number // 8 % len(SORTS)],  # type: ignore[arg-type]
            page=1 + number % 2,
            page_size=10,
            facets=FACETS,
            histogram=True,
            view="members" if number % 7 == 0 else "merged",
            group=("fonds", "work")[number % 2] if number % 3 == 0 else "none",
        )


def said(answer: SearchAnswer) -> SearchAnswer:
    """All of an answer but the name of the commit that it was read from."""
    return msgspec.structs.replace(answer, commit="")


def test_two_hundred_requests_are_answered_alike(embedded_search: SearchBackend, cluster_search: SearchBackend) -> None:
    found = 0
    for request in requests():
        expected = said(embedded_search.search(request))
        assert said(cluster_search.search(request)) == expected, request.text
        found += bool(expected.total)
    assert found > QUERIES // 2


def test_values_of_a_facet_are_found_alike(embedded_search: SearchBackend, cluster_search: SearchBackend) -> None:
    request = SearchRequest(visibility=EVERYONE, text="parish")
    for facet in FACETS:
        for contains in ("", "ba", "r"):
            expected = embedded_search.facet_values(request, facet, contains=contains)
            assert cluster_search.facet_values(request, facet, contains=contains) == expected
