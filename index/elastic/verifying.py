"""Holds a cluster's live generation against its source, as `index.verifying` does with a folder's."""

from __future__ import annotations

from index.elastic.cluster import Cluster
from index.elastic.held import checks_of
from index.elastic.searching import searched
from index.elastic.shelf import Shelf
from index.errors import NoGeneration
from index.generations import PARTS
from index.ports import ChangeSource
from index.verifying import Verified, compared

_BUCKETS = 256


def verify(cluster: Cluster, source: ChangeSource) -> Verified:
    """Compares every document's id and state with those made from the source now."""
    shelf = Shelf(cluster)
    name = shelf.live()
    if name is None:
        raise NoGeneration
    index = ",".join(shelf.index(name, part) for part in PARTS)
    return compared(source, _sums(cluster, index), lambda odd: dict(checks_of(cluster, index, "bucket", odd)))


def _sums(cluster: Cluster, index: str) -> dict[str, tuple[int, int]]:
    """Bucket -> how many documents, and the sum of their checks."""
    terms = {"field": "bucket", "size": _BUCKETS}
    asked = {"buckets": {"terms": terms, "aggs": {"sum": {"sum": {"field": "check"}}}}}
    found = searched(cluster, index, {"size": 0, "aggs": asked, "timeout": "60s"}, ranked=False)
    buckets = found.aggregations["buckets"].buckets
    return {str(each.key): (each.doc_count, int(each.sum["value"])) for each in buckets}
