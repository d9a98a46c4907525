"""MODS: a whole record, and records that are not as they should be, which give issues and never exceptions."""

from __future__ import annotations

import pytest

from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped, Outcome, Rejected
from mappings.engine.own_tests import minimal_record
from mappings.engine.recognising import recognise
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
