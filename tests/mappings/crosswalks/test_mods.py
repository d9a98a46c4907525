"""MODS: a whole record, and records that are not as they should be, which give issues and never exceptions."""

from __future__ import annotations

import pytest

from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped, Outcome, Rejected
from mappings.engine.own_tests import minimal_record
from mappings.engine.recognising import recognise
from mappings.schema.holding import Holding
from mappings.schema.record import CatalogueRecord
from tests.mappings.crosswalks.test_base import CONTEXT, records
from tests.sample_data import require_data

TITLE = "<titleInfo><title>Letters home</title></titleInfo>"
WHOLE = (
    TITLE
    + """<name type="corporate"><namePart>Harbour Board</namePart><role><roleTerm>creator</roleTerm></role></name>
<originInfo><place><placeTerm type="text">Lisbon</placeTerm></place><dateIssued>1923</dateIssued></originInfo>
<language><languageTerm type="code" authority="iso639-2b">fre</languageTerm></language>
<subject><topic>Harbours</topic><geographic>Portugal</geographic></subject>
<identifier type="local">HB 12</identifier>
<location><physicalLocation>City Archive</physicalLocation><shelfLocator>MS 12</shelfLocator>
<url>https://archive.example/12</url><url access="preview">https://archive.example/12.jpg</url></location>"""
)


def mapped(inline: str) -> Outcome:
    return apply(compiled("base/mods"), minimal_record(FORMATS["mods"], inline), CONTEXT)


def test_a_whole_record() -> None:
    found = mapped(WHOLE)
    assert isinstance(found, Mapped)
    record = found.units[0].record
    assert record.title.value == "Letters home"
    assert [(each.name.value, each.roles) for each in record.agents] == [("Harbour Board", ("cre",))]
    assert [(each.edtf, each.kind) for each in record.dates] == [("1923", "issued")]
    assert [each.lang for each in record.languages] == ["fra"]
    assert [each.label.value for each in record.subjects] == ["Harbours"]
    assert [(each.label.value, each.role) for each in record.places] == [
        ("Portugal", "covered"),
        ("Lisbon", "published"),
    ]
    assert "HB 12" in [each.value for each in record.identifiers]
    assert record.holding[0].reference_code == "MS 12"
    assert [(each.url, each.role) for each in record.digital] == [
        ("https://archive.example/12", "landing"),
        ("https://archive.example/12.jpg", "thumbnail"),
    ]


def test_a_record_without_a_title_is_refused_by_name() -> None:
    found = mapped("<note>no title here</note>")
    assert isinstance(found, Rejected)
    assert found.issue.code == "title_missing"


@pytest.mark.parametrize(
    "inline",
    [
        "<originInfo><dateCreated>the day after</dateCreated></originInfo>",
        "<originInfo/><name/><subject/><location/><accessCondition/>",
        f"<abstract>{'long ' * 40_000}</abstract>",
        "<language><languageTerm>klingonese</languageTerm></language>",
    ],
)
def test_a_faulty_part_costs_only_itself(inline: str) -> None:
    found = mapped(TITLE + inline)
    assert isinstance(found, Mapped)
    assert found.units[0].record.title.value == "Letters home"


def test_a_file_of_mods_is_recognised() -> None:
    assert recognise(b'<modsCollection xmlns="http://www.loc.gov/mods/v3"><mods/></modsCollection>') == "mods"


def record_of(inline: str) -> CatalogueRecord:
    found = mapped(TITLE + inline)
    assert isinstance(found, Mapped)
    return found.units[0].record


def held(*locations: str) -> list[tuple[str, str | None, str | None, tuple[str, ...], str | None]]:
    """Institution, department, mark, boxes and page of each holding, of records whose feed is that of `Library`."""
    inline = "".join(f"<location>{each}</location>" for each in locations)
    return [_said(each) for each in record_of(inline).holding]


def _said(each: Holding) -> tuple[str, str | None, str | None, tuple[str, ...], str | None]:
    boxes = tuple(f"{box.type} {box.number}" for box in each.containers)
    return each.institution.name, each.department, each.reference_code, boxes, each.url


def place(name: str) -> str:
    return f"<physicalLocation>{name}</physicalLocation>"


def shelf(mark: str) -> str:
    return f"<shelfLocator>{mark}</shelfLocator>"


PAGE = "<url>https://a.example/1</url>"
DEPARTMENT = "<physicalLocation displayLabel='department'>Rare books</physicalLocation>"


def test_marks_boxes_and_pages_are_those_of_their_own_location() -> None:
    found = held(place("House") + shelf("MS 1"), place("Archive") + shelf("Box 3") + shelf("Folder 4") + PAGE)
    assert found == [
        ("House", None, "MS 1", (), None),
        ("Archive", None, None, ("Box 3", "Folder 4"), "https://a.example/1"),
    ]


def test_a_mark_a_box_and_a_page_that_stand_apart_are_those_of_the_first_place() -> None:
    assert held(place("House"), shelf("MS 5"), PAGE) == [("House", None, "MS 5", (), "https://a.example/1")]
    assert held(place("House"), shelf("Box 5")) == [("House", None, None, ("Box 5",), None)]
    found = held(place("House"), place("Archive") + shelf("MS 3"), shelf("MS 5"))
    assert found == [("House", None, "MS 5", (), None), ("Archive", None, "MS 3", (), None)]


def test_every_mark_is_kept() -> None:
    assert [each[2] for each in held(shelf("MS 5"), place("House") + shelf("MS 1") + shelf("MS 2"))] == [
        "MS 1",
        "MS 5",
        "MS 2",
    ]
    assert [each[2] for each in held(shelf("MS 5"), shelf("MS 6"))] == ["MS 5; MS 6"]


def test_the_marks_of_copies_are_kept() -> None:
    copies = [
        f"<copyInformation><subLocation>{room}</subLocation>{shelf(mark)}</copyInformation>"
        for room, mark in (("Stacks", "QA 1"), ("Reading room", "QA 2"))
    ]
    simple = f"<holdingSimple>{''.join(copies)}</holdingSimple>"
    assert held(place("House") + simple) == [
        ("House", "Stacks", "QA 1", (), None),
        ("House", "Reading room", "QA 2", (), None),
    ]
    assert [each[2] for each in held(simple)] == ["QA 1; QA 2"]


def test_a_department_and_a_former_place_leave_the_mark_to_the_feed() -> None:
    assert held(DEPARTMENT + shelf("MS 12")) == [("Library", "Rare books", "MS 12", (), None)]
    former = "<physicalLocation type='former'>Elsewhere</physicalLocation>"
    assert held(former + shelf("MS 12") + PAGE) == [("Library", None, "MS 12", (), "https://a.example/1")]


def test_a_level_is_read_in_any_case_and_other_words_are_a_genre() -> None:
    stated = record_of("<genre type='level of description'>Series</genre>")
    assert (stated.level, stated.level_inferred, stated.genre) == ("series", False, ())
    other = record_of("<genre type='level of description'>Manuscript collection</genre>")
    assert (other.level, other.level_inferred) == ("item", True)
    assert [each.label.value for each in other.genre] == ["Manuscript collection"]


@pytest.mark.parametrize(
    "kind", ["host", "series", "preceding", "succeeding", "original", "otherVersion", "otherFormat", "constituent"]
)
def test_a_related_item_without_a_title_goes_by_its_number_its_address_or_its_note(kind: str) -> None:
    told = {
        "><identifier>9</identifier></relatedItem>": "9",
        "><location><url>https://a.example/u</url></location></relatedItem>": "https://a.example/u",
        " xlink:href='https://a.example/s'/>": "https://a.example/s",
        "><note>The paper before</note></relatedItem>": "The paper before",
    }
    for rest, target in told.items():
        assert [each.target for each in record_of(f"<relatedItem type='{kind}'{rest}").relations] == [target]


@pytest.mark.parametrize("number", ["[A]", "[Ms. Coll.]", "[MS-A]", "[34]"])
def test_a_number_in_brackets_stays_a_number(number: str) -> None:
    found = record_of(f"<identifier>{number}</identifier>")
    assert number in [each.value for each in found.identifiers]
    assert not found.descriptions


@pytest.mark.parametrize("remark", ["unknown", "n.d.", "digital only", "not available"])
def test_a_remark_in_brackets_is_no_number(remark: str) -> None:
    found = record_of(f"<identifier>[{remark}]</identifier>")
    assert [each.value for each in found.descriptions] == [remark]
    assert all(remark not in each.value for each in found.identifiers)


@pytest.mark.data
def test_the_share_of_real_records_with_a_title_a_date_and_an_identifier() -> None:
    paths = sorted(require_data("records/mods").glob("*.xml.gz"))
    outcomes = [apply(compiled("base/mods"), raw, CONTEXT) for path in paths for raw in records(path, "mods")]
    found = [unit.record for outcome in outcomes if isinstance(outcome, Mapped) for unit in outcome.units]
    assert all(record.title.value for record in found)
    assert sum(any(date.edtf for date in record.dates) for record in found) / len(found) >= 0.79
    assert sum(bool(record.identifiers) for record in found) / len(found) >= 0.99
    assert sum(any(place.point for place in record.places) for record in found) == 56
    assert all(any(link.role == "thumbnail" for link in record.digital) for record in found)
