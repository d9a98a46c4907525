"""Every test of the contract runs on every backend: in the process, and on a real cluster with one shard and three."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from index.embedded.backend import EmbeddedSearch
from index.ports import SearchBackend
from mappings.schema.unified import UnifiedRecord
from tests.index import indexed as embedded_indexed
from tests.index.elastic import indexed as elastic_indexed
from tests.index.indexed import Clusters

#: makes a search over records; calling it twice gives two
IndexOf = Callable[[Iterable[UnifiedRecord]], SearchBackend]
#: makes a search over clusters, and what brings it up to their changes
Following = Callable[[Clusters], tuple[SearchBackend, Callable[[], None]]]

#: name -> primaries of each index
_SHARDS = {"elasticsearch": 1, "elasticsearch-3": 3}


@pytest.fixture(
    scope="module",
    name="following",
    params=["embedded", *(pytest.param(name, marks=pytest.mark.elasticsearch) for name in _SHARDS)],
)
def fixture_following(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Following]:
    """Makes a search over the clusters that it is given, which may change."""
    if request.param == "embedded":
        yield lambda clusters: _embedded(tmp_path_factory, clusters)
        return
    url: str = request.getfixturevalue("elasticsearch")
    made = []

    def following(clusters: Clusters) -> tuple[SearchBackend, Callable[[], None]]:
        place = elastic_indexed.settings(url, shards=_SHARDS[request.param])
        made.append(place)
        elastic_indexed.publish(place, clusters)
        return elastic_indexed.searching(place), lambda: elastic_indexed.publish(place, clusters)

    yield following
    for place in made:
        elastic_indexed.drop(place)


def _embedded(folders: pytest.TempPathFactory, clusters: Clusters) -> tuple[SearchBackend, Callable[[], None]]:
    folder = folders.mktemp("index")
    embedded_indexed.publish(folder, clusters)
    return EmbeddedSearch(folder), lambda: embedded_indexed.publish(folder, clusters)


@pytest.fixture(scope="module", name="index_of")
def fixture_index_of(following: Following) -> IndexOf:
    """Makes a search over the records that it is given."""
    return lambda records: following(Clusters(records))[0]
