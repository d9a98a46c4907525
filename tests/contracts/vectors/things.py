"""Things with vectors as multilingual models give them: those of a language lie together, away from the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.semantic.centring import Vector, shipped
from index.semantic.embedder import Vectors
from index.semantic.vectors import Embedded, Reached

SIZE = 384
WHOLE = Reached(first=0, last=9)
TONGUES = ("en", "zh", "de")


class Named:
    """A model of which only the name is asked."""

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint

    def queries(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError

    passages = queries


def unit(vector: Vector) -> Vector:
    """The vector with length 1."""
    made: Vector = vector / np.linalg.norm(vector)
    return made


def things(count: int, *, seed: int = 20261127) -> list[Embedded]:
    """Things of three languages in turn, named by their number."""
    chance = np.random.default_rng(seed)
    found = []
    for number in range(count):
        tongue = TONGUES[number % len(TONGUES)]
        middle = shipped().passage(tongue) + 0.3 * np.eye(1, SIZE, TONGUES.index(tongue), dtype=np.float32)[0]
        own = chance.normal(size=SIZE).astype(np.float32) / SIZE**0.5
        vector = unit(middle + 0.5 * own)
        found.append(Embedded(cluster_id=f"c{number:05}", tongue=tongue, digest=str(number).encode(), vector=vector))
    return found


def query(number: int) -> Vector:
    """A centred query."""
    return unit(np.random.default_rng(number).normal(size=SIZE).astype(np.float32))
