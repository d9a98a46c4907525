"""A model's vectors in a folder: `vectors.f32` holds them as the model gave them, `rows.sqlite` says whose each is.

A vector is written to a row that is nobody's, lies on the disk, and then becomes somebody's by a commit: whatever stops
the machine leaves what was committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import numpy as np

from index.errors import DocumentRejected
from index.semantic import rows as stored
from index.semantic.centring import Neutral, Vector
from index.semantic.means import Means
from index.semantic.vectors import Embedded, Reached

VECTORS = "vectors.f32"


class FileVectors:
    """The writer of a folder (`index.semantic.vectors.VectorWriter`), which makes it where there is none."""

    #: every vector is compared with a query: beyond so many that takes too long
    most = 300_000

    def __init__(self, folder: Path, neutral: Callable[[], Neutral]) -> None:
        """`neutral`: the means of neutral texts by this model, asked for by the first."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        with closing(stored.opened(folder)) as rows:
            rows.executescript(stored.SCHEMA)
            kept = rows.execute("SELECT neutral FROM state").fetchone()
            self._neutral = msgspec.json.decode(kept[0], type=Neutral) if kept else neutral()
            self._size = len(self._neutral.query("en"))
            values = (self._size, msgspec.json.encode(self._neutral))
            rows.execute("INSERT OR IGNORE INTO state VALUES (1, 0, 0, NULL, NULL, ?, ?)", values)

    @property
    def reached(self) -> Reached | None:
        """How far the changes are taken in."""
        with closing(stored.opened(self._folder)) as rows:
            first, last = rows.execute("SELECT first, last FROM state").fetchone()
        return None if first is None else Reached(first=first, last=last)

    def count(self) -> int:
        """How many things have a vector."""
        with closing(stored.opened(self._folder)) as rows:
            return stored.counted(rows)

    def digests(self, cluster_ids: Collection[str]) -> dict[str, bytes]:
        """Of those that have a vector the digest of its text."""
        with closing(stored.opened(self._folder)) as rows:
            return stored.digests(rows, cluster_ids)

    def write(self, made: Sequence[Embedded], gone: Collection[str], reached: Reached) -> Sequence[DocumentRejected]:
        """Takes vectors in and others away, and keeps how far it came; a file takes every vector."""
        with (
            closing(stored.opened(self._folder)) as rows,
            stored.transaction(rows),
            _matrix(self._folder / VECTORS, self._size) as matrix,
        ):
            rows.execute("UPDATE state SET stamp = stamp + 1, first = ?, last = ?", (reached.first, reached.last))
            (stamp,) = rows.execute("SELECT stamp FROM state").fetchone()
            means, old = Means(rows, self._neutral), {*gone, *(each.cluster_id for each in made)}
            for number, tongue in stored.held(rows, old):
                means.add(tongue, matrix.read(number), -1)
            stored.freed(rows, old, stamp)
            for number, each in zip(stored.free(rows, len(made), stamp), made, strict=True):
                matrix.write(number, each.vector)
                tongue = means.number(each.tongue)
                means.add(tongue, each.vector, 1)
                values = (number, each.cluster_id, tongue, each.digest, stamp)
                rows.execute("INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?, ?)", values)
            means.keep()
        return ()

    def tidy(self) -> bool:
        """Nothing: means are taken from vectors when these are read."""
        return False


class _Matrix:
    """The rows of `vectors.f32`, written in place; little-endian float32."""

    def __init__(self, file: int, size: int) -> None:
        self._file, self._bytes = file, size * 4

    def write(self, number: int, vector: Vector) -> None:
        os.pwrite(self._file, vector.astype("<f4").tobytes(), number * self._bytes)

    def read(self, number: int) -> Vector:
        data = os.pread(self._file, self._bytes, number * self._bytes)
        return np.frombuffer(data, dtype="<f4").astype(np.float32)


@contextmanager
def _matrix(path: Path, size: int) -> Iterator[_Matrix]:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield _Matrix(file, size)
        os.fsync(file)
    finally:
        os.close(file)
