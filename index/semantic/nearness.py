"""`index.nearness.Nearness` over a model and its vectors: queries wait for either no longer than they may."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from functools import lru_cache

from index.errors import BackendUnavailable
from index.nearness import NearnessUnavailable
from index.semantic.centring import Vector
from index.semantic.embedder import Embedder
from index.semantic.errors import EmbedderAbsent
from index.semantic.status import SemanticStatus
from index.semantic.tongues import tongue_of
from index.semantic.vectors import VectorReader

#: what a query may wait for its vector; nobody's search waits for a model to be loaded
QUERY_SECONDS = 0.3
_LONGEST, _KEPT = 512, 500
#: cosine of two things that mean much the same; of the demonstration's records one pair in a thousand is nearer
LEAST_ALIKE = 0.6
#: between two tries of a service that was away
_AGAIN_SECONDS = 30.0


class VectorNearness:
    """What is near to a text, by one model; it is loaded beside the first searches."""

    def __init__(
        self,
        load: Callable[[], Embedder],
        read: Callable[[Embedder], VectorReader],
        *,
        query_seconds: float = QUERY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`read` opens the vectors of a model; raises OSError while there are none."""
        self._read, self._query_seconds = read, query_seconds
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="embedding")
        self._load, self._clock = load, clock
        self._embedder: Future[Embedder] = self._threads.submit(load)
        self._again = clock() + _AGAIN_SECONDS
        self._reader: VectorReader | None = None
        # what comes too late is there when the same is asked again
        self._asked = lru_cache(maxsize=_KEPT)(lambda text: self._threads.submit(self._embedded, text))

    def near(self, text: str, limit: int) -> Sequence[str]:
        """Ids of clusters, nearest first; raises NearnessUnavailable."""
        try:
            return self._opened().nearest(self._vector(text[:_LONGEST]), limit)
        except (EmbedderAbsent, BackendUnavailable, OSError, Late) as error:
            raise NearnessUnavailable(str(error) or "the query's vector was not there in time") from error

    def alike(self, cluster_id: str, limit: int) -> Sequence[str]:
        """Ids of other clusters that mean much the same as a cluster, nearest first; raises NearnessUnavailable."""
        try:
            return self._opened().nearest_to(cluster_id, limit, LEAST_ALIKE)
        except (EmbedderAbsent, BackendUnavailable, OSError, Late) as error:
            raise NearnessUnavailable(str(error)) from error

    def status(self, *, wait: bool = False) -> SemanticStatus:
        """How it stands; `wait` for the model to be loaded."""
        if not wait and not self._embedder.done():
            return SemanticStatus(state="loading")
        try:
            fingerprint = self._embedder.result().fingerprint
        except EmbedderAbsent as error:
            return SemanticStatus(state=error.reason, detail=error.detail)
        try:
            vectors = self._opened().count()
        except BackendUnavailable as error:
            return SemanticStatus(state="unreachable", detail=str(error), fingerprint=fingerprint)
        except OSError:
            vectors = 0
        return SemanticStatus(state="on" if vectors else "empty", fingerprint=fingerprint, vectors=vectors)

    def close(self) -> None:
        """Ends the thread of the model."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._reader is not None:
            self._reader.close()

    def _vector(self, text: str) -> Vector:
        asked = self._asked(text)
        try:
            return asked.result(self._query_seconds)
        except EmbedderAbsent:
            self._asked.cache_clear()
            raise

    def _embedded(self, text: str) -> Vector:
        (found,) = self._model().queries([text])
        centred: Vector = found - self._opened().neutral.query(tongue_of(text))
        return centred

    def _opened(self) -> VectorReader:
        if self._reader is None:
            self._reader = self._read(self._model())
        return self._reader

    def _model(self) -> Embedder:
        """The model, if it is loaded; a service that was away is asked again after a while."""
        if not self._embedder.done():
            raise Late("the model is being loaded")
        error = self._embedder.exception()
        if isinstance(error, EmbedderAbsent) and error.reason == "unreachable" and self._clock() >= self._again:
            self._again = self._clock() + _AGAIN_SECONDS
            self._embedder = self._threads.submit(self._load)
            raise Late("the model is being loaded")
        return self._embedder.result()
