"""Where a model's vectors lie: in the data folder, whichever engine has the index."""

from __future__ import annotations

import shutil
from pathlib import Path

from index.semantic.centring import neutral_of
from index.semantic.embedder import Embedder
from index.semantic.files import FileVectors
from index.semantic.reading import FileReader
from index.semantic.settings import SemanticSettings
from index.semantic.vectors import VectorReader, VectorWriter


def writer_of(settings: SemanticSettings, embedder: Embedder) -> VectorWriter:
    """The one writer of a model's vectors; raises EmbedderAbsent."""
    return FileVectors(_folder(settings, embedder), lambda: neutral_of(embedder))


def reader_of(settings: SemanticSettings, embedder: Embedder) -> VectorReader:
    """A model's vectors; raises OSError while there are none."""
    return FileReader(_folder(settings, embedder))


def drop_others(settings: SemanticSettings, embedder: Embedder) -> None:
    """Takes the vectors of other models away: those of this one are whole."""
    for folder in Path(settings.folder).iterdir():
        if folder.name != embedder.fingerprint:
            shutil.rmtree(folder, ignore_errors=True)


def _folder(settings: SemanticSettings, embedder: Embedder) -> Path:
    return Path(settings.folder) / embedder.fingerprint
