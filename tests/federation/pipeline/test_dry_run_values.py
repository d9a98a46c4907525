"""Examples of a dry run: what differs, short, and read by whatever shows it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.pipeline.dry_run_values import LONGEST_VALUE, MOST_MEMBERS, apart
from mappings.schema.access import Access
from mappings.schema.text import Text

PLAIN: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=400),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def test_of_two_lists_only_what_differs_is_shown() -> None:
    was, now = (Text(value="A map"), Text(value="A plan")), (Text(value="A plan"), Text(value="A chart", lang="eng"))
    before, after = apart(was, now)
    assert json.loads(before) == [{"value": "A map"}]
    assert json.loads(after) == [{"value": "A chart", "lang": "eng"}]


def test_lists_that_differ_in_order_alone_are_shown_whole() -> None:
    assert apart(["a", "b"], ["b", "a"]) == ('["a","b"]', '["b","a"]')


def test_a_list_that_only_gains_stood_nowhere_before() -> None:
    assert apart(("a",), ("a", "b")) == ("", '["b"]')


def test_what_is_long_is_cut_where_nothing_breaks() -> None:
    _, after = apart((), tuple(Text(value="字" * 1_000 + str(n)) for n in range(9)))
    shown = json.loads(after)
    assert (len(shown), shown[-1]) == (MOST_MEMBERS + 1, "…")
    assert len(shown[0]["value"]) == LONGEST_VALUE + 2


def test_access_tells_its_status_first_and_nothing_empty() -> None:
    before, after = apart(None, Access(status="closed"))
    assert (before, list(json.loads(after))) == ("", ["status", "line"])


@pytest.mark.parametrize(("value", "said"), [(None, ""), ("item", "item"), (3, "3"), ([], ""), (False, "false")])
def test_single_values_stand_as_they_are(value: object, said: str) -> None:
    assert apart(value, value)[0] == said


@given(PLAIN, PLAIN)
def test_anything_is_told(was: Any, now: Any) -> None:
    for said, value in zip(apart(was, now), (was, now), strict=True):
        if said and not isinstance(value, str):
            json.loads(said)
