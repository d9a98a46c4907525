"""The index of a benchmark: in the process, or in a real cluster that is started for it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.elastic.settings import ElasticSettings
from index.places import search_at
from index.ports import ChangeSource, SearchBackend
from index.semantic.settings import BUNDLED, SemanticSettings
from mappings.schema.unified import UnifiedRecord
from portal_api.dev.elasticsearch import running
from tests.benchmarks.packed import Packed
from tests.index import indexed
from tests.index.elastic.indexed import drop, publish, settings

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
def cluster_index(url: str, made: ChangeSource) -> Iterator[ElasticSettings]:
    """An index of these clusters in a cluster of engines, dropped when the block ends."""
    place = settings(url)
    try:
        publish(place, made)
        yield place
    finally:
        drop(place)


@contextmanager
def searching_over(made: Iterable[UnifiedRecord]) -> Iterator[SearchBackend]:
    """A search over these records on the backend that is asked for."""
    if backend() == "tantivy":
        with tempfile.TemporaryDirectory() as folder:
            indexed.publish(Path(folder), Packed(made))
            yield search_at(Path(folder))
        return
    with cluster() as url, cluster_index(url, Packed(made)) as place:
        yield search_at(place)


@contextmanager
def searching_with_vectors(made: Packed) -> Iterator[tuple[SearchBackend, SemanticSettings]]:
    """A search over these clusters on the backend that is asked for, and where their vectors lie: in one cluster."""
    if backend() == "tantivy":
        with tempfile.TemporaryDirectory() as folder:
            indexed.publish(Path(folder, "index"), made)
            vectors = Path(folder, "vectors")
            vectors.mkdir()
            yield search_at(Path(folder, "index")), SemanticSettings(embedder=BUNDLED, folder=str(vectors))
        return
    with cluster() as url, cluster_index(url, made) as place:
        yield search_at(place), SemanticSettings(embedder=BUNDLED, cluster=place)
