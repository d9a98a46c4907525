"""Unified records into documents, and documents into an embedded index that answers."""

from __future__ import annotations

import tempfile
from pathlib import Path

from index.documents import documents
from tests.benchmarks.backends import backend, cluster, cluster_index
from tests.benchmarks.catalogue import records
from tests.benchmarks.packed import Packed
from tests.benchmarks.result import Result, measured, peak_mib
from tests.index import indexed

#: records of which documents are made apart from any engine
_SAMPLE = 20_000


def run(count: int) -> list[Result]:
    """Documents made and records indexed per CPU second, and the index's size on disk."""
    made = Packed(records(count))
    sample = list(records(min(count, _SAMPLE)))
    with measured() as making:
        for _ in documents(sample):
            pass
    if backend() != "tantivy":
        with cluster() as url, measured() as indexing, cluster_index(url, made):
            pass
        return [
            making.per_cpu_second("index_documents", "exchange", len(sample)),
            indexing.per_wall_second("index_elasticsearch", "exchange", count),
        ]
    with tempfile.TemporaryDirectory() as folder:
        with measured() as indexing:
            indexed.publish(Path(folder), made)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    return [
        making.per_cpu_second("index_documents", "exchange", len(sample)),
        indexing.per_cpu_second("index", "exchange", count),
        Result(
            name="index_size",
            subject="exchange",
            value=round(size / 2**20, 1),
            unit="MiB",
            n=count,
            cpu_seconds=round(indexing.cpu_seconds, 3),
            wall_seconds=round(indexing.wall_seconds, 3),
            peak_mib=peak_mib(),
        ),
    ]
