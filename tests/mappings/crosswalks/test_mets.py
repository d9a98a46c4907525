"""METS: the section that describes the object is read by the base of its format, and its files stand beside it."""

from __future__ import annotations

from collections import Counter
from zipfile import ZipFile

import pytest

from mappings.engine.apply import apply
from mappings.engine.explain import explain
from mappings.engine.inputs import FORMATS
from mappings.engine.library import check_text, compiled
from mappings.engine.outcome import Mapped, Outcome, Rejected
from mappings.engine.own_tests import minimal_record
from mappings.engine.recognising import recognise
from tests import factories
from tests.mappings.crosswalks.test_base import CONTEXT
from tests.sample_data import require_data

EAD = (
    '<ead xmlns="urn:isbn:1-931666-22-9"><archdesc level="collection"><did><unittitle>Papers</unittitle></did>'
    "<accessrestrict><p>Closed until 2040.</p></accessrestrict><dsc><c><did><unittitle>Letters</unittitle></did></c>"
    "</dsc></archdesc></ead>"
)
FILES = (
    "<fileSec><fileGrp USE='master'><file MIMETYPE='image/jpeg'>"
    "<FLocat LOCTYPE='URL' xlink:href='https://a.example/1.jpg'/></file></fileGrp></fileSec>"
)


def section(data: str, name: str = "d", kind: str = "OTHER") -> str:
    """A descriptive section that wraps `data`."""
    return f"<dmdSec ID='{name}'><mdWrap MDTYPE='{kind}'><xmlData>{data}</xmlData></mdWrap></dmdSec>"


def mapped(inline: str) -> Outcome:
    return apply(compiled("base/mets"), minimal_record(FORMATS["mets"], inline), CONTEXT)


def test_a_finding_aid_in_mets_gives_its_units_and_the_files_stand_on_its_root() -> None:
    found = mapped(section(EAD, kind="EAD") + FILES)
    assert isinstance(found, Mapped)
    root, letters = (unit.record for unit in found.units)
    assert (root.title.value, root.level, letters.title.value) == ("Papers", "collection", "Letters")
    assert [link.url for link in root.digital] == ["https://a.example/1.jpg"]
    assert letters.digital == ()
    assert (letters.access.status, letters.access.until) == ("closed", "2040")


def test_marc_in_mets_is_read_by_the_base_of_its_own_family() -> None:
    record = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>{}</record>'
    field = '<datafield tag="{}" ind1="1" ind2=" "><subfield code="a">Title</subfield></datafield>'
    for tag in ("245", "200"):
        found = mapped(section(record.format(field.format(tag)), kind="MARC"))
        assert isinstance(found, Mapped)
        assert found.units[0].record.title.value == "Title"


def test_a_record_names_the_wrappers_crosswalk_and_every_value_its_rule() -> None:
    found = mapped(section("<dc:title>A</dc:title>", kind="DC") + FILES)
    assert isinstance(found, Mapped)
    unit = found.units[0]
    assert unit.record.source.crosswalk == "base/mets@3"
    assert unit.rules["/digital/0/url"][0][0] == "files"
    assert unit.rules["/title/value"][0][0] == "title"


def test_an_explanation_ends_in_what_is_stored() -> None:
    for inline in (section(EAD, kind="EAD") + FILES, section("<dc:title>A</dc:title>", kind="DC") + FILES):
        raw = minimal_record(FORMATS["mets"], inline)
        stored, told = apply(compiled("base/mets"), raw, CONTEXT), explain(compiled("base/mets"), raw, CONTEXT)
        assert isinstance(stored, Mapped)
        assert isinstance(told.outcome, Mapped)
        assert told.outcome.units[0] == stored.units[0]
        assert {trace.rule for trace in told.rules if trace.values} >= {"files", "title"}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("<html><body>404</body></html>", "not_the_format"),
        ('<mets xmlns="http://www.loc.gov/METS/"/>', "section_missing"),
    ],
)
def test_what_holds_no_description_is_refused_by_name(payload: str, code: str) -> None:
    raw = factories.raw_record(payload=f"<record><metadata>{payload}</metadata></record>")
    found = apply(compiled("base/mets"), raw, CONTEXT)
    assert isinstance(found, Rejected)
    assert found.issue.code == code


def test_a_section_of_a_base_that_is_not_there_is_a_fault() -> None:
    text = "crosswalk: own\ninput: {format: mets}\nsections: {mods: base/mods@99, ead3: base/none@1}\nrules: []\n"
    assert [fault.code for fault in check_text(text, file="own.yaml")] == ["parent_missing", "parent_missing"]


def test_a_file_of_mets_is_recognised_before_what_it_wraps() -> None:
    assert recognise(f'<mets xmlns="http://www.loc.gov/METS/">{section(EAD)}</mets>'.encode()) == "mets"


@pytest.mark.data
def test_every_real_document_gives_its_units_and_the_saved_error_page_is_refused() -> None:
    outcomes: list[Outcome] = []
    for path in sorted(require_data("records/mets").glob("*.zip")):
        with ZipFile(path) as package:
            for name in package.namelist():
                raw = factories.raw_record(payload=package.read(name).decode("utf-8", "replace"))
                outcomes.append(apply(compiled("base/mets"), raw, CONTEXT))
    reasons = [outcome.issue.code for outcome in outcomes if isinstance(outcome, Rejected)]
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Mapped": 29, "Rejected": 1}
    assert reasons == ["not_the_format"]
    found = [unit.record for outcome in outcomes if isinstance(outcome, Mapped) for unit in outcome.units]
    assert len(found) > 29
    assert all(record.title.value and record.hierarchy for record in found)
