"""What is given out can be taken in again: each format, mapped by its base, says what it said."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped
from mappings.schema.holding import Institution
from mappings.schema.record import CatalogueRecord
from mappings.serialisations import edm, marc21, mods, oai_dc, oai_qdc
from tests import factories
from tests.mappings.serialisations.judging import SECRET, full, full_record

PAGE = "https://exchange.example/r/c-1"
CONTEXT = Context(feed="again", institution=Institution(name="Again", slug="again"))
FORMATS: dict[str, tuple[str, Any]] = {
    "oai_dc": ("base/oai_dc", oai_dc.write),
    "oai_qdc": ("base/qdc", oai_qdc.write),
    "mods": ("base/mods", mods.write),
    "marc21": ("base/marc21", marc21.write),
    "edm": ("base/edm", edm.write),
}


def taken_in(format_: str) -> CatalogueRecord:
    """The full record, written and mapped."""
    base, write = FORMATS[format_]
    raw = factories.raw_record(payload=write(full(), identifiers=(PAGE,)))
    outcome = apply(compiled(base), raw, CONTEXT)
    assert isinstance(outcome, Mapped), outcome
    return outcome.units[0].record


@pytest.mark.parametrize("format_", FORMATS)
def test_title_names_years_languages_and_identifiers_come_back(format_: str) -> None:
    record = taken_in(format_)
    assert "紅樓夢" in record.title.value
    assert any("Cao, Xueqin" in (agent.name.value, *(v.value for v in agent.variants)) for agent in record.agents)
    assert {"1791?", "1995"} <= {date.edtf for date in record.dates}
    assert {each.lang for each in record.languages} == {"zho", "eng"}
    assert {"9780306406157", "10.1000/182"} <= {each.normalised for each in record.identifiers}
    assert f"{SECRET} & custom" in {subject.label.value for subject in record.subjects}
    assert record.rights.uri == "http://rightsstatements.org/vocab/InC/1.0/"


@pytest.mark.parametrize("format_", ["oai_qdc", "mods", "marc21"])
def test_richer_formats_keep_kinds_of_dates_and_access(format_: str) -> None:
    record = taken_in(format_)
    assert {date.kind for date in record.dates if date.edtf == "1995"} == {"copyright"}
    assert record.access.status == "open"


@pytest.mark.parametrize("format_", ["mods", "marc21"])
def test_library_formats_keep_roles_kinds_and_holders(format_: str) -> None:
    record = taken_in(format_)
    author = next(agent for agent in record.agents if "aut" in agent.roles)
    assert (author.kind, author.dates, bool(author.ids)) == ("person", "1717/1763", True)
    assert {subject.kind for subject in record.subjects} >= {"topic", "person", "corporate", "title", "classification"}
    assert record.holding[0].reference_code == "RIV/1/2"
    assert record.edition is not None


@pytest.mark.parametrize("format_", ["mods", "marc21"])
def test_library_formats_keep_the_statement_of_responsibility(format_: str) -> None:
    said = [each.value for each in taken_in(format_).descriptions if each.kind == "statement_of_responsibility"]
    assert said == ["曹雪芹著", "Cao Xueqin zhu"]


def test_mods_keeps_level_and_holder() -> None:
    record = taken_in("mods")
    assert (record.level, record.level_inferred) == (full_record().level, False)
    assert [(each.institution.isil or each.institution.name, each.department) for each in record.holding] == [
        ("Riverside Library", "Rare books")
    ]
    assert [each.role for each in record.digital if each.url.endswith(".jpg")] == ["file"]


def test_marc_keeps_both_scripts_as_one_title() -> None:
    title = taken_in("marc21").title
    assert [variant.value for variant in title.variants] == ["Hong lou meng 2"]
