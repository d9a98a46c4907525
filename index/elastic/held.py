"""What a generation in a cluster holds, as far as it has to be proved."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from index.elastic.cluster import Cluster
from index.elastic.dialect import Json
from index.elastic.searching import listed, searched
from index.generations import Part


class HeldGeneration:
    """One generation (`index.proving.Held`)."""

    def __init__(self, cluster: Cluster, indices: Mapping[Part, str]) -> None:
        self._cluster, self._indices = cluster, indices

    def public_things(self) -> int:
        """How many clusters everybody can find."""
        body: Json = {"size": 0, "track_total_hits": True, "query": {"term": {"shown_as": "merged"}}}
        return searched(self._cluster, self._indices["open"], body, ranked=False).total

    def checks(self, cluster_ids: Collection[str]) -> dict[str, int]:
        """Document id -> check of every document of these clusters."""
        return dict(checks_of(self._cluster, ",".join(self._indices.values()), "cluster_id", cluster_ids))


def checks_of(cluster: Cluster, index: str, field: str, values: Collection[str]) -> Iterator[tuple[str, int]]:
    """Document id and check of every document with one of these values in a look-up."""
    if not values:
        return
    for hit in listed(cluster, index, {"terms": {field: list(values)}}, ("doc_id", "check")):
        yield str(hit.fields["doc_id"][0]), int(hit.fields["check"][0])
