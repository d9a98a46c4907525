"""The index of a benchmark: in the process, or in a real cluster that is started for it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.elastic.settings import ElasticSettings
from index.places import search_at
from index.ports import SearchBackend
from mappings.schema.unified import UnifiedRecord
from portal_api.dev.elasticsearch import running
from tests.index import indexed
from tests.index.elastic.indexed import drop, publish, settings
from tests.index.indexed import Clusters

_HEAP_MIB = 1_024


def backend() -> str:
    """`tantivy` or `elasticsearch`."""
    return os.environ.get("EXCHANGE_BENCHMARK_BACKEND", "tantivy")


@contextmanager
def cluster() -> Iterator[str]:
    """The address of `EXCHANGE_TEST_ELASTICSEARCH_URL`, else of one that is started."""
    if stated := os.environ.get("EXCHANGE_TEST_ELASTICSEARCH_URL"):
        yield stated
        return
    with running(heap_mib=_HEAP_MIB) as (node,):
        yield node.url


@contextmanager
def cluster_index(url: str, made: Sequence[UnifiedRecord]) -> Iterator[ElasticSettings]:
    """An index of these records in a cluster, dropped when the block ends."""
    place = settings(url)
    try:
        publish(place, Clusters(made))
        yield place
    finally:
        drop(place)


@contextmanager
def searching_over(made: Sequence[UnifiedRecord]) -> Iterator[SearchBackend]:
    """A search over these records on the backend that is asked for."""
    if backend() == "tantivy":
        with tempfile.TemporaryDirectory() as folder:
            yield indexed.indexed(Path(folder), made)
        return
    with cluster() as url, cluster_index(url, made) as place:
        yield search_at(place)
