"""A trail of steps: every loop is found, at a stated step at the latest, and the trail never grows."""

from __future__ import annotations

from itertools import chain, count, cycle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.trail import RECENT, SAMPLE, Trail, token_digest


def found_after(before: int, loop: int, *, in_a_row: int = 1) -> int:
    """The step at which a loop of `loop` steps is known, entered after `before` others."""
    steps = chain((f"before {n}" for n in range(before)), cycle(f"loop {n}" for n in range(loop)))
    trail, known = Trail(), 0
    for number, step in enumerate(steps, start=1):
        known = known + 1 if step in trail else 0
        if known == in_a_row:
            return number
        trail = trail.passed(step)
    raise AssertionError("cycles have no end")


@given(before=st.integers(0, 300), loop=st.integers(1, 600))
def test_every_loop_is_found_at_the_stated_step_at_the_latest(before: int, loop: int) -> None:
    assert found_after(before, loop) <= 2 * before + loop + 4
    assert found_after(before, loop, in_a_row=SAMPLE) <= 2 * before + loop + 6


@pytest.mark.parametrize("loop", [1, 2, RECENT])
def test_a_short_loop_is_found_at_the_first_step_that_comes_again(loop: int) -> None:
    assert found_after(1_000, loop) == 1_000 + loop + 1


def test_a_long_loop_is_found() -> None:
    assert found_after(5_000, 20_000) <= 2 * 5_000 + 20_000 + 4


def test_it_is_no_larger_after_a_hundred_thousand_steps_than_the_samples_make_it() -> None:
    trail = Trail()
    for number in range(100_000):
        assert token_digest(f"token {number}") not in trail
        trail = trail.passed(token_digest(f"token {number}"))
    assert trail.length == 100_000
    assert len(trail.recent) + len(trail.samples) <= RECENT + 17 * SAMPLE
    assert len(msgspec.json.encode(trail)) < 2_500


def test_steps_that_are_all_different_are_no_loop() -> None:
    trail = Trail()
    for step in map(str, count()):
        assert step not in trail
        trail = trail.passed(step)
        if trail.length == 10_000:
            break
