"""A body that trickles is given up: fewest bytes in any stretch of time."""

from __future__ import annotations

import asyncio

from harvester.errors import PayloadRefused
from harvester.settings import Limits


class Pace:
    """Counts what comes."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._begun, self._came = self._loop.time(), 0

    def came(self, count: int) -> None:
        """So many bytes more; raises PayloadRefused `too_slow`."""
        now, limits = self._loop.time(), self._limits
        self._came += count
        if now - self._begun <= limits.slow_seconds:
            return
        if self._came < limits.slow_bytes:
            raise PayloadRefused("too_slow", f"expected {limits.slow_bytes} bytes in {limits.slow_seconds} s")
        self._begun, self._came = now, 0
