"""UNIMARC and CNMARC fields: embedded ones, other scripts, pinyin."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mappings.formats.marc_fields import MarcField, MarcRecord
from mappings.formats.unimarc import in_one_way


def fields(*written: str, pinyin: bool = False) -> list[MarcField]:
    """Fields such as `200 $aTitle`, read."""
    read = [
        MarcField(each[:3], "  ", tuple((part[0], part[1:]) for part in each[4:].split("$")[1:] if part))
        for each in written
    ]
    return in_one_way(MarcRecord("", {}, read, []), pinyin=pinyin).fields


def test_embedded_fields_become_subfields_of_the_standard_technique() -> None:
    (field,) = fields("461 $1001FR7$12001 $aWorks$v3$1011 $a0028-0836$1700 1$aBalzac")
    assert field.subfields == (("0", "FR7"), ("t", "Works"), ("v", "3"), ("x", "0028-0836"), ("a", "Balzac"))


def test_a_linking_field_without_embedded_ones_stays_as_it_is() -> None:
    (field,) = fields("410 $tSeries$v3")
    assert field.subfields == (("t", "Series"), ("v", "3"))


def test_a_field_in_another_script_is_the_twin_of_the_first() -> None:
    latin, other = fields("200 $6a01$aVojna", "700 $6a02$aTolstoj", "200 $6a01$aВойна")
    assert (latin.subfields[-1], latin.twin[-1]) == (("a", "Vojna"), ("a", "Война"))
    assert other.twin == ()


def test_numbers_of_other_tags_and_other_links_pair_nothing() -> None:
    assert [field.twin for field in fields("200 $6a01$aA", "700 $6a01$aB", "200 $6z01$aC")] == [(), (), ()]


def test_a_third_script_stands_alone() -> None:
    assert len(fields("200 $6a01$aA", "200 $6a01$aB", "200 $6a01$aC")) == 2


def test_pinyin_is_the_twin_of_what_it_spells() -> None:
    (field,) = fields("200 $a红楼梦$9hong lou meng$e小说$Exiao shuo", pinyin=True)
    assert field.subfields == (("a", "红楼梦"), ("e", "小说"))
    assert field.twin == (("a", "hong lou meng"), ("e", "xiao shuo"))


def test_a_number_in_9_is_no_pinyin_where_nothing_is_chinese() -> None:
    (field,) = fields("700 $aBalzac$9123", pinyin=True)
    assert (field.subfields, field.twin) == ((("a", "Balzac"), ("9", "123")), ())


def test_marks_around_what_is_not_sorted_go() -> None:
    (field,) = fields("200 $a\x98Le \x9cmonde")
    assert field.values("a") == ["Le monde"]


@given(st.lists(st.tuples(st.sampled_from(["200", "461", "700"]), st.text(max_size=20)), max_size=5), st.booleans())
def test_any_fields_are_read(made: list[tuple[str, str]], pinyin: bool) -> None:
    assert len(fields(*[f"{tag} ${text}" for tag, text in made if text], pinyin=pinyin)) <= len(made)
