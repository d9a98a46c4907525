"""What a run costs: requests, bytes, waits and the time of processors, counted where they happen and kept with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import aiohttp
import msgspec

from harvester.ports import Clock


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What something cost."""

    #: redirects among them
    requests: int = 0
    #: times that a request was made once more because it had failed
    retries: int = 0
    #: of all answers, as they were sent: packed, if they were
    received_bytes: int = 0
    #: pauses between requests, waits before further tries, and the time for which the source put the run off
    waited_seconds: float = 0.0
    #: time of processors for reading what came and keeping it
    cpu_seconds: float = 0.0

    def plus(self, more: Cost) -> Cost:
        """Both together."""
        return Cost(**{name: getattr(self, name) + getattr(more, name) for name in Cost.__struct_fields__})


class Meter:
    """Counts what a run costs until somebody takes it down; of one run at a time.

    Requests are counted in the event loop, work in the threads that do it.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._cost = Cost()
        #: time of processors that was counted so far, taken down or not
        self.worked_seconds = 0.0
        #: what was taken down in the block that is running now (`taking`)
        self._unsettled = Cost()
        self._since: float | None = None
        #: answers on their way, each with the bytes of it that are counted
        self._answers: list[tuple[aiohttp.ClientResponse, int]] = []

    def spent(self, **amounts: float) -> None:
        """Adds to what `Cost` names."""
        with self._lock:
            self._cost = self._cost.plus(Cost(**amounts))  # type: ignore[arg-type]
            self.worked_seconds += amounts.get("cpu_seconds", 0.0)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Counts the processor's time of this thread while the block runs; one inside of another counts once."""
        if self._since is not None:
            yield
            return
        self._since = time.thread_time()
        try:
            yield
        finally:
            self._count_work()
            self._since = None

    def taken(self) -> Cost:
        """What was counted since the last time."""
        if self._since is not None:
            self._count_work()
        with self._lock:
            self._count_answers()
            cost, self._cost = self._cost, Cost()
            self._unsettled = self._unsettled.plus(cost)
        return cost

    @contextmanager
    def taking(self) -> Iterator[None]:
        """What is taken down in the block is to be taken down once more where the block fails."""
        self._unsettled = Cost()
        try:
            yield
        except BaseException:
            self._give_back()
            raise

    def _give_back(self) -> None:
        with self._lock:
            # the work among it was counted as work when it was done
            self._cost, self._unsettled = self._cost.plus(self._unsettled), Cost()

    def watch(self) -> aiohttp.TraceConfig:
        """What a session counts its requests and the bytes of their answers with."""
        trace = aiohttp.TraceConfig()

        async def begun(*_: object) -> None:
            self.spent(requests=1)

        async def answered(_: object, __: object, end: aiohttp.TraceRequestEndParams) -> None:
            with self._lock:
                self._count_answers()
                self._answers.append((end.response, 0))

        trace.on_request_start.append(begun)
        trace.on_request_end.append(answered)
        return trace

    def _count_work(self) -> None:
        assert self._since is not None
        now = time.thread_time()
        self.spent(cpu_seconds=now - self._since)
        self._since = now

    def _count_answers(self) -> None:
        fresh = sum(answer.content.total_bytes - counted for answer, counted in self._answers)
        # one that is given up is closed too, however much of it was still to come
        self._answers = [(answer, answer.content.total_bytes) for answer, _ in self._answers if not answer.closed]
        if fresh:
            self.spent(received_bytes=fresh)


class MeteredClock:
    """A clock whose waits are counted (`harvester.ports.Clock`)."""

    def __init__(self, clock: Clock, meter: Meter) -> None:
        self._clock, self._meter = clock, meter

    def now(self) -> datetime:
        """This moment."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await self._clock.sleep(seconds)
        self._meter.spent(waited_seconds=seconds)
