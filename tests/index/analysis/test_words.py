"""Columns of tokens: anchors, Han one character a token, simplified, stems in the value's language."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.analysis.codes import code_key, code_paths
from index.analysis.sorting import title_sort_key
from index.analysis.stems import STEMS_PER_WORD, stems_of_word
from index.analysis.words import column_tokens, title_key
from index.fields import ANCHOR
from mappings.schema.text import Text


def test_an_empty_column_holds_the_anchor_alone() -> None:
    assert column_tokens([]) == (ANCHOR, ANCHOR)


def test_values_are_parted_by_the_anchor_and_stemmed() -> None:
    exact, stems = column_tokens([Text(value="Parish registers"), Text(value="漢學")])
    assert exact == "⊢ parish registers ⊢ 汉 学 ⊢"
    assert stems.startswith("⊢ parish regist ⊢")


def test_traditional_and_simplified_titles_have_one_key() -> None:
    assert title_key("漢學圖書館") == title_key("汉学图书馆")


def test_code_paths_end_at_separators() -> None:
    assert code_key(" WA/HMM/CM ") == "wa/hmm/cm"
    assert code_paths("WA/HMM/CM") == ("wa", "wa/hmm")


def test_titles_sort_by_pinyin_past_articles_with_numbers_by_value() -> None:
    titles = ["The zoo", "Box 10", "Box 9", "北京"]
    assert sorted(titles, key=title_sort_key) == ["北京", "Box 9", "Box 10", "The zoo"]


@given(st.text(max_size=40))
def test_any_word_has_few_stems(word: str) -> None:
    assert len(stems_of_word(word)) <= STEMS_PER_WORD
