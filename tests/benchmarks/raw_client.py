"""The engine's own client beside the exchange: the same documents sent, the same requests asked, in one run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from index.elastic.bulk import IN_FLIGHT, MOST_BYTES, MOST_ITEMS
from index.elastic.cluster import SEARCH_SECONDS, Cluster
from index.elastic.settings import ElasticSettings

#: named in results
SUBJECT = "elasticsearch's own client"
#: ends of paths of what answers a search; the rest is asked once a second
_SEARCHES = ("/_search", "/_msearch", "/_mget")
_JSON = "application/vnd.elasticsearch+json; compatible-with=8"


class Sent(NamedTuple):
    """A document as it goes to the engine."""

    id: str
    source: bytes


def send(url: str, index: str, documents: Iterable[Sent]) -> None:
    """Writes documents as the client's own helper does, in portions of the exchange's size."""

    def spoken(each: Sent) -> tuple[Mapping[str, object], bytes]:
        return {"index": {"_index": index, "_id": each.id}}, each.source

    with Elasticsearch(url, request_timeout=60) as client:
        for done, item in parallel_bulk(
            client,
            documents,
            thread_count=IN_FLIGHT,
            queue_size=IN_FLIGHT,
            chunk_size=MOST_ITEMS,
            max_chunk_bytes=MOST_BYTES,
            expand_action_callback=spoken,
        ):
            assert done, item


class Asked(NamedTuple):
    """A request as the exchange made it."""

    method: str
    path: str
    body: Mapping[str, object] | None
    params: Mapping[str, str] | None


class Recording(Cluster):
    """A cluster that notes what searches ask of it."""

    def __init__(self, settings: ElasticSettings) -> None:
        super().__init__(settings, timeout_seconds=SEARCH_SECONDS)
        self.asked: list[Asked] = []

    def ask(self, method: str, path: str, type: type[Any], **said: Any) -> Any:
        """The answer, as ever."""
        if path.endswith(_SEARCHES):
            self.asked.append(Asked(method, path, said.get("body"), said.get("params")))
        return super().ask(method, path, type, **said)


def milliseconds(client: Elasticsearch, asked: Sequence[Asked]) -> float:
    """How long the client takes for the requests of one search, one after the other."""
    headers = {"accept": _JSON, "content-type": _JSON}
    began = time.perf_counter()
    for each in asked:
        client.perform_request(each.method, each.path, params=each.params, headers=headers, body=each.body)
    return (time.perf_counter() - began) * 1_000
