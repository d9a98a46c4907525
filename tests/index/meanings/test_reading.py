"""Which words of a query name something: the longest name wins, and what is left is sought as words."""

from __future__ import annotations

import pytest

from index.analysis.number import in_the_singular
from index.meanings.names import place, synonym
from index.meanings.reading import outside, spans_of
from mappings.schema.folding import is_han
from mappings.schema.names import concept_names, former_place_names, kinds_named, place_names

HOLDERS = {"riverside library": "riverside"}


def named(text: str) -> list[tuple[str, str]]:
    """Kind and words of each span."""
    return [(span.claims[0].kind, span.text) for span in spans_of(text, HOLDERS)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("photographs of Shanghai 1930s", [("type", "photographs"), ("place", "Shanghai"), ("date", "1930s")]),
        ("上海民国照片", [("place", "上海"), ("date", "民国"), ("type", "照片")]),
        ("長安 碑文", [("place", "長安"), ("synonym", "碑文")]),
        ("光绪三十年奏折", [("date", "光绪三十年"), ("synonym", "奏折")]),
        ("New York City fonds", [("place", "New York City"), ("level", "fonds")]),
        ("poems in French", [("synonym", "poems"), ("language", "in French")]),
        ("法语小说", [("language", "法语"), ("synonym", "小说")]),
        ("Riverside Library letters", [("institution", "Riverside Library"), ("synonym", "letters")]),
        ("letters Qianlong period", [("synonym", "letters"), ("date", "Qianlong period")]),
        ("Ming dynasty maps", [("date", "Ming dynasty"), ("type", "maps")]),
        ("Song dynasty painting", [("date", "Song dynasty"), ("type", "painting")]),
        ("Kangxi reign", [("date", "Kangxi reign")]),
        ("World War II photographs", [("date", "World War II"), ("type", "photographs")]),
        ("film between the wars", [("type", "film"), ("date", "between the wars")]),
        ("Victorian postcards", [("date", "Victorian"), ("type", "postcards")]),
        ("maps before 1800", [("type", "maps"), ("date", "before 1800")]),
        ("report since 1949", [("synonym", "report"), ("date", "since 1949")]),
        ("early 19th century diaries", [("date", "early 19th century"), ("synonym", "diaries")]),
        ("March 1848 pamphlets", [("date", "March 1848"), ("synonym", "pamphlets")]),
        ("19世纪 家书", [("date", "19世纪"), ("synonym", "家书")]),
        ("1949年以后 报纸", [("date", "1949年以后"), ("synonym", "报纸")]),
        ("1800 以前 地图", [("date", "1800 以前"), ("type", "地图")]),
        ("1900 至 1910", [("date", "1900 至 1910")]),
        ("mid-1800s maps", [("date", "mid-1800s"), ("type", "maps")]),
        ("late Qing photographs", [("date", "late Qing"), ("type", "photographs")]),
        ("Republican China maps", [("date", "Republican China"), ("type", "maps")]),
        ("太平天国 信件", [("date", "太平天国"), ("synonym", "信件")]),
        ("抗日战争 照片", [("date", "抗日战争"), ("type", "照片")]),
        ("法文信件", [("language", "法文"), ("synonym", "信件")]),
        ("ISBN 978-7-101-00304-8", [("identifier", "ISBN 978-7-101-00304-8")]),
        ("978-7-101-00304-8", [("identifier", "978-7-101-00304-8")]),
        ("978-7-101-00304-9", []),
        ("https://doi.org/10.1000/XYZ.1", [("identifier", "https://doi.org/10.1000/XYZ.1")]),
        ("c.1830–41 letters", [("date", "c.1830–41"), ("synonym", "letters")]),
        ("between 1900 and 1910", [("date", "between 1900 and 1910")]),
        ("1900-05-12", [("date", "1900-05-12")]),
        ("nineteenth century maps", [("date", "nineteenth century"), ("type", "maps")]),
        ("18th-19th century", [("date", "18th-19th century")]),
        ("300 BC", [("date", "300 BC")]),
        ("3rd century BC", [("date", "3rd century BC")]),
        ("前3世纪", [("date", "前3世纪")]),
        ("公元前300年", [("date", "公元前300年")]),
        ("1830 to 1841", [("date", "1830 to 1841")]),
        ("1830至1841", [("date", "1830至1841")]),
        ("民国20年", [("date", "民国20年")]),
        ("昭和10年3月", [("date", "昭和10年3月")]),
        ("1931年9月18日", [("date", "1931年9月18日")]),
        ("建安五年", [("date", "建安五年")]),
        ("the period", []),
        ("1954 1955", []),
        ("the of to", []),
        ("", []),
    ],
)
def test_spans(text: str, spans: list[tuple[str, str]]) -> None:
    assert named(text) == spans


def test_the_words_outside_of_spans_keep_their_order() -> None:
    text = "old photographs of上海and ships"
    assert outside(text, spans_of(text, {})[:2]) == "old of and ships"


def test_a_place_has_its_names_of_all_times_and_scripts() -> None:
    names = {name for text in ("Peking", "北平", "beijing") if (claim := place(text)) for name in claim.also}
    assert {"Beijing", "北京", "Peking"} <= names
    assert place("Reading") is None


def test_a_plural_is_its_singular_and_is_no_other_name() -> None:
    claim = synonym("diary")
    assert claim is not None
    assert claim.also == ("journals", "日记")


def test_a_word_is_of_one_group_whatever_its_number() -> None:
    groups: dict[str, set[tuple[str, ...]]] = {}
    for names in concept_names():
        for name in names:
            groups.setdefault(in_the_singular(name), set()).add(names)
    assert {name: found for name, found in groups.items() if len(found) > 1} == {}


def test_there_are_five_hundred_groups_and_each_is_english_and_chinese() -> None:
    assert len(concept_names()) >= 500
    for names in concept_names():
        han = [is_han(name[0]) for name in names]
        assert any(han), names
        assert not all(han), names


@pytest.mark.parametrize("text", ["executive", "these", "memory", "access", "general", "animal", "office", "period"])
def test_a_plain_word_is_no_concept_because_it_has_the_stem_of_one(text: str) -> None:
    assert synonym(text) is None


def test_a_language_or_a_level_that_may_be_a_plain_word_is_only_offered() -> None:
    for text in ("French", "series"):
        (span,) = spans_of(text, {})
        assert (span.claims[0].meaning is None, span.claims[0].only is None) == (True, False)


def test_every_row_of_the_tables_says_something() -> None:
    for table in (former_place_names(), place_names(), concept_names()):
        assert all(len(names) > 1 and all(name.strip() == name != "" for name in names) for names in table)
    assert {facet for facet, *_ in kinds_named()} == {"type", "level"}


def test_names_are_looked_for_at_the_beginning_of_a_long_text_alone() -> None:
    assert named("Peking " + "xylo " * 60) == [("place", "Peking")]
    assert named("xylo " * 60 + "Peking") == []
