"""Whether a model gives what it should: vectors of length 1, and samples as near to each other as they were measured.

A wheel built for another processor, or a service behind which the model was exchanged, would rank nonsense in silence.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from index.semantic.embedder import Embedder, Vectors
from index.semantic.errors import EmbedderAbsent

_UNIT_TOLERANCE = 1e-3
#: between processors the bundled model's cosines differ in the fourth digit
_COSINE_TOLERANCE = 0.01


class Sample(NamedTuple):
    """A query and a passage, and their cosine by the bundled model."""

    query: str
    passage: str
    cosine: float


#: three that belong together, then three that do not
SAMPLES = (
    Sample("抗战时期的日记", "私人日记，1937年至1945年", 0.8996),
    Sample("whaling voyages", "捕鲸船航海日志", 0.8116),
    Sample("洗礼登记", "Baptism register of the parish", 0.8276),
    Sample("whaling voyages", "Register of christenings, St Mary's church, 1813-1837", 0.7700),
    Sample("parish registers of baptisms", "捕鲸船航海日志", 0.7316),
    Sample("抗战时期的日记", "Baptism register of the parish", 0.7898),
)
_RELATED = 3


def check_bundled(embedder: Embedder) -> None:
    """Raises EmbedderAbsent where the bundled model departs from what was measured."""
    for sample, found in zip(SAMPLES, _cosines(embedder), strict=True):
        if abs(found - sample.cosine) > _COSINE_TOLERANCE:
            raise EmbedderAbsent(
                "self_check_failed",
                f"expected a cosine of {sample.cosine:.3f} between {sample.query!r} and {sample.passage!r}, "
                f"found {found:.3f}",
            )


def check_service(embedder: Embedder) -> None:
    """Raises EmbedderAbsent where a service's model holds what belongs together no nearer than what does not."""
    cosines = _cosines(embedder)
    if min(cosines[:_RELATED]) <= max(cosines[_RELATED:]):
        raise EmbedderAbsent(
            "self_check_failed",
            f"expected samples in two languages that belong together to be nearer than others, found {cosines}",
        )


def _cosines(embedder: Embedder) -> list[float]:
    queries = checked(embedder.queries([sample.query for sample in SAMPLES]))
    passages = checked(embedder.passages([sample.passage for sample in SAMPLES]))
    return [round(float(each), 4) for each in (queries * passages).sum(axis=1)]


def checked(vectors: Vectors) -> Vectors:
    """The vectors; raises EmbedderAbsent where one is not of length 1."""
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.all(np.abs(lengths - 1) <= _UNIT_TOLERANCE):
        raise EmbedderAbsent("self_check_failed", f"expected vectors of length 1, found {float(lengths.max()):.3f}")
    return vectors
