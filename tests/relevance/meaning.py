"""A search that finds by meaning too: the documents of a collection embedded as the product would."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.nearness import Nearness
from index.semantic.bundled import bundled
from index.semantic.centring import neutral_of
from index.semantic.embedder import Embedder
from index.semantic.files import FileVectors
from index.semantic.nearness import VectorNearness
from index.semantic.reading import FileReader
from index.semantic.texts import passage_of
from index.semantic.vectors import Embedded, Reached
from mappings.schema.unified import UnifiedRecord

_BATCH = 64
#: no query is late: what is judged is the order, not the machine
_PATIENCE_SECONDS = 60.0


@contextmanager
def near_to(documents: Sequence[UnifiedRecord]) -> Iterator[Nearness]:
    """What is near among these documents by the bundled model; raises EmbedderAbsent."""
    embedder = bundled()
    with tempfile.TemporaryDirectory() as folder:
        writer = FileVectors(Path(folder), lambda: neutral_of(embedder))
        for start in range(0, len(documents), _BATCH):
            writer.write(_embedded(embedder, documents[start : start + _BATCH]), (), Reached(first=0, last=0))
        nearness = VectorNearness(lambda: embedder, lambda _: FileReader(Path(folder)), query_seconds=_PATIENCE_SECONDS)
        nearness.status(wait=True)
        try:
            yield nearness
        finally:
            nearness.close()


def _embedded(embedder: Embedder, documents: Sequence[UnifiedRecord]) -> list[Embedded]:
    passages = [passage_of(each) for each in documents]
    vectors = embedder.passages([each.text for each in passages])
    return [
        Embedded(cluster_id=document.id, tongue=passage.tongue, digest=passage.digest, vector=vector)
        for document, passage, vector in zip(documents, passages, vectors, strict=True)
    ]
