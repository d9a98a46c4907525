"""Tests of a text under `when`: each operator as a function, and how tests are joined."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from mappings.engine.patterns import finds
from mappings.engine.tables import Tables

#: patterns that rules share, answers of one that are kept, and the longest text whose answer is
KEPT_PATTERNS, KEPT_ANSWERS, KEPT_TEXT = 1_024, 1_024, 256

TestOfText = Callable[[str], bool]


def is_present(wanted: bool) -> TestOfText:
    """Whether the text says anything, as `wanted`."""
    return lambda text: bool(text.strip()) == wanted


def both(one: TestOfText, other: TestOfText) -> TestOfText:
    """Whether both hold; the second is only asked where the first does."""
    return lambda text: one(text) and other(text)


def either(one: TestOfText, other: TestOfText) -> TestOfText:
    """Whether one of two holds; the second is only asked where the first does not."""
    return lambda text: one(text) or other(text)


def negated(test: TestOfText) -> TestOfText:
    """Whether a test does not hold."""
    return lambda text: not test(text)


def test_of(name: str, value: Any, tables: Tables) -> TestOfText:
    """The test of a value operator with its argument."""
    words = tuple(str(part) for part in value) if isinstance(value, tuple) else (str(value),)
    match name:
        case "equals" | "one_of":
            allowed = frozenset(words)
            return lambda text: text.strip() in allowed
        case "contains":
            return lambda text: any(word in text for word in words)
        case "starts_with":
            return lambda text: text.strip().startswith(words)
        case "ends_with":
            return lambda text: text.strip().endswith(words)
        case "longer_than":
            length = int(words[0])
            return lambda text: len(text.strip()) > length
        case "in_table":
            table = tables[words[0]]
            return lambda text: text in table
    return _matches(words[0])


@lru_cache(maxsize=KEPT_PATTERNS)
def _matches(written: str) -> TestOfText:
    """Whether a pattern is found; rules share patterns, catalogues repeat their values, and answers are kept."""
    finds_it = finds(written)
    known: dict[str, bool] = {}

    def test(text: str) -> bool:
        found = known.get(text)
        if found is None:
            found = finds_it(text)
            if len(text) <= KEPT_TEXT:
                if len(known) >= KEPT_ANSWERS:
                    known.clear()
                known[text] = found
        return found

    return test
