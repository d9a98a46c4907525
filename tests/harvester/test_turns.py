"""One of several processes asks an origin at a time; none waits for ever, and the dead hold nobody up for long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harvester.load import Load
from harvester.turns import IN_LINE, LEASE, Pace, Standing, come, go, stay

NOW = datetime(2026, 1, 31, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BUSY = Pace(load=Load(factor=4.0), pause_seconds=8.0)


def test_an_origin_that_nobody_asks_is_had_at_once() -> None:
    standing = come(Standing(), "a", Pace(), NOW)
    assert (standing.holder, standing.lease_until) == ("a", NOW + LEASE)


def test_who_comes_meanwhile_stands_in_line_and_has_it_once_it_is_given_back() -> None:
    standing = come(come(Standing(), "a", Pace(), NOW), "b", Pace(), NOW + SECOND)
    assert (standing.holder, standing.next) == ("a", "b")
    standing = come(go(standing, "a", BUSY, NOW + 2 * SECOND), "b", Pace(), NOW + 3 * SECOND)
    assert (standing.holder, standing.next) == ("b", "")
    assert standing.pace(NOW + 3 * SECOND) == msgspec.structs.replace(BUSY, pause_seconds=7.0)


def test_who_comes_for_more_gives_way_to_who_stands_in_line() -> None:
    standing = come(come(Standing(), "a", Pace(), NOW), "b", Pace(), NOW + SECOND)
    standing = come(standing, "a", BUSY, NOW + 2 * SECOND)
    assert (standing.holder, standing.next) == ("", "b")
    assert come(standing, "a", Pace(), NOW + 2 * SECOND) == standing, "not before the other had it"
    assert come(standing, "b", Pace(), NOW + 3 * SECOND).holder == "b"


def test_in_the_midst_of_a_request_nobody_gives_way() -> None:
    standing = come(come(Standing(), "a", Pace(), NOW), "b", Pace(), NOW + SECOND)
    standing = stay(standing, "a", BUSY, NOW + 19 * SECOND)
    assert (standing.holder, standing.lease_until) == ("a", NOW + 19 * SECOND + LEASE)


def test_who_stands_in_line_and_comes_no_more_holds_nobody_up() -> None:
    standing = come(come(Standing(), "a", Pace(), NOW), "b", Pace(), NOW)
    assert come(standing, "a", Pace(), NOW + IN_LINE + SECOND).holder == "a"


def test_one_that_died_has_its_turn_no_longer_than_its_lease() -> None:
    dead = come(Standing(), "a", BUSY, NOW)
    assert come(dead, "b", Pace(), NOW + LEASE - SECOND).holder == "a"
    assert come(dead, "b", Pace(), NOW + LEASE).holder == "b"


def test_of_one_whose_turn_is_over_nothing_is_believed() -> None:
    other = come(come(Standing(), "a", Pace(), NOW), "b", Pace(), NOW + LEASE)
    assert stay(other, "a", BUSY, NOW + LEASE) == other == go(other, "a", BUSY, NOW + LEASE)


@given(st.lists(st.permutations(["a", "b", "c"]), min_size=60, max_size=60))
def test_all_who_go_on_asking_take_turns(rounds: list[list[str]]) -> None:
    standing, turns = Standing(), []
    for number, order in enumerate(rounds):
        for who in order:
            standing = come(standing, who, Pace(), NOW + number * SECOND)
            turns += [who] if standing.holder == who else []
    assert min(turns.count(who) for who in "abc") >= 5
