"""Things near to a query in meaning (a port): what the fusion asks, whatever makes and keeps the vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from index.errors import SearchError


class NearnessUnavailable(SearchError):
    """Nothing can be said of meaning for this query: the model is away, late or not there; words answer alone."""


class Nearness(Protocol):
    """What is near to a text, or to a thing."""

    def near(self, text: str, limit: int) -> Sequence[str]:
        """Ids of clusters, nearest first, some of which may be gone or hidden by now; raises NearnessUnavailable."""

    def alike(self, cluster_id: str, limit: int) -> Sequence[str]:
        """Ids of other clusters that mean much the same as a cluster, nearest first; none of one without a vector.

        Some may be gone or hidden by now. Raises NearnessUnavailable.
        """
