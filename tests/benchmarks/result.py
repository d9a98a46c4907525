"""One measured figure, and how a measurement is taken: CPU seconds of this process and its children, not the clock."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a benchmark's output."""

    name: str
    #: `exchange`, or the peer that was measured in the same run
    subject: str
    value: float
    #: `records/cpu_s`, `ms`, `searches/cpu_s`, `MiB` …
    unit: str
    n: int
    cpu_seconds: float
    wall_seconds: float
    peak_mib: float


class Measured:
    """CPU and wall seconds of a block, filled in when the block ends."""

    def __init__(self) -> None:
        self.cpu_seconds = 0.0
        self.wall_seconds = 0.0

    def told(self, name: str, value: float, unit: str, n: int, *, subject: str = "exchange") -> Result:
        """Any figure of the block as a result line."""
        return Result(
            name=name,
            subject=subject,
            value=value,
            unit=unit,
            n=n,
            cpu_seconds=round(self.cpu_seconds, 3),
            wall_seconds=round(self.wall_seconds, 3),
            peak_mib=peak_mib(),
        )

    def per_cpu_second(self, name: str, subject: str, n: int) -> Result:
        """`n` records over the measured CPU seconds, as a result line."""
        value = round(n / self.cpu_seconds, 1) if self.cpu_seconds else 0.0
        return self.told(name, value, "records/cpu_s", n, subject=subject)

    def per_wall_second(self, name: str, subject: str, n: int) -> Result:
        """`n` records over the measured seconds, of work that another process does; as a result line."""
        value = round(n / self.wall_seconds, 1) if self.wall_seconds else 0.0
        return self.told(name, value, "records/s", n, subject=subject)


def cpu_seconds() -> float:
    """User and system seconds of this process and of its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def peak_mib() -> float:
    """The largest resident set of this process so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def resident_mib() -> float:
    """The resident set of this process now, which may be less than it once was."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return round(pages * resource.getpagesize() / (1 << 20), 1)


@contextmanager
def measured() -> Iterator[Measured]:
    """Measures the block under `with`."""
    result = Measured()
    cpu, wall = cpu_seconds(), time.monotonic()
    try:
        yield result
    finally:
        result.cpu_seconds = cpu_seconds() - cpu
        result.wall_seconds = time.monotonic() - wall
