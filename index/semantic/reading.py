"""The vectors of a folder as searches read them: mapped into memory, every one compared (11 ms for 100,000)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from index.semantic import rows as stored
from index.semantic.centring import Neutral, Vector, centred_lengths
from index.semantic.files import VECTORS

_NONE = np.zeros(0, dtype=np.int16)


class _State(NamedTuple):
    """The commit that was read last; what is new since is read at the next search."""

    stamp: int
    centres: int


class _Held(NamedTuple):
    """The vectors of one moment."""

    ids: Sequence[str | None]
    matrix: npt.NDArray[np.float32]
    tongues: npt.NDArray[np.int16]
    lengths: npt.NDArray[np.float32]
    centres: Mapping[int, Vector]

    def scores(self, vector: Vector) -> npt.NDArray[np.float32]:
        """Of each row how near it is to a centred vector."""
        if not len(self.matrix):
            return self.lengths
        scores = self.matrix @ vector
        for tongue, mean in self.centres.items():
            scores[self.tongues == tongue] -= float(mean @ vector)
        near: npt.NDArray[np.float32] = np.where(self.tongues >= 0, scores / self.lengths, -np.inf)
        return near

    def centred(self, number: int) -> Vector:
        """A row from its language's mean, of length 1."""
        found: Vector = (self.matrix[number] - self.centres[int(self.tongues[number])]) / self.lengths[number]
        return found


class FileReader:
    """The vectors of a folder (`index.semantic.vectors.VectorReader`); raises OSError where there are none yet."""

    def __init__(self, folder: Path) -> None:
        if not (folder / stored.ROWS).exists():
            raise FileNotFoundError(folder / stored.ROWS)
        self._path, self._lock = folder / VECTORS, Lock()
        self._rows = stored.opened(folder)
        self._size, kept = self._rows.execute("SELECT size, neutral FROM state").fetchone()
        self._neutral = msgspec.json.decode(kept, type=Neutral)
        self._read = _State(stamp=0, centres=-1)
        self._ids: list[str | None] = []
        self._tongues: npt.NDArray[np.int16] = _NONE
        self._lengths: npt.NDArray[np.float32] = _NONE.astype(np.float32)
        self._centres: dict[int, Vector] = {}
        self._matrix: npt.NDArray[np.float32] = np.zeros((0, self._size), dtype=np.float32)

    @property
    def neutral(self) -> Neutral:
        """The means that queries are centred by."""
        return self._neutral

    def count(self) -> int:
        """How many things have a vector."""
        with self._lock:
            return stored.counted(self._rows)

    def close(self) -> None:
        """Gives the folder up."""
        with self._lock:
            self._rows.close()

    def nearest(self, vector: Vector, limit: int) -> Sequence[str]:
        """Ids of the clusters nearest to a centred query vector, nearest first."""
        held = self._held()
        best = _largest(held.scores(vector), limit)
        return [name for number in best if (name := held.ids[number]) is not None]

    def nearest_to(self, cluster_id: str, limit: int, least: float) -> Sequence[str]:
        """Ids of the other clusters nearest to a cluster, nearest first."""
        held = self._held()
        if cluster_id not in held.ids:
            return ()
        scores = held.scores(held.centred(held.ids.index(cluster_id)))
        best = [number for number in _largest(scores, limit + 1) if scores[number] >= least]
        return [name for number in best if (name := held.ids[number]) not in (None, cluster_id)][:limit]

    def _held(self) -> _Held:
        with self._lock:
            self._refresh()
            return _Held(self._ids, self._matrix, self._tongues, self._lengths, self._centres)

    def _refresh(self) -> None:
        state = _State(*self._rows.execute("SELECT stamp, centres FROM state").fetchone())
        if state == self._read:
            return
        found = self._rows.execute(
            "SELECT number, cluster_id, tongue FROM row WHERE stamp > ?", (self._read.stamp,)
        ).fetchall()
        self._grow(max((number for number, _, _ in found), default=-1) + 1)
        ids, tongues = list(self._ids), self._tongues.copy()
        for number, name, tongue in found:
            ids[number], tongues[number] = name, tongue if name is not None else -1
        self._ids, self._tongues = ids, tongues
        self._measure(state, [number for number, _, _ in found])
        self._read = state

    def _grow(self, rows: int) -> None:
        more = rows - len(self._ids)
        if more <= 0:
            return
        self._ids = [*self._ids, *[None] * more]
        self._tongues = np.concatenate([self._tongues, np.full(more, -1, dtype=np.int16)])
        self._lengths = np.concatenate([self._lengths, np.ones(more, dtype=np.float32)])
        self._matrix = np.memmap(self._path, dtype="<f4", mode="r", shape=(rows, self._size))

    def _measure(self, state: _State, changed: Sequence[int]) -> None:
        """The lengths of what is new; of everything where a mean has moved."""
        if state.centres == self._read.centres:
            lengths = self._lengths.copy()
            lengths[changed] = centred_lengths(self._matrix[changed], self._centres, self._tongues[changed])
            self._lengths = lengths
            return
        self._centres = _centres(self._rows)
        self._lengths = centred_lengths(self._matrix, self._centres, self._tongues)


def _centres(rows: sqlite3.Connection) -> dict[int, Vector]:
    query = "SELECT number, centre FROM tongue"
    return {number: np.frombuffer(told, dtype=np.float32) for number, told in rows.execute(query)}


def _largest(scores: npt.NDArray[np.float32], limit: int) -> Sequence[int]:
    """Places of the largest, largest first, equals by place."""
    if limit < len(scores):
        best = np.argpartition(-scores, limit)[:limit]
        best.sort()
    else:
        best = np.arange(len(scores))
    order = np.argsort(-scores[best], kind="stable")
    return [int(number) for number in best[order]]
