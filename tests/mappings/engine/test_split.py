"""Finding aids become units: what each is called, where it stands, and what comes down to it."""

from __future__ import annotations

import pytest

from mappings.engine.apply import apply
from mappings.engine.crosswalk import numbered_names
from mappings.engine.explain import explain
from mappings.engine.library import base, compiled
from mappings.engine.outcome import Mapped, MappedUnit, Outcome, Rejected, Skipped
from mappings.schema.ids import record_id
from mappings.schema.raw import RawRecord
from tests.mappings.engine.crosswalks import CONTEXT, faults

EAD3 = "http://ead3.archivists.org/schema/"
LETTERS = "<c><did><unittitle>Letters</unittitle><unitdate>1901</unitdate></did></c>"
DIARIES = "<c><did><unittitle>Diaries</unittitle></did></c>"
CODED = "<c><did><unitid>MS 7</unitid><unittitle>Maps</unittitle></did></c>"


def finding_aid(components: str, *, top: str = "", namespace: str = EAD3, attributes: str = "") -> RawRecord:
    body = f'<archdesc level="fonds"{attributes}><did><unittitle>Papers</unittitle></did>{top}<dsc>{components}</dsc>'
    ead = f'<ead xmlns="{namespace}">{body}</archdesc></ead>'
    return RawRecord(
        feed="feed",
        identifier="oai:x:1",
        datestamp="2020-01-01",
        payload_sha256="",
        payload=f"<record><header/><metadata>{ead}</metadata></record>",
        format="ead3",
    )


def outcome(raw: RawRecord, name: str = "base/ead3") -> Outcome:
    return apply(compiled(name), raw, CONTEXT)


def units(components: str, top: str = "") -> dict[str, MappedUnit]:
    found = outcome(finding_aid(components, top=top))
    assert isinstance(found, Mapped), found
    return {unit.record.title.value: unit for unit in found.units}


def ids(components: str) -> dict[str, str]:
    return {title: unit.record.id for title, unit in units(components).items()}


# --- identity ---------------------------------------------------------------------------------------------------------


def test_the_root_is_named_by_its_oai_identifier_alone() -> None:
    assert ids("")["Papers"] == record_id("feed", "oai:x:1")


def test_siblings_that_move_and_new_ones_change_no_id() -> None:
    before = ids(LETTERS + DIARIES + CODED)
    after = ids("<c><did><unittitle>New</unittitle></did></c>" + CODED + DIARIES + LETTERS)
    assert {title: after[title] for title in before} == before


def test_a_unitid_names_a_unit_whatever_its_title() -> None:
    assert ids(CODED)["Maps"] == ids(CODED.replace("Maps", "Plans"))["Plans"]


def test_a_unitid_that_stands_twice_names_nothing() -> None:
    found = ids(CODED + CODED.replace("Maps", "Plans"))
    assert len(set(found.values())) == 3
    assert found == ids(CODED.replace("Maps", "Plans") + CODED)


def test_equal_units_are_told_apart_by_place_and_say_so() -> None:
    found = outcome(finding_aid(DIARIES + DIARIES))
    assert isinstance(found, Mapped)
    assert len({unit.record.id for unit in found.units}) == 3
    assert ["id_by_position" in [i.code for i in unit.issues] for unit in found.units] == [False, True, True]


def test_a_mapping_rule_changes_no_id() -> None:
    child = "crosswalk: own\nextends: base/ead3@1\nrules:\n  - {id: title, const: Other, to: title}\n"
    found = apply(compiled(child), finding_aid(LETTERS), CONTEXT)
    assert isinstance(found, Mapped)
    assert [unit.record.id for unit in found.units] == list(ids(LETTERS).values())


# --- places -----------------------------------------------------------------------------------------------------------


def test_a_unit_knows_its_way_up_and_its_order() -> None:
    series = f"<c level='series'><did><unittitle>Writings</unittitle></did>{LETTERS}{DIARIES}</c>"
    found = units(series)
    root, diaries = found["Papers"].record, found["Diaries"].record
    assert diaries.hierarchy is not None
    assert root.hierarchy is not None
    assert [step.title for step in diaries.hierarchy.path] == ["Papers", "Writings"]
    assert (diaries.hierarchy.root, diaries.hierarchy.depth, diaries.hierarchy.order) == (root.id, 2, 2)
    assert (root.hierarchy.parent, root.hierarchy.child_count) == (None, 1)
    assert (diaries.level, diaries.level_inferred, diaries.source.unit_path) == (
        "file", True, "archdesc[1]/dsc[1]/c[1]/c[2]",
    )  # fmt: skip


def test_levels_out_of_order_are_kept_and_noted() -> None:
    below = "<c level='series'><did><unittitle>Odd</unittitle></did></c>"
    found = units(f"<c level='item'><did><unittitle>Leaf</unittitle></did>{below}</c>")
    assert found["Odd"].record.level == "series"
    assert "level_order" in [i.code for i in found["Odd"].issues]


def test_a_unit_without_any_name_is_refused_and_those_below_stand_higher() -> None:
    found = outcome(finding_aid(f"<c><did/><accessrestrict><p>Closed until 2040.</p></accessrestrict>{LETTERS}</c>"))
    assert isinstance(found, Mapped)
    assert [refusal.code for refusal in found.refused] == ["title_missing"]
    letters = found.units[1].record
    assert letters.hierarchy is not None
    assert letters.hierarchy.depth == 1
    assert (letters.access.status, letters.access.until) == ("closed", "2040")


def test_a_rule_that_looks_anywhere_stays_in_its_unit() -> None:
    child = 'crosswalk: own\nextends: base/ead3@1\nrules:\n  - {id: all, from: //ead:unittitle, to: "genre[]"}\n'
    found = apply(compiled(child), finding_aid(LETTERS), CONTEXT)
    assert isinstance(found, Mapped)
    assert [[genre.label.value for genre in unit.record.genre] for unit in found.units] == [["Papers"], ["Letters"]]


def test_a_skipped_unit_takes_those_below_with_it() -> None:
    child = (
        "crosswalk: own\nextends: base/ead3@1\nskip: [{when: {from: '@level', equals: series}, reason: not_material}]\n"
    )
    series = f"<c level='series'><did><unittitle>S</unittitle></did>{LETTERS}</c>{DIARIES}"
    found = apply(compiled(child), finding_aid(series), CONTEXT)
    assert isinstance(found, Mapped)
    assert [unit.record.title.value for unit in found.units] == ["Papers", "Diaries"]
    assert [refusal.code for refusal in found.refused] == ["not_material", "unit_skipped"]


def test_a_split_as_the_design_writes_it_is_accepted_and_names_units_by_their_path() -> None:
    text = """crosswalk: t
input: {format: ead3}
split:
  {each: [c, c01..c12], path: did/unitid, key: [did/unitid, ["@level", did/unittitle, did/unitdate, did/container]]}
rules:
  - {id: t, from: did/unittitle, to: title}
"""
    series = f"<c level='series'><did><unitid>A 1</unitid><unittitle>Series</unittitle></did>{LETTERS}</c>"
    found = apply(compiled(text), finding_aid(series), CONTEXT)
    assert isinstance(found, Mapped), found
    (hierarchy,) = (unit.record.hierarchy for unit in found.units if unit.record.title.value == "Letters")
    assert hierarchy
    assert [step.title for step in hierarchy.path] == ["Papers", "A 1"]


def test_a_hidden_unit_is_not_called_by_its_path_either() -> None:
    text = base("base/ead3").replace("split:\n", "split:\n  path: did/unitid\n")
    did = "<did><unitid>A 1</unitid><unittitle>S</unittitle></did>"
    series = f"<c level='series' audience='internal'>{did}{LETTERS}</c>"
    found = apply(compiled(text), finding_aid(series), CONTEXT)
    assert isinstance(found, Mapped), found
    (hierarchy,) = (unit.record.hierarchy for unit in found.units if unit.record.title.value == "Letters")
    assert hierarchy
    assert hierarchy.path[1].title is None


# --- what comes down --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "status"),
    [
        ("", "closed"),
        ("<accessrestrict><p>Open for research.</p></accessrestrict>", "open"),
        ("<accessrestrict><p>See the archivist about the access key.</p></accessrestrict>", "closed"),
    ],
)
def test_access_comes_down_and_what_is_not_understood_opens_nothing(own: str, status: str) -> None:
    top = "<accessrestrict><p>Closed.</p></accessrestrict>"
    found = units(f"<c><did><unittitle>Letters</unittitle></did>{own}</c>", top)
    assert found["Letters"].record.access.status == status


def test_a_value_that_came_down_names_where_from() -> None:
    top = "<accessrestrict><p>Closed.</p></accessrestrict><userestrict><p>Ask first.</p></userestrict>"
    found = units(LETTERS, top)
    root, letters = found["Papers"].record, found["Letters"]
    assert letters.record.access.inherited_from == root.id
    assert letters.record.rights.text == root.rights.text
    assert letters.rules["/access/status"] == (("inherit", root.id),)


def test_a_relative_closure_without_any_date_has_no_end_and_says_so() -> None:
    found = units(DIARIES, "<accessrestrict><p>Closed for 20 years.</p></accessrestrict>")
    assert found["Diaries"].record.access.until is None
    assert "closure_end_unknown" in [i.code for i in found["Diaries"].issues]


def test_below_a_hidden_unit_its_title_is_not_told() -> None:
    hidden = "<c audience='internal'><did><unittitle>Staff</unittitle></did>" + LETTERS + "</c>"
    letters = units(hidden)["Letters"].record
    assert letters.hierarchy is not None
    assert (letters.access.line, letters.hierarchy.path[1].title) == ("hidden", None)


def test_parts_for_the_archive_alone_are_not_read() -> None:
    donor = "<scopecontent audience='internal'><p>Donor is difficult.</p></scopecontent>"
    found = units(LETTERS, donor + "<bioghist><p>B <emph audience='internal'>x</emph>y</p></bioghist>")
    assert [text.value for text in found["Papers"].record.descriptions] == ["B y"]


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("namespace", ["", "http://ead3.archivists.org/schema/undeprecated/"])
def test_other_namespaces_of_the_format_are_read(namespace: str) -> None:
    found = outcome(finding_aid(LETTERS, namespace=namespace))
    assert isinstance(found, Mapped)
    assert [unit.record.title.value for unit in found.units] == ["Papers", "Letters"]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("<record><header/><metadata/></record>", "payload_empty"),
        ("<record><header/><metadata><html><body>404</body></html></metadata></record>", "not_the_format"),
        (f"<record><header/><metadata><ead xmlns='{EAD3}'/></metadata></record>", "payload_empty"),
        ("<!DOCTYPE ead [<!ENTITY a 'b'>]><ead/>", "doctype_refused"),
        ("<ead><archdesc", "xml_broken"),
    ],
)
def test_what_is_no_finding_aid_is_refused_with_its_reason(payload: str, code: str) -> None:
    raw = RawRecord(feed="f", identifier="i", datestamp="2020-01-01", payload_sha256="", payload=payload, format="ead3")
    found = outcome(raw)
    assert isinstance(found, Rejected)
    assert found.issue.code == code


def test_a_finding_aid_that_is_skipped_is_skipped_whole() -> None:
    child = "crosswalk: own\nextends: base/ead3@1\nskip: [{when: {from: '@level', equals: fonds}, reason: not_ours}]\n"
    assert apply(compiled(child), finding_aid(LETTERS), CONTEXT) == Skipped(reason="not_ours")


def test_split_is_checked() -> None:
    head = "crosswalk: t\ninput: {format: ead3}\nrules: [{id: t, const: T, to: title}]\n"
    found = faults(head + "split: {root: archdesc, each: [c], key: [['no:unitid']], way: x}\n")
    assert [fault.code for fault in found] == ["prefix_unknown", "field_unknown"]
    assert [fault.code for fault in faults(head + "split: {each: [c]}\n")] == ["yaml_invalid"]
    assert numbered_names(("c", "c01..c03")) == ("c", "c01", "c02", "c03")


def test_an_explanation_of_a_unit_gives_what_is_stored() -> None:
    raw = finding_aid(LETTERS)
    (_, stored) = units(LETTERS).values()
    found = explain(compiled("base/ead3"), raw, CONTEXT, stored.record.id)
    assert found.outcome == Mapped(units=(stored,))
    assert {trace.rule for trace in found.rules} >= {"title", "dates"}
