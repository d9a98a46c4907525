"""What no rule reads is named as a rule would read it: relative to the unit, of whatever stands around it too."""

from __future__ import annotations

import msgspec
import pytest

from mappings.engine.apply import apply
from mappings.engine.compiled import Compiled
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from mappings.engine.unread import Unread, UnreadPaths, unread_in
from mappings.schema.raw import RawRecord
from tests.mappings.engine.crosswalks import CONTEXT
from tests.mappings.engine.test_split import CODED, LETTERS, finding_aid

INDEXED = (
    "<c><did><unittitle>Letters</unittitle><materialspec>ink</materialspec></did><index><head>Names</head></index></c>"
)
TOP = "<index><head>All names</head></index>"
METS = (
    '<mets xmlns="http://www.loc.gov/METS/" xmlns:mods="http://www.loc.gov/mods/v3">'
    '<metsHdr><agent><name>Scanner</name></agent></metsHdr><dmdSec ID="d"><mdWrap MDTYPE="MODS"><xmlData><mods:mods>'
    "<mods:titleInfo><mods:title>A</mods:title></mods:titleInfo><mods:extension>more</mods:extension>"
    "</mods:mods></xmlData></mdWrap></dmdSec></mets>"
)


def held(body: str, format_: str) -> RawRecord:
    return msgspec.structs.replace(
        finding_aid(""), payload=f"<record><header/><metadata>{body}</metadata></record>", format=format_
    )


def reading(path: str, base: str = "base/ead3@1", more: str = "") -> Compiled:
    """The base with one more rule that reads `path`."""
    rule = f'rules: [{{id: own, from: "{path}", do: [squeeze], to: "descriptions[]"}}]\n'
    return compiled(f"crosswalk: own\nversion: 1\nextends: {base}\n{more}{rule}")


def test_paths_of_units_are_relative_to_the_unit() -> None:
    found = unread_in(compiled("base/ead3"), finding_aid(LETTERS + INDEXED, top=TOP))
    component = "archdesc[1]/dsc[1]/c[2]"
    assert found == (
        Unread(path="ead:index/ead:head", unit="archdesc[1]"),
        Unread(path="ead:did/ead:materialspec", unit=component),
        Unread(path="ead:index/ead:head", unit=component),
    )


def test_a_rule_that_is_made_for_such_a_path_reads_it_in_every_unit() -> None:
    raw = finding_aid(LETTERS + INDEXED, top=TOP)
    program = reading("ead:index/ead:head")
    outcome = apply(program, raw, CONTEXT)
    assert isinstance(outcome, Mapped)
    said = [[each.value for each in unit.record.descriptions] for unit in outcome.units]
    assert said == [["All names"], [], ["Names"]]
    assert [each.path for each in unread_in(program, raw)] == ["ead:did/ead:materialspec"]


def around() -> RawRecord:
    """A finding aid with a header in front of its units."""
    raw, header = finding_aid(LETTERS), "<control><maintenancestatus>revised</maintenancestatus></control>"
    return msgspec.structs.replace(raw, payload=raw.payload.replace("<archdesc", f"{header}<archdesc"))


def test_what_stands_around_the_units_is_named_as_it_is_read_from_inside() -> None:
    (found,) = unread_in(compiled("base/ead3"), around())
    assert found == Unread(path="up:ead:control/ead:maintenancestatus", unit="archdesc[1]")
    program = reading(found.path)
    assert unread_in(program, around()) == ()
    outcome = apply(program, around(), CONTEXT)
    assert isinstance(outcome, Mapped)
    assert {each.value for unit in outcome.units for each in unit.record.descriptions} == {"revised"}


def test_records_and_units_are_counted_apart() -> None:
    found = UnreadPaths()
    for raw in (finding_aid(INDEXED + CODED), finding_aid(INDEXED * 3), finding_aid(LETTERS)):
        found.add(compiled("base/ead3"), raw)
    lines = {line.path: (line.records, line.units, line.unit) for line in found.most_common()}
    assert lines["ead:index/ead:head"] == (2, 4, "archdesc[1]/dsc[1]/c[1]")
    assert found.records == 3


def test_what_is_read_wherever_it_stands_is_read() -> None:
    assert [each.path for each in unread_in(reading("//ead:head"), finding_aid(INDEXED, top=TOP))] == [
        "ead:did/ead:materialspec"
    ]


def test_an_element_of_which_a_rule_reads_an_attribute_only_still_has_a_text() -> None:
    program = reading("ead:index/ead:head/@id")
    assert "ead:index/ead:head" in {each.path for each in unread_in(program, finding_aid(INDEXED))}


def test_two_rules_that_part_elements_by_their_attributes_read_what_stands_in_both() -> None:
    raw = finding_aid("", top="<index audience='external'><head>A</head></index>")
    rules = "".join(
        f"""  - {{id: {name}, from: "ead:index[@audience='{kind}']/ead:{name}", to: "descriptions[]"}}\n"""
        for kind, name in (("other", "note"), ("external", "head"))
    )
    program = compiled(f"crosswalk: own\nversion: 1\nextends: base/ead3@1\nrules:\n{rules}")
    assert unread_in(program, raw) == ()


def test_of_a_wrapper_its_own_paths_are_named_and_not_what_it_wraps() -> None:
    found = unread_in(compiled("base/mets"), held(METS, "mets"))
    assert [each.path for each in found] == ["mets:metsHdr/mets:agent/mets:name"]
    assert unread_in(reading("mets:metsHdr/mets:agent/mets:name", "base/mets@1"), held(METS, "mets")) == ()


@pytest.mark.parametrize("raw", [held("<a/>", "ead3"), msgspec.structs.replace(finding_aid(""), payload="<a>")])
def test_what_cannot_be_read_holds_no_paths(raw: RawRecord) -> None:
    found = UnreadPaths()
    assert found.add(compiled("base/ead3"), raw) == 0
    assert (found.records, found.most_common()) == (1, ())
