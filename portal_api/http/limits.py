"""Limits in memory, one table a rule: token buckets in time, places at one time; each counts how often it refused."""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from portal_api.errors import OverBudget

#: buckets kept; the fullest are dropped first, for they say the least
KEPT = 10_000
#: what whoever finds no free place is told to wait
_PLACE_SECONDS = 30


class Bucket:
    """Allows `most` acts a key in so many seconds, refilled evenly."""

    def __init__(self, most: int, seconds: float = 60.0) -> None:
        self.most, self.seconds = most, seconds
        #: how often this rule refused, since start
        self.fired = 0
        self._levels: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, now: float) -> int:
        """0 where the act is allowed, else the seconds to wait."""
        with self._lock:
            level = self._level(key, now)
            if level < 1:
                self.fired += 1
                return math.ceil((1 - level) * self.seconds / self.most)
            self._levels[key] = (level - 1, now)
            if len(self._levels) > KEPT:
                self._forget(now)
            return 0

    def _level(self, key: str, now: float) -> float:
        level, at = self._levels.get(key, (float(self.most), now))
        return min(float(self.most), level + (now - at) * self.most / self.seconds)

    def _forget(self, now: float) -> None:
        fullest = sorted(self._levels, key=lambda key: self._level(key, now), reverse=True)
        for key in fullest[: KEPT // 2]:
            del self._levels[key]


class Places:
    """Lets `most` acts of a key go on at one time; whoever comes meanwhile is asked to come again."""

    def __init__(self, most: int) -> None:
        self.most = most
        #: how often this rule refused, since start
        self.fired = 0
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def place(self, key: str) -> Iterator[None]:
        """Holds a place until the block ends; raises OverBudget where none is free."""
        with self._lock:
            if self._taken[key] >= self.most:
                self.fired += 1
                raise OverBudget(_PLACE_SECONDS)
            self._taken[key] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[key] -= 1
                if not self._taken[key]:
                    del self._taken[key]


def network_prefix(address: str) -> str:
    """The network that a caller is counted by: /24 of an IPv4 address, /56 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = 24 if isinstance(parsed, ipaddress.IPv4Address) else 56
    return str(ipaddress.ip_network(f"{parsed}/{bits}", strict=False))
