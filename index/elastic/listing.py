"""Every hit of one point in time of a cluster's indices, page by page: what is written meanwhile is not seen."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from index.elastic.cluster import Acknowledged, Cluster
from index.elastic.dialect import Json
from index.errors import BackendUnavailable

#: hits of a page
PAGE = 1_000
#: from one page to the next; a reader who takes longer has lost the list
_KEPT = "2m"


class _Opened(msgspec.Struct, frozen=True):
    id: str


class _Source(msgspec.Struct, frozen=True):
    display: str


class _Hit(msgspec.Struct, frozen=True):
    source: _Source = msgspec.field(name="_source")
    #: the order key, and what the engine adds to part equals
    sort: tuple[int, ...]


class _Total(msgspec.Struct, frozen=True):
    value: int


class _Hits(msgspec.Struct, frozen=True):
    hits: tuple[_Hit, ...]
    total: _Total | None = None


class _Page(msgspec.Struct, frozen=True):
    pit_id: str
    hits: _Hits


class PointInTime:
    """Hits in the order of the order key (`index.engine.Listing`); raises BackendUnavailable."""

    def __init__(self, cluster: Cluster, indices: Sequence[str], query: Json) -> None:
        self._cluster, self._query = cluster, query
        path, params = f"/{','.join(indices)}/_pit", {"keep_alive": _KEPT}
        self._id = cluster.ask("POST", path, _Opened, params=params).id
        self._after: Sequence[int] = ()
        try:
            counted = self._asked({"size": 0, "track_total_hits": True})
        except BaseException:
            self.close()
            raise
        self.total = counted.total.value if counted.total else 0

    def page(self) -> Sequence[bytes]:
        """What each of the next hits keeps to be shown."""
        body: Json = {"size": PAGE, "sort": [{"order_key": "asc"}], "_source": ["display"], "track_total_hits": False}
        found = self._asked(body | ({"search_after": self._after} if self._after else {})).hits
        if found:
            self._after = found[-1].sort
        return [base64.b64decode(hit.source.display) for hit in found]

    def _asked(self, body: Json) -> _Hits:
        """The answer of every part of the indices, or none."""
        whole = {"query": self._query, "pit": {"id": self._id, "keep_alive": _KEPT}} | body
        params = {"allow_partial_search_results": "false"}
        found = self._cluster.ask("POST", "/_search", _Page, body=whole, params=params)
        self._id = found.pit_id
        return found.hits

    def close(self) -> None:
        """Gives the point in time up; where the cluster is away it ends by itself."""
        with suppress(BackendUnavailable):
            self._cluster.ask("DELETE", "/_pit", Acknowledged, body={"id": self._id})
