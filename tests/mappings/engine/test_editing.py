"""A pin is raised where it stands, and nothing else of the text changes."""

from __future__ import annotations

import pytest

from mappings.engine.editing import with_pin
from mappings.engine.library import pinned_tables

REST = "  - {id: a, from: dc:type, do: [{lookup: {table: types}}], to: type}  # kept\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("crosswalk: a\ntables: {types: dcmi_types@1, l: x@2} # why\nrules:\n", "tables: {types: own@3, l: x@2} # why"),
        ('crosswalk: a\ntables:\n  # why\n  types: "dcmi_types@1"\nrules:\n', "  types: own@3"),
        ("crosswalk: a\ntables: {l: x@2}\nrules:\n", "tables: {types: own@3, l: x@2}"),
        ("crosswalk: a\ntables:\n  l: x@2\nrules:\n", "tables:\n  types: own@3\n  l: x@2"),
        ("crosswalk: a\nextends: base/oai_dc@1\nrules:\n", "tables: {types: own@3}\nrules:"),
        ("crosswalk: a\ntables: {}\nrules:\n", "tables: {types: own@3}\nrules:"),
        ("crosswalk: a\ntables: {\n}\nrules:\n", "tables: {types: own@3\n}\nrules:"),
        ("crosswalk: a\ntables:\nrules:\n", "tables: {types: own@3}\nrules:"),
    ],
)
def test_a_pin_is_raised_where_it_stands(before: str, after: str) -> None:
    made = with_pin(before + REST, "types", "own@3")
    assert after in made
    assert made.endswith(REST)
    assert "own@3" in pinned_tables(made)
    assert made.count("own@3") == 1


@pytest.mark.parametrize("tables", ["", "tables: {}\n", "tables:\n  l: x@2\n", "tables: {types: a@1}\n"])
def test_lines_end_as_they_ended_before(tables: str) -> None:
    before = f"crosswalk: a\n{tables}rules:\n{REST}"
    made = with_pin(before.replace("\n", "\r\n"), "types", "own@3")
    assert made == with_pin(before, "types", "own@3").replace("\n", "\r\n")
