"""What a run costs: counted once each, also where bodies are still on their way and where work lies inside of work."""

from __future__ import annotations

import gc
import time

import pytest
from aiohttp import StreamReader, web

from harvester.cost import Cost, Meter, MeteredClock
from harvester.egress import session
from harvester.feeds import Feed
from tests.federation.pipeline.test_harvest import PatientClock
from tests.peers.loopback import listening


def test_costs_add_up() -> None:
    one, other = Cost(requests=1, waited_seconds=0.5), Cost(requests=2, retries=1, cpu_seconds=0.25)
    assert one.plus(other) == Cost(requests=3, retries=1, waited_seconds=0.5, cpu_seconds=0.25)


def test_what_was_taken_down_is_not_counted_again() -> None:
    meter = Meter()
    meter.spent(requests=2)
    assert meter.taken() == Cost(requests=2)
    assert meter.taken() == Cost()


def test_what_was_taken_down_in_vain_is_taken_down_again_and_was_worked_once() -> None:
    meter = Meter()
    meter.spent(requests=2, cpu_seconds=1.0)

    def fail() -> None:
        with meter.taking():
            assert meter.taken() == Cost(requests=2, cpu_seconds=1.0)
            meter.spent(requests=1)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert meter.worked_seconds == 1.0
    with meter.taking():
        assert meter.taken() == Cost(requests=3, cpu_seconds=1.0)
    assert meter.taken() == Cost()


def test_work_inside_of_work_counts_once() -> None:
    meter = Meter()
    begun = time.thread_time()
    with meter.working():
        with meter.working():
            sum(range(1_000_000))
        inside = meter.taken().cpu_seconds
    whole = time.thread_time() - begun
    assert 0 < inside <= whole
    assert inside + meter.taken().cpu_seconds <= whole


async def test_waits_are_counted_as_long_as_they_were_asked_for() -> None:
    meter = Meter()
    await MeteredClock(PatientClock(), meter).sleep(7.5)
    assert meter.taken() == Cost(waited_seconds=7.5)


async def test_requests_and_the_bytes_of_their_answers_are_counted_as_they_were_sent() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 70_000)

    app, meter = web.Application(), Meter()
    app.router.add_get("/", answer)
    async with listening(app) as root:
        feed = Feed(key="k", base_url=root, metadata_prefix="oai_dc", networks=("127.0.0.0/8",))
        async with session(feed, user_agent="test", meter=meter) as connections:
            for _ in range(2):
                async with connections.get(root) as response:
                    assert len(await response.content.readexactly(1_000)) == 1_000
                    early = meter.taken()
                    await response.read()
            late = meter.taken()
    assert (early.requests, late.requests) == (1, 0)
    assert early.received_bytes + late.received_bytes >= 70_000
    assert late.received_bytes <= 70_000


def bodies_in_memory() -> int:
    gc.collect()
    return sum(isinstance(each, StreamReader) for each in gc.get_objects())


async def test_an_answer_that_is_given_up_is_not_held() -> None:
    """What is too large, or breaks off, is never read to its end: a long run would keep all that came of it."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * 10_000_000)

    app, meter = web.Application(), Meter()
    app.router.add_get("/", answer)
    async with listening(app) as root:
        feed = Feed(key="k", base_url=root, metadata_prefix="oai_dc", networks=("127.0.0.0/8",))
        async with session(feed, user_agent="test", meter=meter) as connections:
            held = []
            for _ in range(4):
                async with connections.get(root) as response:
                    await response.content.readexactly(1_000)
                assert meter.taken().received_bytes >= 1_000
                held.append(bodies_in_memory())
            assert held[-1] == held[0]
