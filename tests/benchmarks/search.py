"""What a results page asks of the index: twenty hits with reasons, seven facets and the bars over time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from elasticsearch import Elasticsearch

from index.elastic.backend import ElasticSearch
from index.errors import BackendUnavailable
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
    _warm(search)
    with measured() as searching:
        taken = [_milliseconds(search, text) for text in queries(SEARCHES)]
    return taken, searching


def _beside_its_client(count: int) -> list[Result]:
    """Each search by the exchange, and its requests by the engine's own client, in turns that favour neither.

    All are asked once before, and the engine forgets each answer before the next: both meet it warm in the same way.
    """
    with cluster() as url, cluster_index(url, Packed(records(count))) as place:
        recording = Recording(place)
        asked = list(_asked(recording))
        recording.close()
        search, taken, raw = search_at(place), list[float](), list[float]()
        _warm(search)
        with Elasticsearch(url, request_timeout=60) as client, measured() as searching:
            for number, (text, requests) in enumerate(asked):
                for is_own in (number % 2 == 0, number % 2 == 1):
                    client.indices.clear_cache(index=f"{place.prefix}-*")
                    if is_own:
                        taken.append(_milliseconds(search, text))
                    else:
                        raw.append(milliseconds(client, requests))
        many = _by_many(search, count)
    found = [*_results("exchange", taken, searching, count), *_results(SUBJECT, raw, searching, count), many]
    ratio = _middle(taken) / _middle(raw)
    return [*found, searching.told("search_p50_to_its_client", round(ratio, 3), "times", count)]


def _asked(recording: Recording) -> Iterator[tuple[str, Sequence[Asked]]]:
    """Each query, and what a search that has answered others asks of the cluster."""
    search = ElasticSearch(recording)
    _warm(search)
    for text in queries(SEARCHES):
        recording.asked.clear()
        search.search(_request(text))
        yield text, list(recording.asked)


def _warm(search: SearchBackend) -> None:
    """Asks as people who come back do: an engine that has just begun may not answer the first of them in time."""
    for text in queries(30, seed=9):
        with suppress(BackendUnavailable):
            search.search(_request(text))


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
