"""What is given out can be taken in again: each format, mapped by its base, says what it said."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped
from mappings.schema.holding import Institution
from mappings.schema.record import CatalogueRecord, Description, Title
from mappings.schema.text import Variant
from mappings.schema.unified import UnifiedRecord
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


def taken_in(format_: str, unified: UnifiedRecord | None = None) -> CatalogueRecord:
    """The full record, or another one, written and mapped."""
    base, write = FORMATS[format_]
    raw = factories.raw_record(payload=write(unified or full(), identifiers=(PAGE,)))
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


HAN, LATIN = ("紅樓夢", "Hani"), ("Hong lou meng", "Latn")


@pytest.mark.parametrize(("title", "other"), [(HAN, LATIN), (LATIN, HAN)])
@pytest.mark.parametrize(
    ("statements", "together"),
    [
        (("曹雪芹著", "高鹗续"), ("曹雪芹著 ; 高鹗续",)),
        (("Cao Xueqin zhu", "曹雪芹著"), ("曹雪芹著", "Cao Xueqin zhu")),
        (("曹雪芹著", "高鹗续", "Cao Xueqin zhu"), ("曹雪芹著 ; 高鹗续", "Cao Xueqin zhu")),
        (("Cao Xueqin zhu",), ("Cao Xueqin zhu",)),
        (("曹雪芹著",), ("曹雪芹著",)),
        ((), ()),
    ],
)
def test_a_title_in_two_scripts_and_its_statements_come_back_from_marc(
    title: tuple[str, str], other: tuple[str, str], statements: tuple[str, ...], together: tuple[str, ...]
) -> None:
    variant = Variant(value=other[0], kind="transliteration", script=other[1])
    made = full_record(
        title=Title(value=title[0], lang="zho", script=title[1], variants=(variant,)),
        descriptions=tuple(Description(value=each, kind="statement_of_responsibility") for each in statements),
        part=(),
    )
    record = taken_in("marc21", factories.unified_record(made))
    # the language of the material is written in Han, whose form is the title on the way in
    assert (record.title.value, [each.value for each in record.title.variants]) == (HAN[0], [LATIN[0]])
    assert {each.value for each in record.descriptions} == set(together)


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
