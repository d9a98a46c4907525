"""The search by meaning: texts embedded a CPU second, and searches over many vectors. Vectors are drawn by chance."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from index.request import SearchRequest
from index.semantic.bundled import bundled
from index.semantic.errors import EmbedderAbsent
from index.semantic.nearness import VectorNearness
from index.semantic.places import reader_of, writer_of
from index.semantic.texts import passage_of
from index.semantic.vectors import Embedded, Reached
from mappings.schema.access import EVERYONE
from mappings.schema.unified import UnifiedRecord
from tests.benchmarks.backends import searching_over, vectors_place
from tests.benchmarks.catalogue import queries, records
from tests.benchmarks.result import Result, measured

_EMBEDDED, _SEARCHES, _BATCH = 200, 100, 5_000
_FACETS = ("institution", "type", "level", "language", "creator", "subject", "place")


def run(count: int) -> list[Result]:
    """What a text and the comparison cost, and the slowest fused searches of 100; nothing without the extra."""
    try:
        model = bundled()
    except EmbedderAbsent as error:
        print(error, file=sys.stderr)
        return []
    made = list(records(count))
    texts = [passage_of(each).text for each in made[:_EMBEDDED]]
    with measured() as embedding:
        model.passages(texts)
    found = [embedding.per_cpu_second("semantic_embed", "exchange", len(texts))]
    with vectors_place() as wanted, searching_over(made) as search:
        writer = writer_of(wanted, model)
        with measured() as writing:
            for batch in _batches(made):
                writer.write(batch, (), Reached(first=0, last=0))
            while writer.tidy():
                pass
        found.append(writing.per_cpu_second("semantic_write", "exchange", count))
        reader = reader_of(wanted, model)
        nearness = VectorNearness(lambda: model, lambda _: reader, query_seconds=60)
        nearness.status(wait=True)
        vectors = np.random.default_rng(7).normal(size=(_SEARCHES, 384)).astype(np.float32)
        found += _timed("semantic_nearest", count, [lambda v=v: reader.nearest(v, 6_400) for v in vectors])
        search.nearness = nearness
        found += _timed("semantic_search", count, [lambda t=t: search.search(_request(t)) for t in _texts()])
        nearness.close()
    return found


def _batches(made: list[UnifiedRecord]) -> Iterator[list[Embedded]]:
    chance = np.random.default_rng(11)
    for start in range(0, len(made), _BATCH):
        part = made[start : start + _BATCH]
        drawn = chance.normal(size=(len(part), 384)).astype(np.float32)
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        yield [
            Embedded(cluster_id=each.id, tongue="en", digest=b"", vector=vector)
            for each, vector in zip(part, drawn, strict=True)
        ]


def _texts() -> list[str]:
    return [text for text in queries(2 * _SEARCHES) if text.replace(" ", "").isalpha()][:_SEARCHES]


def _request(text: str) -> SearchRequest:
    return SearchRequest(visibility=EVERYONE, text=text, facets=_FACETS, histogram=True, semantic="auto")


def _timed(name: str, count: int, calls: list[Callable[[], object]]) -> list[Result]:
    calls[0]()
    with measured() as all_of_them:
        taken = sorted(_milliseconds(call) for call in calls)
    return [
        all_of_them.told(f"{name}_{share}", round(taken[int(len(taken) * place)], 2), "ms", count)
        for share, place in (("p50", 0.5), ("p99", 0.99))
    ]


def _milliseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1_000
