"""The search of a data folder (`index.ports.SearchBackend`): the live generation of its index, read by any thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

from index.answering import answer, count_of, facet_values
from index.embedded.known_words import KnownWords
from index.embedded.moment import Moment
from index.embedded.reader import Reader
from index.engine import Engine
from index.errors import NoGeneration
from index.generations import Generation, Part, live
from index.ports import IndexStats
from index.request import SearchRequest
from index.results import FacetCount, SearchAnswer
from mappings.schema.access import EVERYONE, PUBLIC, Visibility

_PUBLIC_PARTS: tuple[Part, ...] = ("open",)
_ALL_PARTS: tuple[Part, ...] = ("open", "closed")


class EmbeddedSearch:
    """Answers from the index in `folder`; what was committed there is seen at the next call."""

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._spelling = {parts: KnownWords(clock) for parts in (_PUBLIC_PARTS, _ALL_PARTS)}
        self._lock = Lock()
        self._readers: tuple[Generation, dict[Part, Reader]] | None = None
        self._moments: dict[tuple[Part, ...], Moment] = {}

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
        generation, _ = self._opened()
        return IndexStats(
            generation=generation.name,
            seq=place.seq if (place := generation.place) else 0,
            clusters=count_of(moment, visibility, "merged"),
            records=count_of(moment, visibility, "members"),
        )

    def labels(self, facet: str, values: Sequence[str], visibility: Visibility = EVERYONE) -> dict[str, str]:
        """Labels of facet values; a value without one is its own label."""
        found = self.moment(visibility).labels(facet, values)
        return {value: found.get(value, value) for value in values}

    def moment(self, visibility: Visibility) -> Engine:
        """The engine as it stands now, for one reader; the public's does not hold what is hidden."""
        parts = _PUBLIC_PARTS if visibility.tokens == (PUBLIC,) else _ALL_PARTS
        with self._lock:
            generation, readers = self._opened()
            searchers = [readers[part].searcher() for part in parts]
            commit = ".".join([generation.name, *(str(readers[part].opstamp) for part in parts)])
            kept = self._moments.get(parts)
            if kept is None or kept.commit != commit:
                kept = self._moments[parts] = Moment(commit, searchers, self._spelling[parts])
            return kept

    def _opened(self) -> tuple[Generation, dict[Part, Reader]]:
        generation = live(self._folder)
        if generation is None:
            self._readers = None
            raise NoGeneration
        if self._readers is None or self._readers[0] != generation:
            self._readers = generation, {part: Reader(generation.part(part)) for part in _ALL_PARTS}
            self._moments.clear()
        return self._readers
