"""MARC 21 as it is given out."""

from __future__ import annotations

from io import BytesIO

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from mappings.schema.access import Access
from mappings.schema.hierarchy import Hierarchy
from mappings.schema.record import Description
from mappings.serialisations.cover import EntryHidden, FormatUnavailable
from mappings.serialisations.marc21 import write
from tests import factories
from tests.mappings.serialisations.judging import closed, full, full_record, schema


def _read(xml: str) -> pymarc.Record:
    """The record as another library reads it."""
    (record,) = pymarc.parse_xml_to_array(BytesIO(xml.encode()))
    return record


def _values(record: pymarc.Record, tag: str, code: str) -> list[str]:
    return [value for field in record.get_fields(tag) for value in field.get_subfields(code)]


def test_pymarc_reads_title_names_and_imprint() -> None:
    record = _read(write(full()))
    assert record.title == "紅樓夢"
    assert _values(record, "100", "a") == ["Cao, Xueqin"]
    assert _values(record, "100", "d") == ["1717-1763"]
    assert _values(record, "710", "4") == ["pbl"]
    assert _values(record, "264", "a") == ["Beijing"]
    assert _values(record, "264", "b") == ["Riverside Press"]
    assert _values(record, "264", "c") == ["[1791?]", "c1995", "long ago"]
    assert record["008"].data[6:15] == "s1791    "
    assert record["008"].data[35:38] == "chi"
    assert len(record["008"].data) == 40
    assert _values(record, "041", "a") == ["chi", "eng"]


def test_the_form_in_another_script_is_linked() -> None:
    record = _read(write(full()))
    assert _values(record, "245", "6") == ["880-02"]
    linked = {field["6"]: field["a"] for field in record.get_fields("880")}
    assert linked == {"100-01": "曹雪芹", "245-02": "Hong lou meng"}


def test_the_statement_of_responsibility_stands_behind_the_title_in_both_scripts() -> None:
    record = _read(write(full()))
    assert _values(record, "245", "c") == ["曹雪芹著"]
    assert [field["c"] for field in record.get_fields("880") if field["6"].startswith("245")] == ["Cao Xueqin zhu"]
    assert not any("著" in note for note in _values(record, "500", "a"))


def test_statements_of_one_script_stand_with_one_form_of_the_title() -> None:
    said = [Description(value=each, kind="statement_of_responsibility") for each in ("曹雪芹著", "高鹗续")]
    record = _read(write(factories.unified_record(full_record(descriptions=tuple(said)))))
    assert _values(record, "245", "c") == ["曹雪芹著 ; 高鹗续"]
    assert not any(field.get_subfields("c") for field in record.get_fields("880"))


def test_a_statement_in_the_script_of_the_other_form_goes_there_whatever_the_order() -> None:
    said = [Description(value=each, kind="statement_of_responsibility") for each in ("Cao Xueqin zhu", "曹雪芹著")]
    record = _read(write(factories.unified_record(full_record(descriptions=tuple(said)))))
    assert _values(record, "245", "c") == ["曹雪芹著"]
    assert [field["c"] for field in record.get_fields("880") if field["6"].startswith("245")] == ["Cao Xueqin zhu"]


def test_statements_without_a_title_in_their_script_stand_together() -> None:
    record = _read(write(factories.unified_record(full_record(title=factories.title("Letters")))))
    assert _values(record, "245", "c") == ["曹雪芹著 ; Cao Xueqin zhu"]


def test_subjects_name_their_thesaurus() -> None:
    record = _read(write(full()))
    person = record["600"]
    assert (person.indicators.second, person["2"], person["0"]) == ("7", "lcnaf", "http://id.example/n/1")
    assert record["650"].indicators.second == "4"
    assert _values(record, "084", "a") == ["895.13"]


def test_holder_and_links_stand_where_library_systems_look() -> None:
    record = _read(write(full(), identifiers=("https://exchange.example/r/c-1",)))
    assert _values(record, "852", "a") == ["US-RIV"]
    assert _values(record, "852", "j") == ["RIV/1/2"]
    assert "https://x.example/1/full.jpg" in _values(record, "856", "u")
    assert "https://exchange.example/r/c-1" in _values(record, "856", "u")


def test_links_to_the_material_are_given_only_where_it_is_open() -> None:
    assert "full.jpg" not in write(closed("full"))


def test_nothing_is_said_of_access_that_is_not_known() -> None:
    assert _read(write(closed("full")))["506"].indicators.first == "1"
    unknown = factories.unified_record(full_record(access=Access()))
    assert _read(write(unknown)).get_fields("506") == []


@pytest.mark.parametrize("level", ["collection", "fonds", "series"])
def test_a_set_of_things_is_told_apart(level: str) -> None:
    with pytest.raises(FormatUnavailable, match="a single thing"):
        write(factories.unified_record(full_record(level=level)))


def test_a_unit_of_a_finding_aid_is_told_apart() -> None:
    unified = factories.unified_record(full_record(level="item"))
    member = replace(unified.members[0], hierarchy=Hierarchy(root="r1", depth=1))
    with pytest.raises(FormatUnavailable, match="outside of a hierarchy"):
        write(replace(unified, members=(member,)))


def test_a_reduced_line_cannot_be_said_in_marc() -> None:
    with pytest.raises(FormatUnavailable):
        write(closed("reduced"))


def test_a_hidden_entry_is_not_written() -> None:
    with pytest.raises(EntryHidden):
        write(closed("hidden"))


@given(st.text(min_size=1).filter(str.strip))
def test_any_title_is_well_formed_xml(title: str) -> None:
    assert etree.fromstring(write(factories.unified_record(full_record(title=factories.title(title)))))[0].text


@pytest.mark.data
def test_what_is_written_is_valid_by_the_schema_of_marcxml() -> None:
    schema("marc/MARC21slim.xsd").assertValid(etree.fromstring(write(full())))


@pytest.mark.data
def test_the_judge_finds_a_tag_of_two_digits() -> None:
    broken = write(full()).replace('tag="245"', 'tag="24"')
    assert not schema("marc/MARC21slim.xsd").validate(etree.fromstring(broken))
