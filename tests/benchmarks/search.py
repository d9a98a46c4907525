"""What a results page asks of the index: twenty hits with reasons, seven facets and the bars over time."""

from __future__ import annotations

import time

from index.ports import SearchBackend
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from tests.benchmarks.backends import searching_over
from tests.benchmarks.catalogue import queries, records
from tests.benchmarks.result import Result, measured, peak_mib

FACETS = ("institution", "type", "level", "language", "creator", "subject", "place")
SEARCHES = 300


def run(count: int) -> list[Result]:
    """The middle and the slowest of 100 of different searches, warm."""
    with searching_over(records(count)) as search:
        for text in queries(30, seed=9):
            search.search(_request(text))
        with measured() as searching:
            taken = sorted(_milliseconds(search, text) for text in queries(SEARCHES))
    return [
        Result(
            name=f"search_{name}",
            subject="exchange",
            value=round(taken[int(len(taken) * share)], 2),
            unit="ms",
            n=count,
            cpu_seconds=round(searching.cpu_seconds, 3),
            wall_seconds=round(searching.wall_seconds, 3),
            peak_mib=peak_mib(),
        )
        for name, share in (("p50", 0.5), ("p99", 0.99))
    ]


def _request(text: str) -> SearchRequest:
    return SearchRequest(visibility=EVERYONE, text=text, facets=FACETS, histogram=True)


def _milliseconds(search: SearchBackend, text: str) -> float:
    began = time.perf_counter()
    search.search(_request(text))
    return (time.perf_counter() - began) * 1_000
