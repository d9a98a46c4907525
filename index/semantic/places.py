"""Where a model's vectors lie: in the data folder, or in the cluster that has the index.

The cluster's client is an extra: its modules are imported where a cluster is named.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.elastic.settings import ElasticSettings
from index.semantic.centring import neutral_of
from index.semantic.embedder import Embedder
from index.semantic.files import FileVectors
from index.semantic.reading import FileReader
from index.semantic.settings import SemanticSettings
from index.semantic.vectors import VectorReader, VectorWriter

if TYPE_CHECKING:
    from index.elastic.cluster import Cluster


def writer_of(settings: SemanticSettings, embedder: Embedder) -> VectorWriter:
    """The one writer of a model's vectors; raises EmbedderAbsent, BackendUnavailable."""
    if settings.cluster is None:
        return FileVectors(_folder(settings, embedder), lambda: neutral_of(embedder))
    from index.elastic.vector_writing import ClusterVectors

    return ClusterVectors(_working(settings.cluster), embedder.fingerprint, lambda: neutral_of(embedder))


def reader_of(settings: SemanticSettings, embedder: Embedder) -> VectorReader:
    """A model's vectors; raises OSError while there are none, BackendUnavailable."""
    if settings.cluster is None:
        return FileReader(_folder(settings, embedder))
    from index.elastic.cluster import for_search
    from index.elastic.vector_reading import ClusterReader

    return ClusterReader(for_search(settings.cluster), embedder.fingerprint)


def drop_others(settings: SemanticSettings, embedder: Embedder) -> None:
    """Takes the vectors of other models away: those of this one are whole."""
    if settings.cluster is not None:
        from index.elastic import vector_index

        vector_index.drop_others(_working(settings.cluster), embedder.fingerprint)
        return
    for folder in Path(settings.folder).iterdir():
        if folder.name != embedder.fingerprint:
            shutil.rmtree(folder, ignore_errors=True)


def _folder(settings: SemanticSettings, embedder: Embedder) -> Path:
    return Path(settings.folder) / embedder.fingerprint


@cache
def _working(settings: ElasticSettings) -> Cluster:
    """The cluster as the standing job uses it, step after step."""
    from index.elastic.cluster import for_work

    return for_work(settings)
