"""What counts as opened of a record that had no place in the catalogue."""

from __future__ import annotations

import pytest

from federation.access.loosening import loosened_by, may_open
from mappings.schema.access import Access

OPEN, HIDDEN = Access(status="open"), Access(line="hidden")


@pytest.mark.parametrize("code", ["not_material", "internal", "access_missing"])
def test_what_a_rule_kept_out_is_opened_where_it_is_shown(code: str) -> None:
    assert loosened_by((), code, OPEN) == ("shown",)
    assert loosened_by((), code, HIDDEN) == ()
    assert may_open((), code)


@pytest.mark.parametrize("code", ["step_crashed", "xml_broken", "payload_empty", "truncated", "title_missing"])
def test_what_could_not_be_read_or_mapped_was_kept_out_by_no_rule(code: str) -> None:
    assert loosened_by((), code, OPEN) == ()
    assert not may_open((), code)


def test_what_it_was_when_it_stood_counts_all_the_same() -> None:
    assert "line" in loosened_by((HIDDEN,), "step_crashed", OPEN)
    assert may_open((HIDDEN,), "step_crashed")
