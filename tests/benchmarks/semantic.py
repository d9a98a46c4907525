"""The search by meaning: texts embedded a CPU second, and searches over many vectors, fast and right.

The vectors are drawn by chance (`drawn_vectors`); what is nearest is held against comparing every one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice

from index.request import SearchRequest
from index.semantic.bundled import bundled
from index.semantic.errors import EmbedderAbsent
from index.semantic.nearness import VectorNearness
from index.semantic.places import reader_of, writer_of
from index.semantic.texts import passage_of
from index.semantic.vectors import Embedded, Reached, VectorReader
from mappings.schema.access import EVERYONE
from tests.benchmarks.backends import searching_with_vectors
from tests.benchmarks.catalogue import queries, records
from tests.benchmarks.drawn_vectors import Drawn, recall
from tests.benchmarks.packed import Packed
from tests.benchmarks.result import Measured, Result, measured

_EMBEDDED, _SEARCHES = 200, 100
#: as many as a search asks for at most, and the depths at which what it finds is held against what is nearest
_WANTED, _DEPTHS = 6_400, (10, 100)
_FACETS = ("institution", "type", "level", "language", "creator", "subject", "place")


def run(count: int) -> list[Result]:
    """What a text, a write and a comparison cost, what is found of the nearest, and fused searches; the extra alone."""
    try:
        model = bundled()
    except EmbedderAbsent as error:
        print(error, file=sys.stderr)
        return []
    texts = [passage_of(each).text for each in islice(records(count), _EMBEDDED)]
    with measured() as embedding:
        model.passages(texts)
    found = [embedding.per_cpu_second("semantic_embed", "exchange", len(texts))]
    made, drawn = Packed(records(count)), Drawn(count)
    with searching_with_vectors(made) as (search, wanted):
        writer = writer_of(wanted, model)
        with measured() as writing:
            for batch in _batches(made, drawn):
                writer.write(batch, (), Reached(first=0, last=0))
            while writer.tidy():
                pass
        found += [
            writing.per_cpu_second("semantic_write", "exchange", count),
            writing.per_wall_second("semantic_write_wall", "exchange", count),
        ]
        reader = reader_of(wanted, model)
        nearness = VectorNearness(lambda: model, lambda _: reader, query_seconds=60)
        nearness.status(wait=True)
        found += _nearest(reader, made, drawn)
        search.nearness = nearness
        found += _timed("semantic_search", count, [lambda t=t: search.search(_request(t)) for t in _texts()])
        nearness.close()
    return found


def _batches(made: Packed, drawn: Drawn) -> Iterator[list[Embedded]]:
    names = iter(made.ids)
    for batch in drawn.batches():
        yield [
            Embedded(cluster_id=name, tongue="en", digest=b"", vector=vector)
            for vector, name in zip(batch, names, strict=False)
        ]


def _nearest(reader: VectorReader, made: Packed, drawn: Drawn) -> list[Result]:
    """How long the nearest take, and how many of them are those that comparing every one finds."""
    asked = drawn.queries(_SEARCHES)
    timed = _timed("semantic_nearest", drawn.count, [lambda v=v: reader.nearest(v, _WANTED) for v in asked])
    found = [reader.nearest(vector, _WANTED) for vector in asked]
    with measured() as comparing:
        exact = [[made.ids[number] for number in row] for row in drawn.nearest(asked, max(_DEPTHS))]
    shares = [(depth, round(recall(found, exact, depth), 4)) for depth in _DEPTHS]
    return timed + [_share(comparing, depth, share, drawn.count) for depth, share in shares]


def _share(comparing: Measured, depth: int, share: float, count: int) -> Result:
    return comparing.told(f"semantic_recall_at_{depth}", share, "share of exact", count)


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
