"""Every hit of a search, for lists that are taken away: given page by page, as one moment of the index has them.

Up to the last hit that pages reach they come in the order asked for; where there are more, in that of `id`, which any
engine walks at the same cost to the end. What is found by meaning alone is no part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import BoundedSemaphore, Lock

from index.code_order import ordered, tiers_of
from index.display import hit_of, preferred, unpack
from index.engine import Engine, Listing
from index.errors import BackendUnavailable, TooManyHits
from index.questions import sort_of, whole_query
from index.relaxing import steps
from index.request import LAST_HIT, SearchRequest
from index.results import SearchHit
from index.sounding import understood
from index.spelling import near_among
from index.understanding import Asking

#: scans that hold something open at once
MOST_OPEN = 20
_AGAIN_SECONDS = 30


class Scan:
    """Hits of one search, to be closed by whoever opened it. Its calls may come from any thread, one after the other.

    total        hits in all
    generation   of the index that it is of
    seq          a change that it holds, and all before it
    """

    def __init__(
        self, listing: Listing, request: SearchRequest, closed: Callable[[], None], standing: tuple[str, int]
    ) -> None:
        self.total = listing.total
        self.generation, self.seq = standing
        self._listing, self._request, self._closed = listing, request, closed
        self._lock = Lock()
        self._open, self._given = True, 0

    def page(self) -> Sequence[SearchHit]:
        """The next hits without spans and reasons; empty behind the last of them all. Raises BackendUnavailable."""
        with self._lock:
            found = self._listing.page()
            self._given += len(found)
            if not found and self._open and self._given != self.total:
                raise BackendUnavailable(f"the search engine gave {self._given:,} of {self.total:,} hits")
            return [hit_of(preferred(unpack(each), self._request.prefer)) for each in found]

    def close(self) -> None:
        """Lets go of what is held open; waits for a page that is being read."""
        with self._lock:
            if self._open:
                self._open = False
                try:
                    self._listing.close()
                finally:
                    self._closed()


class Scans:
    """The scans of a backend: so many may be open."""

    def __init__(self, most: int = MOST_OPEN) -> None:
        self._places = BoundedSemaphore(most)

    def open(self, engine: Engine, request: SearchRequest, most: int, standing: tuple[str, int]) -> Scan:
        """A scan of at most `most` hits; raises TooManyHits before anything is held, BackendUnavailable, QueryInvalid.

        A search that finds nothing is relaxed as it is for a page, where the request says so.
        standing   the generation of the engine's moment, and a change that it holds
        """
        asking, found = _first_that_finds(engine, request)
        _check(found, most)
        if not self._places.acquire(blocking=False):
            raise BackendUnavailable("as many lists as can be are being written", _AGAIN_SECONDS)
        try:
            listing = _listing(engine, request, asking, found)
            try:
                # where an engine's calls see different moments, more may have come since it was counted
                _check(listing.total, most)
            except TooManyHits:
                listing.close()
                raise
            return Scan(listing, request, self._places.release, standing)
        except BaseException:
            self._places.release()
            raise


def _check(found: int, most: int) -> None:
    if found > most:
        raise TooManyHits(found, most)


def _first_that_finds(engine: Engine, request: SearchRequest) -> tuple[Asking, int]:
    """The search as it is read, or the first wider reading of it that finds anything; and how many hits."""
    asked = understood(engine, request)
    for asking in _readings(engine, request, asked):
        if found := engine.count(whole_query(request, asking)):
            return asking, found
    return asked, 0


def _readings(engine: Engine, request: SearchRequest, asked: Asking) -> Iterator[Asking]:
    yield asked
    if asked.recognises and request.relax == "auto":
        yield from (step.asking for step in steps(engine, request, asked, near_among(engine.common_words)))


def _listing(engine: Engine, request: SearchRequest, asking: Asking, found: int) -> Listing:
    query = whole_query(request, asking)
    if found <= LAST_HIT:
        tiers = tiers_of(engine, request, asking, query)
        top = ordered(engine, query, sort_of(request, asking), 0, LAST_HIT, tiers)
        # more may have come since they were counted, or one of them gone before it was read
        if top.total == len(top.displays):
            return _Few(top.displays)
    return engine.scan(query)


class _Few:
    """As many hits as pages reach: they come in one answer, in the order asked for (`index.engine.Listing`)."""

    def __init__(self, displays: Sequence[bytes]) -> None:
        self.total = len(displays)
        self._rest = displays

    def page(self) -> Sequence[bytes]:
        given, self._rest = self._rest, ()
        return given

    def close(self) -> None:
        self._rest = ()
