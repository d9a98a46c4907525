"""The search of a cluster (`index.ports.SearchBackend`): its live generation, asked by any thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from index.best_bets import BestBets, no_bets
from index.canonical_hash import canonical_hash
from index.elastic.cluster import Cluster
from index.elastic.known import Known
from index.elastic.moment import ElasticMoment
from index.elastic.shelf import Shelf
from index.engine import Engine
from index.errors import NoGeneration
from index.generations import Part
from index.holders import OtherNames, no_other_names
from index.moments import MomentSearch, parts_of
from index.place import Place
from index.request import SearchRequest
from mappings.schema.access import Visibility

#: which generation answers, and how far it is, is asked again after so long
_KNOWN_SECONDS = 1.0


class ElasticSearch(MomentSearch):
    """Answers from the generation that the cluster's alias names."""

    def __init__(
        self,
        cluster: Cluster,
        *,
        bets: BestBets = no_bets,
        names: OtherNames = no_other_names,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(bets, names)
        self._cluster, self._clock = cluster, clock
        self._shelf = Shelf(cluster)
        self._lock = Lock()
        self._live: tuple[float, str, int] | None = None
        self._known: dict[tuple[str, tuple[Part, ...]], Known] = {}

    name = "elasticsearch"

    @property
    def is_away(self) -> bool:
        """Whether the cluster's breaker is open."""
        return self._cluster.is_away

    def moment(self, visibility: Visibility, asked: SearchRequest | None = None) -> Engine:
        """The engine as it stands now, for one reader; raises BackendUnavailable, and QueryInvalid if strict."""
        parts = parts_of(visibility)
        name, seq = self.standing()
        with self._lock:
            known = self._known.setdefault((name, parts), Known(self._clock))
        indices = [self._shelf.index(name, part) for part in parts]
        route = canonical_hash(asked).hex()[:16] if asked else None
        return ElasticMoment(self._cluster, f"{name}.{seq}", indices, known, route, self._names)

    def standing(self) -> tuple[str, int]:
        """The live generation, and `seq` of the last change that it holds; raises BackendUnavailable."""
        now = self._clock()
        if self._live is not None and now - self._live[0] < _KNOWN_SECONDS:
            return self._live[1:]
        name = self._shelf.live()
        kept = self._shelf.kept(name) if name is not None else None
        if name is None or kept is None:
            raise NoGeneration(self._begun())
        seq = kept.state.place.seq if kept.state.place else 0
        with self._lock:
            if self._live is not None and self._live[1] != name:
                self._known.clear()
            self._live = now, name, seq
        return name, seq

    def _begun(self) -> str | None:
        """How far the generation that is being made has read its source (`NoGeneration.reached`)."""
        name = self._shelf.next_one()
        kept = self._shelf.kept(name) if name is not None else None
        return Place.reached(kept.state.place if kept else None)
