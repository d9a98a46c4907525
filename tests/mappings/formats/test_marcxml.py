"""MARCXML: fields in order, 880 pairs found, dangling links told."""

from __future__ import annotations

import io

import pymarc
import pytest

from mappings.formats.marc_fields import MarcField, MarcRecord, paired
from mappings.formats.marcxml import mnemonic_lines, read_marcxml
from mappings.formats.xml import read_xml
from tests.mappings.crosswalks.test_base import records
from tests.sample_data import require_data

RECORD = """<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>
<controlfield tag="001"> 12 </controlfield>
<datafield tag="245" ind1="1" ind2="0"><subfield code="6">880-02</subfield><subfield code="a">Na han /</subfield></datafield>
<datafield tag="650" ind1=" " ind2="0"><subfield code="a">Floods</subfield><subfield code="x">History</subfield></datafield>
<datafield tag="999" ind1=" " ind2=" "><subfield code="a">local</subfield></datafield>
<datafield tag="880" ind1="1" ind2="0"><subfield code="6">245-02/$1</subfield><subfield code="a">呐喊 /</subfield></datafield>
<datafield tag="880" ind1=" " ind2=" "><subfield code="6">500-00/$1</subfield><subfield code="a">附錄</subfield></datafield>
<datafield tag="880" ind1=" " ind2=" "><subfield code="6">260-09/$1</subfield><subfield code="b">書局</subfield></datafield>
</record>"""  # noqa: E501


def read() -> MarcRecord:
    return read_marcxml(read_xml(RECORD), lambda tag: tag != "999")


def test_fields_come_in_order_and_only_where_wanted() -> None:
    record = read()
    assert [field.tag for field in record.fields] == ["245", "650", "500", "260"]
    assert record.leader[6] == "a"
    assert record.control == {"001": [" 12 "]}
    assert record.fields[1].indicators == " 0"
    assert record.fields[1].values("") == ["Floods", "History"]
    assert record.fields[1].values("x") == ["History"]


def test_a_pair_is_found_by_tag_and_occurrence() -> None:
    field = read().fields[0]
    assert field.twin_values("a") == ["呐喊 /"]
    assert field.turned().values("a") == ["呐喊 /"]
    assert field.turned().twin_values("a") == ["Na han /"]


def test_a_pair_in_brackets_is_written_in_the_script_of_its_letters() -> None:
    field = MarcField("250", "  ", (("a", "[Di 1 ban]"),), (("a", "[第1版]"),))
    assert field.turned().values("a") == ["[第1版]"]
    assert MarcField("250", "  ", (("a", "Ed."),), (("a", "“Ed.”"),)).turned().values("a") == ["Ed."]


def test_twins_given_part_by_part_are_one_and_a_second_script_stands_alone() -> None:
    parts = [("6", "264-06/Jpan"), ("6", "264-06/Jpan"), ("6", "264-06/Kana")]
    said = [("a", "東京"), ("b", "幻冬舎"), ("b", "ゲントウシャ")]
    linked = [MarcField("880", " 1", pair) for pair in zip(parts, said, strict=True)]
    plain = [MarcField("264", " 1", (("6", "880-06"), ("a", "Tōkyō"), ("b", "Gentōsha")))]
    fields, dangling = paired(plain, linked, lambda _: True)
    assert fields[0].twin_values("ab") == ["東京", "幻冬舎"]
    assert [field.values("b") for field in fields[1:]] == [["ゲントウシャ"]]
    assert dangling == []


def test_occurrence_00_stands_alone_and_a_link_that_leads_nowhere_is_told() -> None:
    record = read()
    assert record.fields[2].values("a") == ["附錄"]
    assert record.fields[3].values("b") == ["書局"]
    assert record.dangling == ["260-09/$1"]


def test_mnemonic_lines() -> None:
    lines = list(mnemonic_lines("=LDR  00000nam\n=008  s1970\\\\\\\\md\n=245  10$aTitle$bRest\nno field\n=650  \\0$aX"))
    assert lines == [
        ("LDR", "", "00000nam"),
        ("008", "", "s1970    md"),
        ("245", "10", (("a", "Title"), ("b", "Rest"))),
        ("650", " 0", (("a", "X"),)),
    ]


@pytest.mark.data
def test_fields_are_those_that_pymarc_reads() -> None:
    count = refused = 0
    for path in sorted(require_data("records/marcxml").glob("*.xml.gz")):
        for raw in records(path, "marc21"):
            payload = raw.payload.removeprefix("<record><metadata>").removesuffix("</metadata></record>")
            try:
                (peer,) = pymarc.parse_xml_to_array(io.StringIO(payload))
            except pymarc.exceptions.RecordLeaderInvalid:
                refused += 1
                continue
            assert_same(read_marcxml(read_xml(payload), lambda _: True), peer)
            count += 1
    assert count > 1_250
    assert refused < 30


def assert_same(ours: MarcRecord, peer: pymarc.Record) -> None:
    """Field by field; an 880 stands beside its field here and apart there, where one is given part by part in one."""
    assert ours.leader == str(peer.leader)
    control = [(field.tag, field.data) for field in peer.fields if field.control_field]
    assert sorted(control) == sorted((tag, value) for tag, values in ours.control.items() for value in values)
    plain = [field for field in peer.fields if not field.control_field]
    kept = [field for field in plain if field.tag != "880"]
    # an indicator left empty is a blank
    assert [(field.tag, *((mark or " ")[:1] for mark in field.indicators), *field.subfields) for field in kept] == [
        (field.tag, *field.indicators, *field.subfields) for field in ours.fields[: len(kept)]
    ]
    linked = [tuple(subfield) for field in plain if field.tag == "880" for subfield in field.subfields]
    twins = [field.twin for field in ours.fields if field.twin]
    alone = [field.subfields for field in ours.fields[len(kept) :]]
    assert sorted(linked) == sorted(tuple(subfield) for subfields in twins + alone for subfield in subfields)
