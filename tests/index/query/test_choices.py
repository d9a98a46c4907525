"""Values of facets that are few and known."""

from __future__ import annotations

from index.query.choices import chosen, near_values


def test_a_value_its_names_and_nothing_else_is_one() -> None:
    assert [chosen("level", text) for text in ("series", "SERIES", "系列", "foo", "")] == [
        "series", "series", "series", None, None,
    ]  # fmt: skip


def test_where_values_are_not_known_each_stands_for_itself() -> None:
    assert [chosen("subject", text) for text in ("Maps", "daguerreotype")] == ["Maps", "daguerreotype"]


def test_types_and_languages_are_known() -> None:
    assert [chosen("type", text) for text in ("Text", "录像", "picture", "photographs")] == [
        "Text", "MovingImage", None, None,
    ]  # fmt: skip
    assert [chosen("language", text) for text in ("en", "German", "zho", "qaa", "klingonese")] == [
        "eng", "deu", "zho", "qaa", None,
    ]  # fmt: skip


def test_values_that_may_have_been_meant_are_offered() -> None:
    assert near_values("type", "picture") == ("Image", "StillImage")
    assert near_values("level", "fond") == ("fonds",)
    assert "deu" in near_values("language", "Germann")
    assert near_values("subject", "maps") == ()
