"""Centuries as values of a facet: the first astronomic year of each, and what stands in none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from index.fields import UNDATED, WIDE, YEARS

FACET: Literal["century"] = "century"
_BESIDE = {"undated": UNDATED, "wide": WIDE}
_NAMED = {number: name for name, number in _BESIDE.items()}


def value_of(number: int) -> str:
    """The value of a number of the column: `1800` for 18."""
    return _NAMED.get(number) or str(number * YEARS[FACET])


def number_of(value: str) -> int | None:
    """The number of the column that a value stands for; None of what is no value: `1850` is no first year."""
    if value in _BESIDE:
        return _BESIDE[value]
    try:
        century, years = divmod(int(value[:8]), YEARS[FACET])
    except ValueError:
        return None
    return century if not years and value_of(century) == value else None


def label_of(value: str) -> str:
    """First and last year of a value; `undated` and `wide` as they are."""
    return value if value in _BESIDE else f"{value}–{int(value) + YEARS[FACET] - 1}"


def valued(counts: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
    """Counts of the column by value, largest first, of equals the earlier."""
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return tuple((value_of(number), count) for number, count in ordered)
