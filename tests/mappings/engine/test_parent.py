"""`parent`: which record of the same feed a record names above itself, and what comes of it."""

from __future__ import annotations

import pytest

from mappings.engine.apply import apply
from mappings.engine.explain import explain
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from mappings.engine.standing import Above, FindAbove, Unplaced
from mappings.schema.access import Access
from mappings.schema.ids import record_id
from tests.factories import access, catalogue_record, institution, title
from tests.mappings.engine.crosswalks import CONTEXT, faults, program, record

PARENT = (
    'parent: {from: "dc:relation", do: [strip_start: "up:", wrap: {before: "oai:x:"}]}\n'
    "tables: {phrases: access_phrases@1}"
)
RULES = '  - {id: access, from: "dc:rights", do: [access_statement: {table: phrases}], to: access}\n'
FONDS = catalogue_record(native_id="fonds", level="fonds", title=title("Papers"))
BELOW = "<dc:title>Letter</dc:title><dc:relation>up:7</dc:relation>"


def find(above: Above | Unplaced, asked: list[str] | None = None) -> FindAbove:
    def found(parent: str) -> Above | Unplaced:
        if asked is not None:
            asked.append(parent)
        return above

    return found


def mapped(inner: str, above: Above | Unplaced, rules: str = RULES, asked: list[str] | None = None) -> Mapped:
    found = apply(program(rules, head=PARENT), record(inner), CONTEXT, find(above, asked))
    assert isinstance(found, Mapped), found
    return found


def above(**fields: object) -> Above:
    return Above(record=FONDS, access=access(**fields), end=None)


def test_the_native_identifier_is_read_and_transformed() -> None:
    asked: list[str] = []
    found = mapped(BELOW, above(), asked=asked)
    assert asked == ["oai:x:7"]
    assert found.placement is not None
    assert (found.placement.parent, found.placement.under) == ("oai:x:7", above().mark)


def test_a_record_that_names_nobody_stands_above_all() -> None:
    asked: list[str] = []
    found = mapped("<dc:title>Papers</dc:title>", above(), asked=asked)
    place = found.units[0].record.hierarchy
    assert (asked, place and place.root) == ([], record_id("feed", "oai:x:1"))


def test_what_a_record_does_not_say_comes_down_under_the_rule_inherit() -> None:
    unit = mapped(BELOW, above(status="closed", until="2090")).units[0]
    assert (unit.record.access.status, unit.record.access.inherited_from) == ("closed", FONDS.id)
    assert unit.record.holding[0].institution == institution()
    assert unit.rules["/access/status"] == (("inherit", FONDS.id),)
    assert unit.record.hierarchy is not None
    assert [step.title for step in unit.record.hierarchy.path] == ["Papers"]


def test_an_own_statement_never_shows_what_is_hidden_above() -> None:
    inner = BELOW + "<dc:rights>Open for research.</dc:rights>"
    found = mapped(inner, above(status="closed", line="hidden")).units[0].record.access
    assert (found.status, found.line) == ("open", "hidden")


@pytest.mark.parametrize("why", ["orphan", "parent_cycle"])
def test_a_record_without_a_place_is_hidden_whatever_it_says(why: str) -> None:
    inner = BELOW + "<dc:rights>Open for research.</dc:rights>"
    found = mapped(inner, Unplaced(why=why))  # type: ignore[arg-type]
    unit = found.units[0]
    assert unit.record.access.line == "hidden"
    assert [(each.code, each.excerpt) for each in unit.issues] == [(why, "oai:x:7")]
    assert found.placement is not None
    assert found.placement.mark.startswith(why)


def test_without_a_feed_a_record_is_what_it_says_itself() -> None:
    found = apply(program(RULES, head=PARENT), record(BELOW), CONTEXT)
    assert isinstance(found, Mapped)
    assert (found.placement, found.units[0].record.hierarchy) == (None, None)
    assert found.units[0].record.access == Access()


def test_an_explanation_is_equal_to_what_is_made() -> None:
    rules, raw, up = program(RULES, head=PARENT), record(BELOW), find(above(status="closed"))
    trace = explain(rules, raw, CONTEXT, "", up)
    made = apply(rules, raw, CONTEXT, up)
    assert isinstance(trace.outcome, Mapped)
    assert isinstance(made, Mapped)
    assert trace.outcome.units == made.units
    assert "dc:relation" not in trace.unread


def test_the_root_of_a_finding_aid_stands_below_another_record() -> None:
    text = "crosswalk: own\nextends: base/ead3@1\nparent: {from: '@id'}\nrules: []\n"
    ead = (
        '<ead xmlns="http://ead3.archivists.org/schema/"><archdesc level="series" id="up"><did><unittitle>Series'
        "</unittitle></did><dsc><c><did><unittitle>Letter</unittitle></did></c></dsc></archdesc></ead>"
    )
    raw = record("", payload=f"<record><header/><metadata>{ead}</metadata></record>")
    found = apply(compiled(text), raw, CONTEXT, find(above(status="closed")))
    assert isinstance(found, Mapped)
    letter = found.units[1].record
    assert letter.hierarchy is not None
    assert [step.title for step in letter.hierarchy.path] == ["Papers", "Series"]
    assert (letter.access.status, found.placement and found.placement.parent) == ("closed", "up")


HEAD = "crosswalk: t\ninput: {format: oai_dc}\n"
TITLE = "rules:\n  - {id: title, from: dc:title, to: title}\n"


@pytest.mark.parametrize(
    ("code", "parent"),
    [
        ("yaml_invalid", "{do: [squeeze]}"),
        ("yaml_invalid", "dc:relation"),
        ("field_unknown", "{from: dc:relation, too: x}"),
        ("prefix_unknown", "{from: 'zz:x'}"),
        ("selector_invalid", "{from: 'marc:773$w'}"),
        ("argument_wrong", "{from: dc:relation, do: [squeese]}"),
        ("type_mismatch", "{from: dc:relation, do: [edtf]}"),
    ],
)
def test_a_faulty_parent_is_named_at_its_line(code: str, parent: str) -> None:
    assert (code, 3) in [(fault.code, fault.line) for fault in faults(f"{HEAD}parent: {parent}\n{TITLE}")]


def test_a_wrapper_has_no_parent() -> None:
    text = "crosswalk: t\nextends: base/mets@1\nparent: {from: 'mets:structMap/@ID'}\nrules: []\n"
    assert ("argument_wrong", 3) in [(fault.code, fault.line) for fault in faults(text)]
