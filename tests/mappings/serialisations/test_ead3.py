"""EAD3 as it is given out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped
from mappings.schema.access import Access
from mappings.schema.hierarchy import Ancestor, Hierarchy
from mappings.schema.holding import Container, Institution
from mappings.schema.record import CatalogueRecord, Description
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.cover import EntryHidden, FormatUnavailable, cover_of
from mappings.serialisations.ead3 import LOSSES, NAMESPACE, missing, write
from tests import factories
from tests.mappings.serialisations.judging import SECRET, bare, full, full_record, schema

E = {"e": NAMESPACE}
PAGE = "https://exchange.example/r/c-1"
PATH = (
    Ancestor(id="rROOT", level="fonds", title="Papers of Ann"),
    Ancestor(id="rHIDDEN", level="series"),
    Ancestor(id="rBOX", level="subseries", title="Letters"),
)


def unit_record(**fields: object) -> CatalogueRecord:
    """A file deep in a fonds, with every area stated."""
    full_ = full_record()
    holding = replace(full_.holding[0], containers=(Container(type="box", number="3"),))
    made = replace(
        full_,
        level="file",
        hierarchy=Hierarchy(root="rROOT", parent="rBOX", path=PATH, depth=3),
        holding=(holding,),
        descriptions=(*full_.descriptions, Description(value="First\nSecond", kind="scope_and_content")),
    )
    return replace(made, **fields)


def unit(**fields: object) -> UnifiedRecord:
    """The unit as the public sees it."""
    return factories.unified_record(unit_record(**fields))


def closed(line: str) -> UnifiedRecord:
    """The unit, closed, with a line of this kind."""
    return unit(access=Access(status="closed", line=line, reason="privacy", until="2040"))  # type: ignore[arg-type]


def _found(xml: str, path: str) -> list[str]:
    found = etree.fromstring(xml).xpath(path, namespaces=E)
    return [each if isinstance(each, str) else each.text for each in found]


def test_a_unit_stands_below_the_line_of_units_above_it() -> None:
    xml = write(unit())
    assert _found(xml, "//@level") == ["fonds", "series", "subseries", "file"]
    assert _found(xml, "e:archdesc/e:did/e:unittitle") == ["Papers of Ann"]
    assert _found(xml, "//e:c[@level='series']/e:did/e:unittitle") == []
    assert _found(xml, "//e:c[@level='file']/e:did/e:unittitle[not(@localtype)]") == ["紅樓夢"]


def test_a_unit_that_stands_alone_is_the_archival_description() -> None:
    xml = write(unit(hierarchy=None, level="fonds"))
    assert _found(xml, "e:archdesc/@level") == ["fonds"]
    assert _found(xml, "//e:c") == []


def test_creators_are_origination_and_others_are_headings_with_their_role() -> None:
    xml = write(unit())
    assert "Cao, Xueqin" in _found(xml, "//e:origination/e:persname/e:part[not(@localtype)]")
    assert _found(xml, "//e:origination/e:persname/e:part[@localtype='existDates']") == ["1717-1763"]
    assert _found(xml, "//e:controlaccess/e:famname/@relator") == ["fmo"]


def test_code_holder_department_and_box_are_told_apart() -> None:
    xml = write(unit())
    assert _found(xml, "//e:c[@level='file']/e:did/e:unitid[1]") == ["RIV/1/2"]
    assert _found(xml, "//e:repository/e:corpname/e:part") == ["Riverside Library"]
    assert _found(xml, "//e:physloc") == ["Rare books"]
    assert _found(xml, "//e:container[@localtype='box']") == ["3"]


def test_a_reduced_line_gives_code_level_dates_holder_and_reason_only() -> None:
    xml = write(closed("reduced"))
    assert _found(xml, "//@level") == ["file"]
    names = {etree.QName(each).localname for each in etree.fromstring(xml).find(f".//{{{NAMESPACE}}}did")}
    assert names == {"unitid", "repository", "physloc", "container", "unitdate"}
    assert _found(xml, "//e:accessrestrict/e:p") == ["closed (privacy) until 2040"]
    for withheld in (SECRET, "紅樓夢", "Papers of Ann", "Cao", "Second"):
        assert withheld not in xml


def test_links_to_the_material_are_given_only_where_it_is_open() -> None:
    assert "full.jpg" in write(unit())
    assert "full.jpg" not in write(closed("full"))


def test_a_hidden_entry_is_not_written() -> None:
    with pytest.raises(EntryHidden):
        write(closed("hidden"))


@pytest.mark.parametrize(
    ("level", "hierarchy", "wanted"),
    [
        ("work", None, "an archival level"),
        ("item", None, "a place in a finding aid"),
        ("item", Hierarchy(root="rROOT"), ""),
        ("series", None, ""),
    ],
)
def test_what_is_no_archival_unit_is_left_to_other_formats(
    level: str, hierarchy: Hierarchy | None, wanted: str
) -> None:
    unified = unit(level=level, hierarchy=hierarchy)
    assert missing(unified, cover_of(unified)) == wanted
    if wanted:
        with pytest.raises(FormatUnavailable, match=wanted):
            write(unified)


@given(st.text())
def test_any_title_is_well_formed_xml(title: str) -> None:
    assert etree.fromstring(write(unit(title=factories.title(title)))).tag == f"{{{NAMESPACE}}}ead"


def test_losses_are_published() -> None:
    assert "edition" in LOSSES


def test_what_is_given_out_is_taken_in_again() -> None:
    raw = factories.raw_record(payload=write(unit(), identifiers=(PAGE,)), format="ead3")
    outcome = apply(compiled("base/ead3"), raw, Context(feed="again", institution=Institution(name="A", slug="a")))
    assert isinstance(outcome, Mapped), outcome
    record = outcome.units[-1].record
    assert [each.level for each in (*record.hierarchy.path,)] == ["fonds", "series", "subseries"]
    assert (record.level, record.title.value) == ("file", "紅樓夢")
    assert record.holding[0].reference_code == "RIV/1/2"
    assert record.holding[0].containers == (Container(type="box", number="3"),)
    assert {"1791?", "1995"} <= {date.edtf for date in record.dates}
    assert {each.lang for each in record.languages} == {"zho", "eng"}
    assert f"{SECRET} & custom" in {subject.label.value for subject in record.subjects}
    assert record.rights.uri == "http://rightsstatements.org/vocab/InC/1.0/"
    assert record.access.status == "open"


def test_a_closed_unit_is_closed_when_it_is_taken_in_again() -> None:
    raw = factories.raw_record(payload=write(closed("full")), format="ead3")
    outcome = apply(compiled("base/ead3"), raw, Context(feed="again", institution=Institution(name="A", slug="a")))
    assert isinstance(outcome, Mapped), outcome
    access = outcome.units[-1].record.access
    assert (access.status, access.until) == ("closed", "2040")


@pytest.mark.data
def test_what_is_written_is_valid_by_the_schema_of_ead3() -> None:
    judge = schema("ead3/ead3.xsd")
    alone = unit(hierarchy=None, level="collection")
    poor = replace(bare(), level=replace(bare().level, value="series"))
    for unified in (unit(), alone, poor, closed("full"), closed("reduced"), unit(title=factories.title(supplied=True))):
        judge.assertValid(etree.fromstring(write(unified, identifiers=(PAGE,))))


@pytest.mark.data
def test_the_judge_finds_an_element_that_ead3_does_not_know() -> None:
    broken = write(unit()).replace("unittitle", "unitname")
    assert not schema("ead3/ead3.xsd").validate(etree.fromstring(broken))


def test_the_full_work_of_other_formats_is_none_of_ead3() -> None:
    with pytest.raises(FormatUnavailable):
        write(full())
