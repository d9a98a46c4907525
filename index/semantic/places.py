"""Where a model's vectors lie: beside an embedded index; the one place that chooses what keeps them."""

from __future__ import annotations

import shutil
from pathlib import Path

from index.places import IndexPlace
from index.semantic.centring import neutral_of
from index.semantic.embedder import Embedder
from index.semantic.errors import EmbedderAbsent
from index.semantic.files import FileVectors, vectors_folder
from index.semantic.reading import FileReader
from index.semantic.vectors import VectorReader, VectorWriter


def writer_at(place: IndexPlace, embedder: Embedder) -> VectorWriter:
    """The one writer of a model's vectors; raises EmbedderAbsent, BackendUnavailable."""
    if isinstance(place, Path):
        return FileVectors(vectors_folder(place, embedder.fingerprint), neutral_of(embedder))
    raise EmbedderAbsent("off", "vectors are kept beside an embedded index alone")


def reader_at(place: IndexPlace, embedder: Embedder) -> VectorReader:
    """A model's vectors; raises OSError while there are none, BackendUnavailable."""
    if isinstance(place, Path):
        return FileReader(vectors_folder(place, embedder.fingerprint))
    raise FileNotFoundError("vectors are kept beside an embedded index alone")


def drop_others(place: IndexPlace, embedder: Embedder) -> None:
    """Takes the vectors of other models away: those of this one are whole."""
    if isinstance(place, Path):
        for folder in (place / "vectors").iterdir():
            if folder.name != embedder.fingerprint:
                shutil.rmtree(folder, ignore_errors=True)
