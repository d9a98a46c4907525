"""The lenient and the strict reading of typed queries."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QueryInvalid
from index.query.model import Dates, Or, Under
from index.query.syntax import parse


@given(st.text(max_size=80) | st.text(alphabet='()"-:*?~^=<>. aORNT1', max_size=60))
def test_any_text_gives_a_tree_or_the_named_error(text: str) -> None:
    parse(text)
    with contextlib.suppress(QueryInvalid):
        parse(text, "strict")


def test_fields_operators_and_dates_are_read() -> None:
    assert isinstance(parse("a OR title:(b c)").tree, Or)
    assert parse("code:WA/HMM/*").tree == Under(field="code_path", value="WA/HMM")
    assert parse("date:1800..1850").tree == Dates(start="1800", end="1850")


def test_swapped_dates_give_a_notice() -> None:
    assert [notice.code for notice in parse("date:1850..1800").notices] == ["date_swapped"]


def test_strict_reading_refuses_an_open_quote() -> None:
    with pytest.raises(QueryInvalid):
        parse('"parish', "strict")
