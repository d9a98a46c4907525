"""What a dry run found before and after is shown in words, not as it is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.views.plain_values import plain_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('{"status":"closed","until":"2040"}', (("status", "closed"), ("until", "2040"))),
        ('[{"value":"Letters","lang":"eng"},{"value":"Maps"}]', (("", "Letters, eng"), ("", "Maps"))),
        (
            '{"conditions":["notice","fee"],"requestable":true}',
            (("conditions", "notice; fee"), ("requestable", "true")),
        ),
        ("Letters", (("", "Letters"),)),
        ('[{"value":"cut off …', (("", '[{"value":"cut off …'),)),
        ("1984", (("", "1984"),)),
    ],
)
def test_members_and_values_have_a_line_each(text: str, lines: tuple[tuple[str, str], ...]) -> None:
    assert plain_lines(text) == lines


@given(st.text())
def test_any_text_has_lines(text: str) -> None:
    assert plain_lines(text)
