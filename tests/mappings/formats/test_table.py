"""Cells of tables: what a spreadsheet would run is guarded, and nothing is lost by the guard."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mappings.formats.table import guarded, unguarded


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1950", "@x", "\tx", "＝x", "'=x"])
def test_what_would_be_a_formula_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "意见", "'tis", "1-2", "'"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@given(st.text(st.sampled_from("'=-x＝\t"), max_size=6))
@example("'=x")
def test_a_guarded_cell_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
