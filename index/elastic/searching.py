"""Searches and counts of a cluster's indices, and their answers as records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from index.elastic.cluster import Cluster
from index.elastic.dialect import Json
from index.errors import BackendUnavailable

#: the engine gives up counting and collecting after this
_SOFT_LIMIT = "800ms"
#: from so many primaries on, their frequencies are not gathered first
_TOO_MANY_SHARDS = 5
_LISTED = 5_000


class Hit(msgspec.Struct, frozen=True):
    """A document that was found."""

    index: str = msgspec.field(name="_index")
    id: str = msgspec.field(name="_id")
    score: float | None = msgspec.field(name="_score", default=None)
    sort: tuple[float | int | str, ...] = ()
    fields: dict[str, tuple[str | int, ...]] = {}


class _Total(msgspec.Struct, frozen=True):
    value: int


class Hits(msgspec.Struct, frozen=True):
    """Documents in order, and how many there are in all."""

    hits: tuple[Hit, ...]
    total: _Total | None = None


class Bucket(msgspec.Struct, frozen=True):
    """A value and how many documents have it."""

    key: str | int
    doc_count: int
    sum: dict[str, float] = {}


class Buckets(msgspec.Struct, frozen=True):
    """Values, most frequent first."""

    buckets: tuple[Bucket, ...]
    #: by how much a count may be short, some shard having kept a value back
    doc_count_error_upper_bound: int = 0
    sum_other_doc_count: int = 0


class Shards(msgspec.Struct, frozen=True):
    """How many parts were asked, and how many of them did not answer."""

    total: int
    failed: int


class Found(msgspec.Struct, frozen=True):
    """The answer to one search."""

    hits: Hits
    timed_out: bool
    shards: Shards = msgspec.field(name="_shards")
    aggregations: dict[str, Buckets] = {}

    @property
    def is_whole(self) -> bool:
        """Whether every shard answered, in time."""
        return not (self.timed_out or self.shards.failed)

    @property
    def total(self) -> int:
        """How many documents match."""
        return self.hits.total.value if self.hits.total else 0


class _Held(msgspec.Struct, frozen=True):
    source: dict[str, str] | None = msgspec.field(name="_source", default=None)


class _Fetched(msgspec.Struct, frozen=True):
    docs: tuple[_Held, ...]


def searched(
    cluster: Cluster, index: str, body: Json, *, ranked: bool, route: str | None = None, parts: bool = False
) -> Found:
    """One search of one or more indices; raises BackendUnavailable where there is no answer, or not a whole one.

    ranked   word frequencies are gathered from every shard first, so that scores do not depend on where documents lie
    route    searches of the same route are answered by the same copies; without one, those of the same body
    parts    what some shards found in time is taken too
    """
    said = {"timeout": _SOFT_LIMIT} | body
    params = {"preference": route or hashlib.sha256(msgspec.json.encode(body)).hexdigest()[:16]}
    if ranked and 1 < cluster.settings.shards < _TOO_MANY_SHARDS:
        params["search_type"] = "dfs_query_then_fetch"
    found = cluster.ask("POST", f"/{index}/_search", Found, body=said, params=params)
    if not found.is_whole and not (parts and found.shards.failed < found.shards.total):
        raise BackendUnavailable("the search engine did not answer in time, or not with all of its parts")
    return found


def displays(cluster: Cluster, hits: Sequence[Hit]) -> list[str]:
    """What is kept to be shown of each, in their order; one that went away meanwhile is left out."""
    if not hits:
        return []
    wanted = [{"_index": hit.index, "_id": hit.id} for hit in hits]
    body: Mapping[str, object] = {"docs": wanted}
    found = cluster.ask("POST", "/_mget", _Fetched, body=body, params={"realtime": "false"})
    return [held.source["display"] for held in found.docs if held.source]


def clusters_ids(cluster: Cluster, index: str, cluster_ids: Sequence[str]) -> Iterator[str]:
    """Ids of the documents of these clusters that an index shows."""
    if not cluster_ids:
        return
    for hit in listed(cluster, index, {"terms": {"cluster_id": list(cluster_ids)}}, ()):
        yield hit.id


def listed(cluster: Cluster, index: str, query: Json, fields: Sequence[str]) -> Iterator[Hit]:
    """Every document that matches, in the order of ids, with the values of these fields."""
    after: list[float | int | str] = []
    while True:
        body: Json = {
            "query": query,
            "size": _LISTED,
            "sort": [{"doc_id": "asc"}],
            "_source": False,
            "track_total_hits": False,
            "timeout": "60s",
            "docvalue_fields": list(fields),
        }
        found = searched(cluster, index, body | ({"search_after": after} if after else {}), ranked=False)
        yield from found.hits.hits
        if len(found.hits.hits) < _LISTED:
            return
        after = list(found.hits.hits[-1].sort)
