"""Every test of the contract runs on every backend: in the process, and on a real cluster with one shard and three."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from index.ports import SearchBackend
from mappings.schema.unified import UnifiedRecord
from tests.index.elastic import indexed as elastic_indexed
from tests.index.indexed import indexed

#: makes a search over records; calling it twice gives two
IndexOf = Callable[[Iterable[UnifiedRecord]], SearchBackend]

#: name -> primaries of each index
_SHARDS = {"elasticsearch": 1, "elasticsearch-3": 3}


@pytest.fixture(
    scope="module",
    name="index_of",
    params=["embedded", *(pytest.param(name, marks=pytest.mark.elasticsearch) for name in _SHARDS)],
)
def fixture_index_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexOf]:
    """Makes a search over the records that it is given."""
    if request.param == "embedded":
        yield lambda records: indexed(tmp_path_factory.mktemp("index"), records)
        return
    url: str = request.getfixturevalue("elasticsearch")
    made = []

    def index_of(records: Iterable[UnifiedRecord]) -> SearchBackend:
        made.append(elastic_indexed.settings(url, shards=_SHARDS[request.param]))
        return elastic_indexed.indexed(made[-1], records)

    yield index_of
    for place in made:
        elastic_indexed.drop(place)
