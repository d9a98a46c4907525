"""An origin is asked one request at a time, with pauses that grow where it is busy or slow, and shrink again."""

from __future__ import annotations

import asyncio

import pytest

from harvester.courtesy import Courtesies, Courtesy
from harvester.load import LONGEST_PAUSE_SECONDS
from harvester.retry import Failure
from tests.federation.pipeline.test_harvest import PatientClock

LEAST = 0.2


async def paused(courtesy: Courtesy, least: float = LEAST) -> float:
    """The pause before the request behind the next one."""
    clock = PatientClock()
    async with courtesy.turn(least, clock):
        pass
    return courtesy.pause_seconds(least, clock.monotonic())


async def test_the_first_request_waits_for_nothing() -> None:
    assert Courtesy().pause_seconds(LEAST, 0.0) == 0.0


async def test_a_pause_is_half_of_what_an_answer_usually_takes() -> None:
    courtesy = Courtesy()
    assert await paused(courtesy) == pytest.approx(LEAST)
    for seconds in (2.0, 3.0, 2.5):
        courtesy.answered(seconds)
    assert await paused(courtesy) == pytest.approx(1.25)


async def test_what_was_waited_meanwhile_counts() -> None:
    courtesy, clock = Courtesy(), PatientClock()
    async with courtesy.turn(LEAST, clock):
        pass
    clock.pass_by(0.15)
    assert courtesy.pause_seconds(LEAST, clock.monotonic()) == pytest.approx(0.05, abs=1e-3)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_source_doubles_the_pause_up_to_a_minute(status: int) -> None:
    courtesy = Courtesy()
    courtesy.failed(Failure(reason="status", status=status))
    assert await paused(courtesy) == pytest.approx(2 * LEAST)
    for _ in range(20):
        courtesy.failed(Failure(reason="status", status=status))
    assert await paused(courtesy) == pytest.approx(LONGEST_PAUSE_SECONDS)


async def test_an_answer_four_times_as_slow_as_usual_doubles_it_too() -> None:
    courtesy = Courtesy()
    for _ in range(10):
        courtesy.answered(0.1)
    courtesy.answered(0.5)
    assert await paused(courtesy) == pytest.approx(2 * LEAST)


async def test_fifty_good_pages_take_a_fifth_off() -> None:
    courtesy = Courtesy()
    courtesy.failed(Failure(reason="status", status=503))
    for _ in range(50):
        courtesy.answered(0.1)
    assert await paused(courtesy) == pytest.approx(1.6 * LEAST)
    for _ in range(500):
        courtesy.answered(0.1)
    assert await paused(courtesy) == pytest.approx(LEAST)


async def test_other_failures_change_nothing() -> None:
    courtesy = Courtesy()
    courtesy.failed(Failure(reason="unreachable"))
    assert await paused(courtesy) == pytest.approx(LEAST)


@pytest.mark.parametrize(("least", "most"), [(LEAST, 1), (0.0, 3)])
async def test_one_request_at_a_time_unless_no_pause_is_wanted(least: float, most: int) -> None:
    courtesy, clock, at_once = Courtesy(), PatientClock(), [0, 0]

    async def ask() -> None:
        async with courtesy.turn(least, clock):
            at_once[0] += 1
            at_once[1] = max(at_once)
            await asyncio.sleep(0)
            at_once[0] -= 1

    await asyncio.gather(ask(), ask(), ask())
    assert at_once == [0, most]


def test_feeds_of_one_origin_share_its_courtesy() -> None:
    courtesies = Courtesies()
    first = courtesies.of("https://library.example/oai?verb=Identify")
    assert first is courtesies.of("https://library.example:443/other")
    assert first is not courtesies.of("http://library.example/oai")
    assert first is not courtesies.of("https://library.example:8443/oai")
