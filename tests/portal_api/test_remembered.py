"""What many ask for is read once, and kept for as long as it was dear."""

from __future__ import annotations

import asyncio

import pytest

from portal_api.remembered import Remembered


class Reading:
    """Takes `seconds` of its own clock, and counts how often it was asked."""

    def __init__(self, seconds: float) -> None:
        self.now, self.times, self._seconds = 100.0, 0, seconds

    async def __call__(self) -> int:
        self.times += 1
        self.now += self._seconds
        await asyncio.sleep(0)
        return self.times


@pytest.mark.parametrize(("seconds", "kept"), [(0.1, 2.0), (1, 20), (30, 60)])
async def test_a_reading_is_kept_for_twenty_times_as_long_as_it_took_and_for_a_minute_at_most(
    seconds: float, kept: float
) -> None:
    reading = Reading(seconds)
    remembered: Remembered[int] = Remembered(lambda: reading.now)
    assert await remembered.get(reading) == 1
    reading.now += kept - 0.01
    assert await remembered.get(reading) == 1
    reading.now += 0.02
    assert await remembered.get(reading) == 2


async def test_those_who_come_together_share_one_reading_and_later_ones_need_not_wait() -> None:
    reading = Reading(1)
    remembered: Remembered[int] = Remembered(lambda: reading.now)
    assert await asyncio.gather(*(remembered.get(reading) for _ in range(20))) == [1] * 20
    reading.now += 60
    assert sorted(await asyncio.gather(*(remembered.get(reading) for _ in range(20)))) == [1] * 19 + [2]


async def test_a_reading_that_fails_is_not_kept() -> None:
    reading = Reading(1)
    remembered: Remembered[int] = Remembered(lambda: reading.now)

    async def failing() -> int:
        raise OSError

    with pytest.raises(OSError):
        await remembered.get(failing)
    assert await remembered.get(reading) == 1
