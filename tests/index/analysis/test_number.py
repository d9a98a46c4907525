"""Names in the plural are asked for in either number, and what only looks like a plural stays as it is."""

from __future__ import annotations

import pytest

from index.analysis.number import in_the_singular, singular


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("letters", "letter"), ("diaries", "diary"), ("churches", "church"), ("glasses", "glass"), ("houses", "house"),
        ("censuses", "census"), ("atlases", "atlas"), ("children", "child"), ("theses", "thesis"), ("shoes", "shoe"),
        ("photos", "photo"), ("leases", "lease"), ("taxes", "tax"), ("series", "series"), ("gazetteers", "gazetteer"),
    ],
)  # fmt: skip
def test_a_plural_is_its_singular(plural: str, one: str) -> None:
    assert (singular(plural), singular(one)) == (one, one)


def test_each_word_of_a_name_is_taken_alone() -> None:
    assert in_the_singular("Annual reports") == in_the_singular("annual report")
    assert in_the_singular("奏折") == "奏 折"
