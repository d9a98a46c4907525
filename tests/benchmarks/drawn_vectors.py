"""Vectors drawn by chance that lie as a model's do, and which of them are nearest by comparing every one.

Real ones lie around a common mean and vary in far fewer directions than they have numbers; of wholly random ones all
are as good as equally far, and no graph finds its way among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]

SIZE = 384
#: directions in which they vary, how far their mean lies from nothing, and how much is noise
_DIRECTIONS, _MEAN, _NOISE = 40, 1.5, 0.02
_SEED, _BATCH = 11, 5_000


class Drawn:
    """`count` vectors of length 1, the same on every machine, never all in memory; and queries among them."""

    def __init__(self, count: int) -> None:
        self.count = count
        chance = np.random.default_rng(_SEED)
        self._basis = np.linalg.qr(chance.normal(size=(SIZE, _DIRECTIONS)))[0].T.astype(np.float32)
        middle = chance.normal(size=SIZE)
        self._middle = (_MEAN * middle / np.linalg.norm(middle)).astype(np.float32)

    def batches(self) -> Iterator[Matrix]:
        """All of them, in order."""
        chance = np.random.default_rng(_SEED + 1)
        for start in range(0, self.count, _BATCH):
            yield _of_length_1(self._apart(chance, min(_BATCH, self.count - start)) + self._middle)

    def queries(self, number: int) -> Matrix:
        """Queries that lie as the vectors do from their mean."""
        return _of_length_1(self._apart(np.random.default_rng(_SEED + 2), number))

    def _apart(self, chance: np.random.Generator, number: int) -> Matrix:
        drawn = chance.normal(size=(number, _DIRECTIONS)).astype(np.float32) / np.sqrt(_DIRECTIONS)
        noise = chance.normal(size=(number, SIZE)).astype(np.float32)
        found: Matrix = (drawn @ self._basis + _NOISE * noise).astype(np.float32)
        return found

    def nearest(self, queries: Matrix, wanted: int) -> list[list[int]]:
        """The numbers of the nearest to each query, by cosine from the mean of them all, nearest first."""
        mean = np.sum([batch.sum(axis=0, dtype=np.float64) for batch in self.batches()], axis=0) / self.count
        best = np.full((len(queries), 0), 0, dtype=np.int64)
        scores = np.zeros((len(queries), 0), dtype=np.float32)
        first = 0
        for batch in self.batches():
            apart = _of_length_1(batch - mean.astype(np.float32))
            scores = np.hstack((scores, queries @ apart.T))
            best = np.hstack((best, np.tile(np.arange(first, first + len(batch)), (len(queries), 1))))
            order = np.argsort(-scores, axis=1)[:, :wanted]
            scores, best = np.take_along_axis(scores, order, 1), np.take_along_axis(best, order, 1)
            first += len(batch)
        return [[int(each) for each in row] for row in best]


def _of_length_1(rows: Matrix) -> Matrix:
    found: Matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return found


def recall(found: Sequence[Sequence[str]], exact: Sequence[Sequence[str]], at: int) -> float:
    """The share of the `at` nearest that are among the first `at` found."""
    pairs = [(set(one[:at]), set(other[:at])) for one, other in zip(found, exact, strict=True)]
    return sum(len(one & other) / max(1, len(other)) for one, other in pairs) / len(pairs)
