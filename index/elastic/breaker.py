"""Keeps searches from waiting for a cluster that is away: after some failures it is left alone for a while."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

_FAILURES, _WITHIN_SECONDS, _OPEN_SECONDS = 3, 10.0, 20.0


class Breaker:
    """Closed while calls succeed; opened by three failures in ten seconds; one probe after twenty closes it again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failed: list[float] = []
        self._open_until: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody may ask, but for a probe."""
        return self._open_until is not None

    def wait_seconds(self) -> float:
        """How long nobody may ask; 0 lets the caller ask, as the one probe where the breaker was open."""
        with self._lock:
            now = self._clock()
            if self._open_until is None:
                return 0.0
            if now < self._open_until:
                return self._open_until - now
            self._open_until = now + _OPEN_SECONDS  # others wait for what the probe finds
            return 0.0

    def succeeded(self) -> None:
        """The cluster answered."""
        with self._lock:
            self._failed.clear()
            self._open_until = None

    def failed(self) -> None:
        """The cluster did not answer."""
        with self._lock:
            now = self._clock()
            self._failed = [*(at for at in self._failed if now - at < _WITHIN_SECONDS), now]
            if len(self._failed) >= _FAILURES or self._open_until is not None:
                self._open_until = now + _OPEN_SECONDS
