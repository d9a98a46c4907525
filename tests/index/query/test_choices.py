"""Values of facets that are few and known."""

from __future__ import annotations

from index.query.choices import chosen


def test_a_value_its_names_and_nothing_else_is_one() -> None:
    assert [chosen("level", text) for text in ("series", "SERIES", "系列", "foo", "")] == [
        "series", "series", "series", None, None,
    ]  # fmt: skip


def test_where_values_are_not_known_each_stands_for_itself() -> None:
    assert [chosen("type", text) for text in ("Text", "录像", "daguerreotype")] == [
        "Text", "MovingImage", "daguerreotype",
    ]  # fmt: skip
