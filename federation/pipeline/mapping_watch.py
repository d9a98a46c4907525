"""What mapping may take in a worker process: memory, and CPU seconds a unit; a record that takes more is refused alone.

A timer of CPU time ticks a few times a second and looks which unit is in hand, so that a record costs nothing for being
watched. It ends what stands in Python; what hangs in a library is ended with its process (`workers`).
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType

from federation.errors import RuleTooSlow
from federation.pipeline.slow_feeds import SlowFeeds
from mappings.engine.apply import PART_IN_HAND
from mappings.engine.running import UNIT_IN_HAND
from mappings.engine.standing import Above, FindAbove, Unplaced
from mappings.engine.unit import Unit
from mappings.schema.raw import RawRecord

TICK_SECONDS = 0.25
#: for the rules of one unit; for parsing and splitting a record, and for each MiB of it
UNIT_SECONDS, RECORD_SECONDS, MIB_SECONDS = 1.0, 5.0, 1.0
#: address space of a worker while it maps, and at least so much more than it has
MEMORY_BYTES, HEADROOM_BYTES = 2 << 30, 1 << 30


class Watch:
    """Which record is in hand, and how long its unit has been."""

    def __init__(
        self,
        *,
        tick_seconds: float = TICK_SECONDS,
        unit_seconds: float = UNIT_SECONDS,
        record_seconds: float = RECORD_SECONDS,
    ) -> None:
        self.tick_seconds = tick_seconds
        self._unit_seconds, self._record_seconds = unit_seconds, record_seconds
        #: the record in hand, and a number that no other has
        self.hand: RawRecord | None = None
        self.turn = 0
        #: the record and the unit that the last tick met; held, so that no other unit can be taken for it
        self._seen: tuple[int, object] = (0, None)
        self._ticks = 0
        self.feeds = SlowFeeds()

    def tick(self, _number: int, frame: FrameType | None) -> None:
        """Ends the record in hand, in its midst, where its unit has taken too long; raises RuleTooSlow."""
        raw = self.hand
        if raw is None:
            return
        unit, rule = _in_hand(frame)
        is_same = self.turn == self._seen[0] and unit is self._seen[1]
        self._ticks = self._ticks + 1 if is_same else 0
        self._seen = self.turn, unit
        limit = (
            self._unit_seconds
            if isinstance(unit, Unit)
            else self._record_seconds + MIB_SECONDS * (len(raw.payload) >> 20)
        )
        # told again at the next tick, where it was lost: what the collector calls lets nothing through
        if self._ticks * self.tick_seconds >= limit:
            raise RuleTooSlow(limit, rule)

    def unwatched(self, find: FindAbove) -> FindAbove:
        """The same; no record is ended while the one above it is read, so that no connection is left half used.

        A record that is mapped on the way is watched for itself.
        """

        def found(parent: str) -> Above | Unplaced:
            outer, self.hand = self.hand, None
            try:
                return find(parent)
            finally:
                self.hand = outer

        return found


def _in_hand(frame: FrameType | None) -> tuple[object, str]:
    """The unit whose rules run, or the part of a finding aid that is read or composed, and the rule that is at work."""
    while frame is not None:
        if frame.f_code is UNIT_IN_HAND:
            unit: Unit = frame.f_locals["unit"]
            return unit, unit.at_work
        if frame.f_code is PART_IN_HAND:
            return frame.f_locals["part"], ""
        frame = frame.f_back
    return None, ""


@contextmanager
def watching(watch: Watch | None = None) -> Iterator[Watch | None]:
    """A process is bounded while it maps; None in a thread beside the first, which no signal reaches."""
    if threading.current_thread() is not threading.main_thread():
        yield None
        return
    watch = watch or _of_this_process()
    former = signal.signal(signal.SIGPROF, watch.tick)
    # what a library waits for goes on
    signal.siginterrupt(signal.SIGPROF, False)
    signal.setitimer(signal.ITIMER_PROF, watch.tick_seconds, watch.tick_seconds)
    try:
        with _bounded_memory():
            yield watch
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)
        watch.feeds.end_batch()


@cache
def _of_this_process() -> Watch:
    """One for all batches, which remembers slow feeds."""
    return Watch()


@contextmanager
def _bounded_memory() -> Iterator[None]:
    if multiprocessing.parent_process() is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    wanted = max(MEMORY_BYTES, pages * resource.getpagesize() + HEADROOM_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
