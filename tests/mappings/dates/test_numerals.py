"""Roman and Chinese numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.dates.numerals import chinese, roman


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("iv", 4),
        ("xix", 19),
        ("mdcccxlv", 1845),
        ("mdccc", 1800),
        ("mdcccclxxxiiii", 1984),
        ("iix", None),
        ("", None),
        ("mix up", None),
    ],
)
def test_roman(text: str, value: int | None) -> None:
    assert roman(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三十八", 38),
        ("卅八", 38),
        ("十", 10),
        ("元", 1),
        ("一九四九", 1949),
        ("二〇〇四", 2004),
        ("一百二十三", 123),
        ("38", 38),
        ("", None),
        ("东", None),
    ],
)
def test_chinese(text: str, value: int | None) -> None:
    assert chinese(text) == value


@given(st.text(max_size=12))
def test_any_text_gives_a_number_or_none(text: str) -> None:
    assert roman(text) is None or text
    assert (chinese(text) or 0) >= 0
