"""Latin letters as Chinese syllables: pinyin joined, parted or with tones, Wade-Giles with and without apostrophes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.pinyin import pinyin_tokens, sounds_of, syllables
from index.analysis.romanised import phrases, readings, unfinished_readings


def spelt(text: str) -> set[str]:
    """What a text may spell."""
    return {" ".join(each) for reading in readings(text) for each in phrases(reading)}


@pytest.mark.parametrize(
    ("typed", "pinyin"),
    [
        ("honglou", "hong lou"),
        ("hong lou meng", "hong lou meng"),
        ("Hónglóu mèng", "hong lou meng"),
        ("hung lou meng", "hong lou meng"),
        ("Hung-lou meng", "hong lou meng"),
        ("xi'an", "xi an"),
        ("xian", "xi an"),
        ("ts'ao hsueh-ch'in", "cao xue qin"),
        ("Ts‘ao Hsüeh-ch‘in", "cao xue qin"),
        ("tsao hsueh-chin", "cao xue qin"),
        ("mao tse-tung", "mao ze dong"),
        ("kuo min tang", "guo min dang"),
        ("ssu-ma", "si ma"),
        ("lüshun", "lv shun"),
        ("lushun", "lv shun"),
    ],
)
def test_syllables_are_read_in_either_romanisation(typed: str, pinyin: str) -> None:
    assert pinyin in spelt(typed)


@pytest.mark.parametrize("typed", ["", "letters", "hong", "hong 1", "Hong-Kong letters", "红楼", "'", "hlm"])
def test_what_is_not_made_of_two_syllables_spells_nothing(typed: str) -> None:
    assert readings(typed) == ()


def test_the_last_syllable_may_be_half_typed() -> None:
    for typed in ("hongl", "hong l", "hung lo", "honglou"):
        assert any(("hong", "lou") in phrases(reading) for reading in unfinished_readings(typed)), typed


def test_characters_are_spoken_as_among_their_neighbours() -> None:
    assert syllables("重庆") == ("chong", "qing")
    assert syllables("音乐") == ("yin", "yue")
    assert set(sounds_of("乐")) >= {"le", "yue"}


def test_runs_of_chinese_have_syllables_and_initials_and_others_none() -> None:
    assert pinyin_tokens(["紅樓夢 : 120 回", "曹雪芹", "红楼梦"]) == ("⊢ hong lou meng ⊢ cao xue qin ⊢", ("hlm", "cxq"))
    assert pinyin_tokens(["Letters", "日本の歌"]) == ("⊢", ())


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    for reading in (*readings(text), *unfinished_readings(text)):
        assert all(reading)
        assert len(phrases(reading)) <= 24
    pinyin_tokens([text])
