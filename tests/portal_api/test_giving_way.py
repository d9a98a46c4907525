"""Long work in the process that answers: it lets readers go first, but not for good."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat

from portal_api.giving_way import MOST_SECONDS, GivingWay


class _Time:
    """A clock that goes on while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def _giving_way(time: _Time, asking: Iterator[bool]) -> GivingWay:
    return GivingWay(lambda: next(asking), clock=time.now, sleep=time.sleep)


def test_nobody_is_waited_for_where_nobody_asks() -> None:
    time = _Time()
    _giving_way(time, repeat(False))()
    assert time.seconds == 0


def test_a_reader_who_asks_is_waited_for_until_the_answer() -> None:
    time = _Time()
    asking = chain([True, True, False], repeat(True))
    _giving_way(time, asking)()
    assert 0 < time.seconds < MOST_SECONDS
    assert next(asking), "whoever comes later is met by the next piece"


def test_readers_who_never_pause_hold_a_piece_up_for_a_moment_alone() -> None:
    time = _Time()
    _giving_way(time, repeat(True))()
    assert MOST_SECONDS <= time.seconds < 2 * MOST_SECONDS
