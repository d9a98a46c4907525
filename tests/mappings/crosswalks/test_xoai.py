"""xoai: what DSpace says of a record and of its files, and the real records."""

from __future__ import annotations

from collections import Counter

import pytest

from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped, Outcome, Rejected
from mappings.engine.own_tests import minimal_record
from mappings.engine.recognising import recognise
from mappings.schema.record import CatalogueRecord
from tests import factories
from tests.mappings.crosswalks.test_base import CONTEXT
from tests.mappings.files import map_file
from tests.sample_data import require_data

XOAI = "http://www.lyncode.com/xoai"


def nested(*names: str, value: str) -> str:
    """A value under nested elements."""
    inner = f"<field name='value'>{value}</field>"
    for name in reversed(names):
        inner = f"<element name='{name}'>{inner}</element>"
    return inner


def described(*parts: str) -> CatalogueRecord:
    """A record with a title and these parts."""
    inline = "".join([nested("dc", "title", "none", value="Map"), *parts])
    found = apply(compiled("base/xoai"), minimal_record(FORMATS["xoai"], inline), CONTEXT)
    assert isinstance(found, Mapped), found
    return found.units[0].record


def test_qualifiers_tell_what_a_value_is() -> None:
    record = described(
        nested("dc", "subject", "ddc", "none", value="551"),
        nested("dc", "subject", "lcsh", "en_US", value="Rivers"),
        nested("dc", "coverage", "spatial", "none", value="Memphis"),
        nested("dc", "coverage", "temporal", "none", value="19th century"),
        nested("dc", "identifier", "isbn", "none", value="9780306406157"),
        nested("dc", "language", "iso", "none", value="en_US"),
        nested("dc", "relation", "ispartofseries", "none", value="Maps ; 3"),
    )
    assert {(subject.label.value, subject.kind) for subject in record.subjects} == {
        ("551", "classification"),
        ("Rivers", "topic"),
    }
    assert [place.label.value for place in record.places] == ["Memphis"]
    assert [(date.text, date.kind) for date in record.dates] == [("19th century", "covered")]
    assert "isbn" in {each.scheme for each in record.identifiers}
    assert [language.lang for language in record.languages] == ["eng"]
    assert [(relation.type, relation.target) for relation in record.relations] == [("part_of", "Maps ; 3")]


def test_terms_stand_on_the_record_and_access_is_never_opened_by_rights() -> None:
    record = described(
        nested("dc", "rights", "uri", "none", value="http://creativecommons.org/licenses/by/4.0/"),
        nested("dc", "rights", "none", value="All rights reserved."),
    )
    assert record.rights.uri == "http://creativecommons.org/licenses/by/4.0/"
    assert [text.value for text in record.rights.text] == ["All rights reserved."]
    assert record.access.status == "unknown"


@pytest.mark.parametrize(
    ("drm", "status"), [("open access", "open"), ("embargoed access", "closed"), ("restricted access", "restricted")]
)
def test_the_repositorys_own_word_on_access(drm: str, status: str) -> None:
    others = f"<element name='others'><field name='drm'>{drm}</field></element>"
    assert described(others).access.status == status


def test_times_of_the_repository_and_its_workflow_are_left_out() -> None:
    record = described(
        nested("dc", "date", "available", "none", value="2018-05-14T19:47:38Z"),
        nested("dc", "description", "provenance", "en", value="Submitted by Ada (ada@x.example)"),
    )
    assert (record.dates, record.descriptions) == ((), ())


def test_what_is_no_record_is_refused_by_name() -> None:
    raw = factories.raw_record(payload="<record><metadata><html/></metadata></record>")
    found = apply(compiled("base/xoai"), raw, CONTEXT)
    assert isinstance(found, Rejected)
    assert found.issue.code == "not_the_format"


def test_a_page_of_xoai_is_recognised() -> None:
    body = f"<r><record><header/><metadata><metadata xmlns='{XOAI}'/></metadata></record></r>"
    assert recognise(body.encode()) == "xoai"


@pytest.mark.data
def test_every_real_record_maps_with_files_and_numbers() -> None:
    outcomes: list[Outcome] = []
    for path in sorted(require_data("records/xoai").glob("*.xml.gz")):
        outcomes += [outcome for _, outcome in map_file(compiled("base/xoai"), path.read_bytes(), CONTEXT, name="x")]
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Mapped": 238}
    found = [unit.record for outcome in outcomes if isinstance(outcome, Mapped) for unit in outcome.units]
    assert all(record.identifiers[0].scheme == "handle" and record.subjects for record in found)
    assert sum(any(date.edtf for date in record.dates) for record in found) == 236
    assert sum(any(link.role == "file" for link in record.digital) for record in found) >= 230
