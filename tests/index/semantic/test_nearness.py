"""What a query waits for: never for a model, and for its vector no longer than it may."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from index.nearness import NearnessUnavailable
from index.semantic.centring import shipped
from index.semantic.embedder import Embedder, Vectors
from index.semantic.errors import EmbedderAbsent
from index.semantic.files import FileVectors
from index.semantic.nearness import VectorNearness
from index.semantic.reading import FileReader
from index.semantic.vectors import Embedded, Reached


class Slow:
    """A model that answers once it is let."""

    fingerprint = "slow"

    def __init__(self) -> None:
        self.let = threading.Event()

    def queries(self, texts: Sequence[str]) -> Vectors:
        self.let.wait(30)
        return np.tile(np.eye(1, 384, dtype=np.float32), (len(texts), 1))

    passages = queries


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = FileVectors(tmp_path, shipped)
    vector = np.eye(1, 384, dtype=np.float32)[0]
    store.write([Embedded(cluster_id="c1", tongue="en", digest=b"", vector=vector)], (), Reached(first=0, last=1))
    return tmp_path


@contextmanager
def nearness(folder: Path, load: object, **fields: object) -> Iterator[VectorNearness]:
    made = VectorNearness(load, lambda _: FileReader(folder), **fields)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()


def test_a_query_that_is_late_is_answered_when_it_is_asked_again(folder: Path) -> None:
    model = Slow()
    with nearness(folder, lambda: model, query_seconds=0.05) as near:
        near.status(wait=True)
        with pytest.raises(NearnessUnavailable):
            near.near("whales", 5)
        model.let.set()
        for _ in range(200):
            try:
                assert near.near("whales", 5) == ["c1"]
                return
            except NearnessUnavailable:
                continue
        raise AssertionError("it never came")


def test_no_query_waits_for_a_model_that_is_being_loaded(folder: Path) -> None:
    loaded = threading.Event()

    def load() -> Embedder:
        loaded.wait(30)
        return Slow()

    with nearness(folder, load) as near:
        assert near.status().state == "loading"
        with pytest.raises(NearnessUnavailable, match="being loaded"):
            near.near("whales", 5)
        loaded.set()
        assert (near.status(wait=True).state, near.status().vectors) == ("on", 1)


def test_a_service_that_was_away_is_asked_again_after_a_while(folder: Path) -> None:
    now, tries = [0.0], list[int]()

    def load() -> Embedder:
        tries.append(1)
        raise EmbedderAbsent("unreachable", "nobody is there")

    with nearness(folder, load, clock=lambda: now[0]) as near:
        assert near.status(wait=True).state == "unreachable"
        for moment in (1.0, 29.0, 31.0, 32.0):
            now[0] = moment
            with pytest.raises(NearnessUnavailable):
                near.near("whales", 5)
        near.status(wait=True)
        assert len(tries) == 2
