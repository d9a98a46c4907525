"""A search backend over moments: what every engine answers in the same way once it gives itself as it stands now."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from index.answering import answer
from index.best_bets import BestBets, no_bets, with_bets
from index.browsing import Browsed, browse
from index.engine import Engine
from index.explaining import Explained, explain
from index.facets import facet_values
from index.found import Found
from index.generations import PARTS, Part
from index.holders import OtherNames, holders_of, no_other_names
from index.meanings.claims import Holders, Sounds
from index.nearness import Nearness
from index.ports import IndexStats
from index.query.model import QueryNode
from index.questions import count_of
from index.request import SearchRequest
from index.results import FacetCount, SearchAnswer, SimilarHit, Suggestion
from index.scanning import Scan, Scans
from index.similar import similar
from index.sounding import sounds_of_query
from index.suggesting import suggest
from index.valued import settled
from mappings.schema.access import EVERYONE, PUBLIC, Visibility

_PUBLIC_PARTS: tuple[Part, ...] = ("open",)


def parts_of(visibility: Visibility) -> tuple[Part, ...]:
    """The parts of a generation that a reader's moment holds; the public's does not hold what is hidden."""
    return _PUBLIC_PARTS if visibility.tokens == (PUBLIC,) else PARTS


class MomentSearch(ABC):
    """`index.ports.SearchBackend` over an engine's moments.

    bets    what people pinned to queries
    names   what institutions are called besides
    """

    def __init__(self, bets: BestBets = no_bets, names: OtherNames = no_other_names) -> None:
        self._bets, self._names = bets, names
        self._scans = Scans()

    #: what finds by meaning, where the exchange has the extra
    nearness: Nearness | None = None
    #: the engine's name, and who is told how long each search took, in seconds
    name = ""
    on_search: Callable[[str, float], None] = staticmethod(lambda _name, _seconds: None)

    @property
    def is_away(self) -> bool:
        """Whether nobody asks the engine for now, as it failed of late."""
        return False

    @abstractmethod
    def moment(self, visibility: Visibility, asked: SearchRequest | None = None) -> Engine:
        """The engine as it stands now, for one reader; raises BackendUnavailable where there is no generation.

        asked   the search that it is for: all of its pages and counts are answered by the same copies of an index
        """

    @abstractmethod
    def standing(self) -> tuple[str, int]:
        """The live generation, and `seq` of the last change that it holds; raises BackendUnavailable."""

    def search(self, request: SearchRequest) -> SearchAnswer:
        """The answer; raises BackendUnavailable, and QueryInvalid under strict syntax."""
        engine, began = self.moment(request.visibility, request), time.monotonic()
        try:
            return answer(engine, self._asked(engine, request), self.nearness)
        finally:
            self.on_search(self.name, time.monotonic() - began)

    def scan(self, request: SearchRequest, most: int) -> Scan:
        """Every hit by words, to be closed; raises TooManyHits above `most`, BackendUnavailable, QueryInvalid."""
        engine, standing = self._placed(request)
        return self._scans.open(engine, self._asked(engine, request), most, standing)

    def _asked(self, engine: Engine, request: SearchRequest) -> SearchRequest:
        """The request with what is pinned to its query, and its values as the index has them."""
        pinned = with_bets(request, self._bets())
        named = any(choice.facet == "institution" for choice in request.filters)
        return settled(pinned, holders_of(engine, request.visibility) if named else {})

    def _placed(self, request: SearchRequest) -> tuple[Engine, tuple[str, int]]:
        """The engine as it stands now, the generation that it is of, and a change that it holds."""
        while True:
            before = self.standing()
            engine = self.moment(request.visibility, request)
            if self.standing()[0] == before[0]:
                return engine, before

    def facet_values(
        self, request: SearchRequest, facet: str, *, contains: str = "", limit: int = 100
    ) -> Found[FacetCount]:
        """Values of one facet under the request, largest first, whose label holds the folded words `contains`."""
        engine = self.moment(request.visibility, request)
        return facet_values(engine, self._asked(engine, request), facet, contains, limit)

    def suggest(self, text: str, visibility: Visibility, *, limit: int = 10) -> Found[Suggestion]:
        """Ways to go on from a text half typed, all of what the reader may see; raises BackendUnavailable."""
        return suggest(self.moment(visibility), visibility, text, limit)

    def similar(self, cluster_id: str, visibility: Visibility, *, limit: int = 10) -> Found[SimilarHit]:
        """Things like a cluster, best first; none where the reader may not know of it. Raises BackendUnavailable."""
        return similar(self.moment(visibility), visibility, cluster_id, limit, self.nearness)

    def browse(self, facet: str, start: str, visibility: Visibility, *, before: int = 0, limit: int = 10) -> Browsed:
        """Values of a facet in the order of their labels, from a text on; raises BackendUnavailable."""
        return browse(self.moment(visibility), visibility, facet, start, before=before, limit=limit)

    def holders(self, visibility: Visibility) -> Holders:
        """The institutions that words of a query may name, by folded name; raises BackendUnavailable."""
        return holders_of(self.moment(visibility), visibility)

    def sounds(self, tree: QueryNode, visibility: Visibility) -> Sounds:
        """Words of a tree that are looked for as the Chinese ones that they spell; raises BackendUnavailable."""
        engine = self.moment(visibility)
        return sounds_of_query(engine, visibility, tree, holders_of(engine, visibility))

    def explain(self, request: SearchRequest, id_: str) -> Explained:
        """What became of a cluster or record in a search; raises BackendUnavailable, QueryInvalid."""
        engine = self.moment(request.visibility, request)
        return explain(engine, self._asked(engine, request), id_)

    def stats(self, visibility: Visibility) -> IndexStats:
        """Counts under `visibility`; raises BackendUnavailable where there is no generation."""
        moment = self.moment(visibility)
        generation, seq = self.standing()
        return IndexStats(
            generation=generation,
            seq=seq,
            clusters=count_of(moment, visibility, "merged"),
            records=count_of(moment, visibility, "members"),
        )

    def labels(self, facet: str, values: Sequence[str], visibility: Visibility = EVERYONE) -> dict[str, str]:
        """Labels of facet values; a value without one is its own label."""
        found = self.moment(visibility).labels(facet, values)
        return {value: found.get(value, value) for value in values}
