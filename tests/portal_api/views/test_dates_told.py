"""Dates as people write them."""

from __future__ import annotations

import pytest

from portal_api.views.dates_told import dates_told


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("1998/2003", "1998–2003"),
        ("1931-09-18/1932", "1931-09-18–1932"),
        ("1871~/1984?", "1871~–1984?"),
        ("1998/..", "1998–"),
        ("../1998", "–1998"),
        ("1956", "1956"),
        ("光绪三十年/宣统三年", "光绪三十年/宣统三年"),
        ("12/1998", "12/1998"),
        ("", ""),
    ],
)
def test_an_interval_is_told_with_a_dash(label: str, told: str) -> None:
    assert dates_told(label) == told
