"""Pages and counts of one search are answered by the same copies of an index, so that none is at odds with another."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator

import pytest

from index.elastic.backend import ElasticSearch
from index.request import FacetFilter
from tests.contracts.search.things import INSIDE, ask, thing
from tests.index.elastic.indexed import drop, indexed, settings

pytestmark = pytest.mark.elasticsearch

Routes = Callable[..., set[str]]


@pytest.fixture(name="routes")
def fixture_routes(elasticsearch: str, caplog: pytest.LogCaptureFixture) -> Iterator[Routes]:
    """The copies that a search named on the wire."""
    place = settings(elasticsearch)
    search: ElasticSearch = indexed(place, [thing("Ships"), thing("Ships of the line")])

    def routes(text: str, **fields: object) -> set[str]:
        caplog.clear()
        with caplog.at_level(logging.INFO, "elastic_transport.transport"):
            search.search(ask(text, **fields))
        return set(re.findall(r"_search\?\S*preference=(\w+)", caplog.text))

    yield routes
    drop(place)


def test_every_page_and_count_of_a_search_has_one_route(routes: Routes) -> None:
    first = routes("ships", facets=("level", "type"), filters=(FacetFilter(facet="level", values=("item",)),))
    assert len(first) == 1
    narrowed = (FacetFilter(facet="level", values=("item", "item")),)
    assert routes(" ships ", page=2, page_size=10, filters=narrowed) == first


def test_another_search_or_another_reader_has_another_route(routes: Routes) -> None:
    asked = [routes("ships"), routes("maps"), routes("ships", sort="title"), routes("ships", visibility=INSIDE)]
    assert [len(each) for each in asked] == [1, 1, 1, 1]
    assert len(set.union(*asked)) == 4
