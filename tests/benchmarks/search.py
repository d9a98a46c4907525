"""What a results page asks of the index: twenty hits with reasons, seven facets and the bars over time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from elasticsearch import Elasticsearch

from index.elastic.backend import ElasticSearch
from index.places import search_at
from index.ports import SearchBackend
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from tests.benchmarks.backends import backend, cluster, cluster_index, searching_over
from tests.benchmarks.catalogue import queries, records
from tests.benchmarks.packed import Packed
from tests.benchmarks.raw_client import SUBJECT, Asked, Recording, milliseconds
from tests.benchmarks.result import Measured, Result, measured

FACETS = ("institution", "type", "level", "language", "creator", "subject", "place")
SEARCHES = 300
#: people who ask at one time
USERS = 4
_SHARES = (("p50", 0.5), ("p99", 0.99))


def run(count: int) -> list[Result]:
    """The middle and the slowest of 100 of different searches, warm; of a cluster beside its own client."""
    if backend() != "tantivy":
        return _beside_its_client(count)
    with searching_over(records(count)) as search:
        return [*_results("exchange", *_searched(search), count), _by_many(search, count)]


def _by_many(search: SearchBackend, count: int) -> Result:
    """The slowest of 100 where several people ask at once, each without a pause."""
    texts = queries(SEARCHES, seed=13)
    with ThreadPoolExecutor(USERS) as people, measured() as searching:
        taken = sorted(people.map(lambda text: _milliseconds(search, text), texts))
    return searching.told(f"search_{USERS}_users_p99", round(taken[int(len(taken) * 0.99)], 2), "ms", count)


def _searched(search: SearchBackend) -> tuple[list[float], Measured]:
    for text in queries(30, seed=9):
        search.search(_request(text))
    with measured() as searching:
        taken = [_milliseconds(search, text) for text in queries(SEARCHES)]
    return taken, searching


def _beside_its_client(count: int) -> list[Result]:
    """The exchange, and then the requests that it made by the engine's own client, which the engine meets warmer."""
    with cluster() as url, cluster_index(url, Packed(records(count))) as place:
        recording = Recording(place)
        search = ElasticSearch(recording)
        for text in queries(30, seed=9):
            search.search(_request(text))
        warming, timed = list(recording.asked), []
        with measured() as searching:
            taken = []
            for text in queries(SEARCHES):
                recording.asked.clear()
                taken.append(_milliseconds(search, text))
                timed.append(list(recording.asked))
        recording.close()
        many = _by_many(search_at(place), count)
        raw, asking = _replayed(url, place.prefix, warming, timed)
    found = [*_results("exchange", taken, searching, count), *_results(SUBJECT, raw, asking, count)]
    ratio = _middle(taken) / _middle(raw)
    return [*found, many, searching.told("search_p50_to_its_client", round(ratio, 3), "times", count)]


def _replayed(
    url: str, prefix: str, warming: Sequence[Asked], timed: Sequence[Sequence[Asked]]
) -> tuple[list[float], Measured]:
    with Elasticsearch(url, request_timeout=60) as client:
        client.indices.clear_cache(index=f"{prefix}-*")
        milliseconds(client, warming)
        with measured() as asking:
            return [milliseconds(client, each) for each in timed], asking


def _results(subject: str, taken: Sequence[float], during: Measured, count: int) -> list[Result]:
    ordered = sorted(taken)
    return [
        during.told(f"search_{name}", round(ordered[int(len(ordered) * share)], 2), "ms", count, subject=subject)
        for name, share in _SHARES
    ]


def _middle(taken: Sequence[float]) -> float:
    return sorted(taken)[len(taken) // 2]


def _request(text: str) -> SearchRequest:
    return SearchRequest(visibility=EVERYONE, text=text, facets=FACETS, histogram=True)


def _milliseconds(search: SearchBackend, text: str) -> float:
    began = time.perf_counter()
    search.search(_request(text))
    return (time.perf_counter() - began) * 1_000
