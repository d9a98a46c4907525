"""The vectors of a cluster as searches read them (`index.semantic.vectors.VectorReader`): its own nearest neighbours.

The engine walks a graph in place of comparing all, so now and then one of the nearest is missed.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.elastic.cluster import Cluster
from index.elastic.dialect import Json
from index.elastic.searching import searched
from index.elastic.vector_index import alias_of, read_document, read_state
from index.elastic.vector_sums import Sums
from index.elastic.vector_writing import count, vector_of
from index.errors import BackendUnavailable
from index.semantic.centring import Neutral, Vector

#: a walk through the graph grows dear with what it gives: behind so many nothing is near any longer
MOST = 1_000
#: the engine looks at twice as many as are wanted, at 500 at least
_BEYOND, _AT_LEAST = 2, 500


class ClusterReader:
    """One model's vectors; raises OSError where there are none yet, BackendUnavailable where the cluster is away.

    The cluster is its own from then on: it is closed with it, and where it cannot be opened.
    """

    def __init__(self, cluster: Cluster, fingerprint: str) -> None:
        self._cluster, self._alias = cluster, alias_of(cluster, fingerprint)
        try:
            self._neutral = self._opened()
        except (OSError, BackendUnavailable):
            self.close()
            raise

    def _opened(self) -> Neutral:
        kept = read_state(self._cluster, self._alias)
        if kept is None:
            raise FileNotFoundError(self._alias)
        return kept.state.neutral

    @property
    def neutral(self) -> Neutral:
        """The means that queries are centred by."""
        return self._neutral

    def count(self) -> int:
        """How many things have a vector; raises BackendUnavailable."""
        return count(self._cluster, self._alias)

    def nearest(self, vector: Vector, limit: int) -> Sequence[str]:
        """Ids of the clusters nearest to a centred query vector, nearest first; raises BackendUnavailable."""
        return self._near([float(each) for each in vector], limit, {})

    def nearest_to(self, cluster_id: str, limit: int, least: float) -> Sequence[str]:
        """Ids of the other clusters nearest to a cluster, nearest first; raises BackendUnavailable."""
        held, kept = read_document(self._cluster, self._alias, cluster_id), read_state(self._cluster, self._alias)
        if held is None or kept is None:
            return ()
        vector, _ = Sums(kept.state.tongues, kept.state.neutral).centred(held.tongue, vector_of(held.raw))
        found = self._near(vector, limit + 1, {"similarity": least})
        return [each for each in found if each != cluster_id][:limit]

    def _near(self, vector: Sequence[float], limit: int, bounds: Json) -> Sequence[str]:
        wanted = min(limit, MOST)
        looked_at = max(_BEYOND * wanted, _AT_LEAST)
        near: Json = {"field": "vector", "query_vector": vector, "k": wanted, "num_candidates": looked_at, **bounds}
        body: Json = {"knn": near, "size": wanted, "_source": False, "track_total_hits": False}
        return [hit.id for hit in searched(self._cluster, self._alias, body, ranked=False).hits.hits]

    def close(self) -> None:
        """Gives the connections up."""
        self._cluster.close()
