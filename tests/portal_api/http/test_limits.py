"""A rule in time refuses what is too much, counts it, and forgives evenly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.errors import OverBudget
from portal_api.http.limits import Bucket, Places, network_prefix


def test_the_sixth_act_of_a_minute_waits_and_is_counted() -> None:
    bucket = Bucket(5)
    assert [bucket.take("a", 0.0) for _ in range(5)] == [0] * 5
    assert bucket.take("a", 0.0) == 12
    assert bucket.fired == 1
    assert bucket.take("b", 0.0) == 0
    assert bucket.take("a", 12.0) == 0


def test_a_place_is_of_one_key_and_free_again_behind_its_act() -> None:
    places = Places(1)
    for _ in range(2):
        with places.place("a"), places.place("b"), pytest.raises(OverBudget), places.place("a"):
            pass
    assert places.fired == 2


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.0/24"),
        ("::ffff:10.1.2.3", "10.1.2.0/24"),
        ("2001:db8::1", "2001:db8::/56"),
        ("x", "unknown"),
    ],
)
def test_callers_are_counted_by_network(address: str, network: str) -> None:
    assert network_prefix(address) == network


@given(st.text())
def test_any_address_has_a_network(address: str) -> None:
    assert network_prefix(address)
