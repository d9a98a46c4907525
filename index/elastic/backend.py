"""The search of a cluster (`index.ports.SearchBackend`): its live generation, asked by any thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Lock

from index.answering import answer, count_of, facet_values
from index.elastic.cluster import Cluster
from index.elastic.known import Known
from index.elastic.moment import ElasticMoment
from index.elastic.shelf import Shelf
from index.engine import Engine
from index.errors import NoGeneration
from index.generations import PARTS, Part
from index.ports import IndexStats
from index.request import SearchRequest
from index.results import FacetCount, SearchAnswer
from mappings.schema.access import EVERYONE, PUBLIC, Visibility

#: which generation answers, and how far it is, is asked again after so long
_KNOWN_SECONDS = 1.0
_PUBLIC_PARTS: tuple[Part, ...] = ("open",)


class ElasticSearch:
    """Answers from the generation that the cluster's alias names."""

    def __init__(self, cluster: Cluster, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._cluster, self._clock = cluster, clock
        self._shelf = Shelf(cluster)
        self._lock = Lock()
        self._live: tuple[float, str, int] | None = None
        self._known: dict[tuple[str, tuple[Part, ...]], Known] = {}

    def search(self, request: SearchRequest) -> SearchAnswer:
        """The answer; raises BackendUnavailable, and QueryInvalid under strict syntax."""
        return answer(self.moment(request.visibility), request)

    def facet_values(
        self, request: SearchRequest, facet: str, *, contains: str = "", limit: int = 100
    ) -> Sequence[FacetCount]:
        """Values of one facet under the request, largest first, whose label holds the folded words `contains`."""
        return facet_values(self.moment(request.visibility), request, facet, contains, limit)

    def stats(self, visibility: Visibility) -> IndexStats:
        """Counts under `visibility`; raises BackendUnavailable where there is no generation."""
        moment = self.moment(visibility)
        name, seq = self._generation()
        return IndexStats(
            generation=name,
            seq=seq,
            clusters=count_of(moment, visibility, "merged"),
            records=count_of(moment, visibility, "members"),
        )

    def labels(self, facet: str, values: Sequence[str], visibility: Visibility = EVERYONE) -> dict[str, str]:
        """Labels of facet values; a value without one is its own label."""
        found = self.moment(visibility).labels(facet, values)
        return {value: found.get(value, value) for value in values}

    def moment(self, visibility: Visibility) -> Engine:
        """The engine as it stands now, for one reader; the public's does not hold what is hidden."""
        parts = _PUBLIC_PARTS if visibility.tokens == (PUBLIC,) else PARTS
        name, seq = self._generation()
        with self._lock:
            known = self._known.setdefault((name, parts), Known(self._clock))
        indices = [self._shelf.index(name, part) for part in parts]
        return ElasticMoment(self._cluster, f"{name}.{seq}", indices, known)

    def _generation(self) -> tuple[str, int]:
        """The live generation and the last change that it holds."""
        now = self._clock()
        if self._live is not None and now - self._live[0] < _KNOWN_SECONDS:
            return self._live[1:]
        name = self._shelf.live()
        kept = self._shelf.kept(name) if name is not None else None
        if name is None or kept is None:
            raise NoGeneration
        seq = kept.state.place.seq if kept.state.place else 0
        with self._lock:
            if self._live is not None and self._live[1] != name:
                self._known.clear()
            self._live = now, name, seq
        return name, seq
