"""Every hit of a search, for lists that are taken away: given page by page, as one moment of the index has them.

Up to the last hit that pages reach they come in the order asked for; where there are more, in that of `id`, which any
engine walks at the same cost to the end. What is found by meaning alone is no part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import BoundedSemaphore, Lock

from index.answering import sort_of, whole_query
from index.display import hit_of, unpack
from index.engine import Engine, Listing
from index.errors import BackendUnavailable, TooManyHits
from index.holders import holders_of
from index.query.primitives import Primitive
from index.relaxing import steps
from index.request import LAST_HIT, SearchRequest
from index.results import SearchHit
from index.understanding import Asking, understand

#: scans that hold something open at once
MOST_OPEN = 20
_AGAIN_SECONDS = 30


class Scan:
    """Hits of one search, to be closed by whoever opened it. Its calls may come from any thread, one after the other.

    total   hits in all
    """

    def __init__(self, listing: Listing, request: SearchRequest, closed: Callable[[], None]) -> None:
        self.total = listing.total
        self._listing, self._request, self._closed = listing, request, closed
        self._lock = Lock()
        self._open = True

    def page(self) -> Sequence[SearchHit]:
        """The next hits without spans and reasons; empty behind the last. Raises BackendUnavailable."""
        with self._lock:
            return [hit_of(unpack(each), self._request.prefer) for each in self._listing.page()]

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

    def open(self, engine: Engine, request: SearchRequest, most: int) -> Scan:
        """A scan of at most `most` hits; raises TooManyHits before anything is held, BackendUnavailable, QueryInvalid.

        A search that finds nothing is relaxed as it is for a page, where the request says so.
        """
        asking, found = _first_that_finds(engine, request)
        if found > most:
            raise TooManyHits(found, most)
        if not self._places.acquire(blocking=False):
            raise BackendUnavailable("as many lists as can be are being written", _AGAIN_SECONDS)
        try:
            return Scan(_listing(engine, request, asking, found), request, self._places.release)
        except BaseException:
            self._places.release()
            raise


def _first_that_finds(engine: Engine, request: SearchRequest) -> tuple[Asking, int]:
    """The search as it is read, or the first wider reading of it that finds anything; and how many hits."""
    asked = understand(request, lambda: holders_of(engine, request.visibility))
    for asking in _readings(engine, request, asked):
        if found := engine.count(whole_query(request, asking)):
            return asking, found
    return asked, 0


def _readings(engine: Engine, request: SearchRequest, asked: Asking) -> Iterator[Asking]:
    yield asked
    if asked.recognises and request.relax == "auto":
        yield from (step.asking for step in steps(engine, request, asked))


def _listing(engine: Engine, request: SearchRequest, asking: Asking, found: int) -> Listing:
    query = whole_query(request, asking)
    if found > LAST_HIT:
        return engine.scan(query)
    return _Few(engine, query, request, asking)


class _Few:
    """As many hits as pages reach: they come in one answer, in the order asked for (`index.engine.Listing`)."""

    def __init__(self, engine: Engine, query: Primitive, request: SearchRequest, asking: Asking) -> None:
        top = engine.top(query, sort_of(request, asking), 0, LAST_HIT)
        self.total = len(top.displays)
        self._rest = top.displays

    def page(self) -> Sequence[bytes]:
        given, self._rest = self._rest, ()
        return given

    def close(self) -> None:
        self._rest = ()
