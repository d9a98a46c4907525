"""The search of a data folder (`index.ports.SearchBackend`): the live generation of its index, read by any thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from index.best_bets import BestBets, no_bets
from index.embedded.known_words import KnownWords
from index.embedded.moment import Moment
from index.embedded.reader import Reader
from index.engine import Engine
from index.errors import NoGeneration
from index.generations import PARTS, Generation, Part, live, next_one
from index.holders import OtherNames, no_other_names
from index.moments import MomentSearch, parts_of
from index.place import Place
from index.request import SearchRequest
from mappings.schema.access import Visibility


class EmbeddedSearch(MomentSearch):
    """Answers from the index in `folder`; what was committed there is seen at the next call."""

    def __init__(
        self,
        folder: Path,
        *,
        bets: BestBets = no_bets,
        names: OtherNames = no_other_names,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(bets, names)
        self._folder, self._clock = folder, clock
        self._spelling: dict[tuple[Part, ...], KnownWords] = {}
        self._lock = Lock()
        self._readers: tuple[Generation, dict[Part, Reader]] | None = None
        self._moments: dict[tuple[Part, ...], Moment] = {}

    name = "tantivy"

    def moment(self, visibility: Visibility, asked: SearchRequest | None = None) -> Engine:
        """The engine as it stands now, for one reader; raises NoGeneration."""
        parts = parts_of(visibility)
        with self._lock:
            generation, readers = self._opened()
            searchers = [readers[part].searcher() for part in parts]
            commit = ".".join([generation.name, *(str(readers[part].opstamp) for part in parts)])
            kept = self._moments.get(parts)
            if kept is None or kept.commit != commit:
                spelling = self._spelling.setdefault(parts, KnownWords(self._clock))
                kept = self._moments[parts] = Moment(commit, searchers, spelling, self._names)
            return kept

    def standing(self) -> tuple[str, int]:
        """The live generation, and `seq` of the last change that it holds; raises NoGeneration."""
        with self._lock:
            generation, _ = self._opened()
        return generation.name, place.seq if (place := generation.place) else 0

    def _opened(self) -> tuple[Generation, dict[Part, Reader]]:
        generation = live(self._folder)
        if generation is None:
            self._readers = None
            begun = next_one(self._folder)
            raise NoGeneration(Place.reached(begun.place if begun else None))
        if self._readers is None or self._readers[0] != generation:
            self._readers = generation, {part: Reader(generation.part(part)) for part in PARTS}
            self._moments.clear()
        return self._readers
