"""Folding and words, shared by linkage and index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.schema.folding import WORD_LENGTH, fold, fold_umlauts, fold_with_offsets, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Parish Register", "parish register"),
        ("Ångström", "angstrom"),
        ("A\u030angstro\u0308m", "angstrom"),
        ("Łódź", "lodz"),
        ("STRAẞE", "strasse"),
        ("ΆΛΦΑ", "αλφα"),
        ("Йод", "иод"),
        ("ＡＢＣ　１２", "abc 12"),
        ("臺灣檔案館", "台湾档案馆"),
        ("台湾档案馆", "台湾档案馆"),
        ("ﬁle №5", "file no5"),
        ("كِتَاب", "كتاب"),
        ("שָׁלוֹם", "שלום"),
        ("Xi’an – Ch‘ing", "xi'an - ch'ing"),
        ("archi\u00adve", "archive"),
        ("葛\U000e0100城", "葛城"),
        ("İstanbul", "istanbul"),
        ("が", "が"),
        ("한국", "한국"),
    ],
)
def test_spellings_of_one_word_fold_to_one_form(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Parish-register, 1813", ["the", "parishregister", "parish", "register", "1813"]),
        ("O'Brien", ["obrien", "o", "brien"]),
        ("Xi’an", ["xian", "xi", "an"]),
        ("'quoted' -- 1890-1899", ["quoted", "1890", "1899"]),
        ("臺灣 1949年", ["台", "湾", "1949", "年"]),
        ("北京-上海", ["北", "京", "上", "海"]),
        ("한국 사", ["한", "국", "사"]),
        ("カナかな", ["カ", "ナ", "か", "な"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        ("…—", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_word_is_cut_at_64_characters() -> None:
    assert words("x" * 300) == ["x" * WORD_LENGTH]


def test_keys_take_umlauts_in_three_spellings_for_one() -> None:
    assert {fold_umlauts(name) for name in ("Müller", "Mueller", "MULLER")} == {"muller"}


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_offsets_fold_like_fold_and_cover_the_text(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.text) + 1
    assert len(folded.ends) == len(folded.text)
    assert list(folded.starts) == sorted(folded.starts)
    assert folded.starts[-1] == len(text)


def test_a_span_of_the_folded_text_leads_back_to_the_original() -> None:
    original = "Die STRAẞE u\u0308ber 檔案"
    folded = fold_with_offsets(original)
    at = folded.text.index("strasse")
    start, end = folded.span(at, at + len("strasse"))
    assert original[start:end] == "STRAẞE"
    at = folded.text.index("uber")
    start, end = folded.span(at, at + 4)
    assert original[start:end] == "u\u0308ber"


@given(st.text())
def test_words_hold_no_space_and_nothing_longer_than_the_cut(text: str) -> None:
    found = words(text)
    assert all(word and len(word) <= WORD_LENGTH and not word.isspace() for word in found)
