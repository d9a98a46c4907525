"""Query parameters are read strictly: nothing unknown or unreadable passes unseen."""

from __future__ import annotations

from typing import Annotated

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from portal_api.http.parameters import as_pairs, read

Number = Annotated[int, msgspec.Meta(ge=1, le=100)]


class Given(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """A route's parameters."""

    q: str = ""
    page_size: Number = 20
    from_: str | None = None
    institution: tuple[str, ...] = ()


def test_reads_each_parameter_by_its_own_type() -> None:
    value, faults = read([("q", "a"), ("from", "1931"), ("institution", "x"), ("institution", "y")], Given)
    assert not faults
    assert value == Given(q="a", from_="1931", institution=("x", "y"))


def test_an_unknown_parameter_names_the_nearest() -> None:
    _, faults = read([("page_sise", "3")], Given)
    assert [fault.code for fault in faults] == ["parameter-unknown"]
    assert "page_size" in faults[0].detail


def test_a_faulty_parameter_keeps_its_default_and_the_rest() -> None:
    value, faults = read([("page_size", "101"), ("q", "kept"), ("from", "1"), ("from", "2")], Given)
    assert value == Given(q="kept")
    assert {fault.parameter for fault in faults} == {"page_size", "from"}


@given(st.lists(st.tuples(st.sampled_from(["q", "page_size", "from", "institution", "x"]), st.text())))
def test_any_parameters_give_a_record_and_faults(given_pairs: list[tuple[str, str]]) -> None:
    value, _ = read(given_pairs, Given)
    again, faults = read(as_pairs(value), Given)
    assert not faults
    assert again == value
