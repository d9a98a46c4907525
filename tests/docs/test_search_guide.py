"""The search guide names what may be typed, and its examples are read as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from index.fields import NAMES, STEM_WEIGHT, TEXT_COLUMNS
from index.query.limits import DEEPEST, LONGEST, MOST_CLAUSES
from index.query.model import All
from index.query.syntax import parse
from index.query.tokens import OPERATORS

GUIDE = (Path(__file__).parents[2] / "docs/guide/search.md").read_text("utf-8")
MARKED = re.findall(r"`([^`]+)`", GUIDE)
EXAMPLES = [text for text in MARKED if ":" in text and not text.endswith(":")]


def test_every_field_is_named() -> None:
    assert [name for name in NAMES if name not in MARKED] == []


# the bar cannot stand inside a table's cell; the guide names it in words
@pytest.mark.parametrize("operator", sorted(set(OPERATORS) - {"|"}))
def test_every_operator_is_named(operator: str) -> None:
    assert any(re.search(rf"(^|[ (]){re.escape(operator)}([ )]|$)", text) for text in MARKED)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_read_whole(example: str) -> None:
    parsed = parse(example)
    assert parsed.notices == ()
    assert parsed.tree != All()


@pytest.mark.parametrize("figure", [LONGEST, MOST_CLAUSES, STEM_WEIGHT, *TEXT_COLUMNS.values()])
def test_limits_and_weights_are_those_of_the_code(figure: float) -> None:
    assert re.search(rf"\b{figure:g}\b", GUIDE)


def test_brackets_go_as_deep_as_is_said() -> None:
    assert DEEPEST == 8
    assert "up to eight inside each other" in GUIDE
