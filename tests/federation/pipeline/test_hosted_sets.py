"""Sets of a hosted feed: legal setSpecs whatever the records name, and no two names in one set."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.pipeline.hosted_sets import sets_of, spec_of

SPEC = re.compile(r"([A-Za-z0-9\-_.!~*'()])+(:[A-Za-z0-9\-_.!~*'()]+)*")


@pytest.mark.parametrize(
    ("stated", "written"),
    [
        ("maps", ["maps"]),
        ("a:b:c", ["a", "a:b", "a:b:c"]),
        ("50%", ["50!25"]),
        ("a!b", ["a!b"]),
        ("a!20b", ["a!2120b"]),
        ("a b", ["a!20b"]),
        ("a::b", ["a!3A!3Ab"]),
        (":", ["!3A"]),
        ("古籍:图", ["!E5!8F!A4!E7!B1!8D", "!E5!8F!A4!E7!B1!8D:!E5!9B!BE"]),
    ],
)
def test_what_is_not_legal_is_escaped_and_a_set_stands_below_those_above_it(stated: str, written: list[str]) -> None:
    assert [each.spec for each in sets_of([stated])] == written


@given(st.text(min_size=1, max_size=20, alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_name_is_a_legal_set(stated: str) -> None:
    assert all(SPEC.fullmatch(each.spec) for each in sets_of([stated]))


@given(st.text("ab!20%: ", min_size=1, max_size=6), st.text("ab!20%: ", min_size=1, max_size=6))
def test_two_names_never_share_a_set(one: str, other: str) -> None:
    assert one == other or spec_of(one) != spec_of(other)
