"""The static check: each code is found, at its line, and all faults come at once."""

from __future__ import annotations

import pytest

from mappings.engine.check import CODES, faults_together
from mappings.engine.library import check_text
from tests.mappings.engine.crosswalks import faults, program

HEAD = "crosswalk: t\ninput: {format: oai_dc}\n"
TITLE = "  - {id: title, from: dc:title, to: title}\n"


def rule(body: str) -> str:
    """A crosswalk whose second rule, on line 5, is `body`."""
    return f"{HEAD}rules:\n{TITLE}  - {{id: a, {body}}}\n"


#: code -> crosswalks with the line of the fault
FAULTY: list[tuple[str, str, int]] = [
    ("yaml_invalid", "crosswalk: [", 1),
    ("yaml_invalid", HEAD + "rules: &a []\n", 3),
    ("yaml_invalid", HEAD + "rules: []\nrules: []\n", 4),
    ("yaml_invalid", HEAD + "rules:\n" + TITLE + "  - {from: dc:x, to: type}\n", 5),
    ("yaml_invalid", rule("to: type"), 5),
    ("yaml_invalid", HEAD + "rules:\n" + TITLE + TITLE, 5),
    ("field_unknown", HEAD + "rulez: []\nrules:\n" + TITLE, 3),
    ("field_unknown", rule("from: dc:x, to: titel"), 5),
    ("field_unknown", rule("from: dc:x, to: id"), 5),
    ("field_unknown", rule("from: dc:x, too: type, to: type"), 5),
    ("field_unknown", rule("from: dc:x, when: {is: 1}, to: type"), 5),
    ("field_unknown", "crosswalk: t\ninput: {format: marcish}\nrules:\n" + TITLE, 2),
    ("type_mismatch", rule("from: dc:x, do: [edtf], to: 'genre[]'"), 5),
    ("type_mismatch", rule("from: dc:x, do: [edtf, squeeze], to: 'dates[]'"), 5),
    ("type_mismatch", rule("from: dc:x, to: 'identifiers[]'"), 5),
    ("type_mismatch", rule("const: ajar, to: access.status"), 5),
    ("cardinality", rule("each: dc:x, to: edition"), 5),
    ("mandatory_never_set", HEAD + "rules:\n  - {id: a, from: dc:x, to: type}\n", 3),
    ("field_unknown", rule("const: x, to: access.inherited_from"), 5),
    ("field_unknown", rule("each: dc:x, make: {inherited_from: {const: x}}, to: access"), 5),
    ("field_unknown", HEAD + "defaults: {access.inherited_from: x}\nrules:\n" + TITLE, 3),
    ("mandatory_never_set", rule("each: dc:x, make: {}, to: 'agents[]'"), 5),
    ("mandatory_never_set", rule("each: dc:x, make: {}, to: access"), 5),
    ("mandatory_never_set", rule("each: dc:x, make: {roles: {const: cre}}, to: 'agents[]'"), 5),
    ("mandatory_never_set", rule("each: dc:x, make: {name: {make: {}}}, to: 'agents[]'"), 5),
    ("table_missing", HEAD + "tables: {t: nowhere@1}\nrules:\n" + TITLE, 3),
    ("table_missing", HEAD + "tables: {t: dcmi_types@99}\nrules:\n" + TITLE, 3),
    ("table_missing", rule("from: dc:x, do: [lookup: zz], to: type"), 5),
    ("prefix_unknown", rule("from: 'zz:x', to: type"), 5),
    ("selector_invalid", rule("from: 'dc:x//dc:y//dc:z', to: type"), 5),
    ("selector_invalid", rule("from: 'marc:245$a', to: type"), 5),
    ("argument_wrong", rule("from: dc:x, do: [squeese], to: type"), 5),
    ("argument_wrong", rule("from: dc:x, do: [squeeze: 3], to: type"), 5),
    ("argument_wrong", rule("from: dc:x, do: [split], to: 'genre[]'"), 5),
    ("argument_wrong", rule("from: dc:x, do: [edtf: {kind: born}], to: 'dates[]'"), 5),
    ("argument_wrong", rule("from: dc:x, do: [edtf: {calendar: nonsense}], to: 'dates[]'"), 5),
    ("argument_wrong", rule("from: dc:x, require: maybe, to: type"), 5),
    ("pattern_refused", rule("from: dc:x, when: {matches: '(a'}, to: type"), 5),
    ("pattern_refused", rule(f"from: dc:x, do: [extract: '{'a' * 201}'], to: type"), 5),
    ("pattern_refused", rule("from: dc:x, do: [extract: '(?=a)'], to: type"), 5),
    ("rule_shadowed", rule("const: X, to: type}\n  - {id: b, from: dc:x, to: type"), 6),
    ("rule_unreachable", rule("from: dc:x, when: {missing: true}, to: type"), 5),
    ("parent_missing", "crosswalk: t\nextends: base/nowhere@1\n", 2),
    ("parent_missing", "crosswalk: t\nextends: base/oai_dc\n", 2),
    ("parent_missing", "crosswalk: t\nextends: base/oai_dc@99\n", 2),
    ("parent_rule_unknown", "crosswalk: t\nextends: base/oai_dc@1\ndrop: [nothing]\n", 3),
    ("parent_rule_unknown", rule("from: dc:x, before: zz, to: type"), 5),
    ("format_changed", "crosswalk: t\nextends: base/marc21@1\ninput: {format: unimarc}\n", 3),
    ("format_changed", "crosswalk: t\nextends: base/marc21@1\nrules: []\ninput: {format: cnmarc}\n", 4),
    ("format_changed", "crosswalk: t\nextends: base/mods@1\ninput: {format: oai_dc}\n", 3),
    ("format_changed", "crosswalk: t\nextends: base/ead3@1\ninput: {format: table}\n", 3),
    ("yaml_invalid", HEAD + "rules:\n" + TITLE + "\t- {id: a}\n", 5),
    ("yaml_invalid", HEAD + "rules:\n" + TITLE + "  - {id: a, from: dc:x, to: type\n", 6),
    ("yaml_invalid", HEAD + "rules: 7\n", 3),
    ("field_unknown", rule("each: dc:x, make: {nane: {from: '.'}}, to: 'agents[]'"), 5),
    ("field_unknown", HEAD + "defaults: {levle: item}\nrules:\n" + TITLE, 3),
    ("type_mismatch", rule("from: dc:x, do: [number, edtf], to: 'dates[]'"), 5),
    ("type_mismatch", rule("from: dc:x, do: [number], to: type"), 5),
    ("selector_invalid", rule("from: 'dc:x[', to: type"), 5),
    ("selector_invalid", rule("from: 'col:题名', to: type"), 5),
    ("selector_invalid", rule("from: 'json:/a', to: type"), 5),
    ("prefix_unknown", rule("each: zz:x, make: {label: {from: '.'}}, to: 'genre[]'"), 5),
    ("argument_wrong", rule("from: dc:x, do: [replace: {pattern: a, wiht: b}], to: type"), 5),
    ("argument_wrong", rule("from: dc:x, do: [slice: {start: one}], to: type"), 5),
    ("argument_wrong", rule("from: dc:x, do: [extract: {pattern: 'a(b)', group: 5}], to: type"), 5),
    ("argument_wrong", rule(r"from: dc:x, do: [replace: {pattern: '(a)', with: '\2'}], to: type"), 5),
    ("argument_wrong", rule(r"from: dc:x, do: [replace: {pattern: '(a)', with: '\g<b>'}], to: type"), 5),
    ("argument_wrong", rule("from: dc:x, do: [replace: {pattern: a, with: '\\'}], to: type"), 5),
    ("argument_wrong", rule("from: dc:x, do: [split: {on: ''}], to: 'genre[]'"), 5),
    ("argument_wrong", rule("from: dc:x, do: [split: {on: []}], to: 'genre[]'"), 5),
    ("argument_wrong", rule("from: dc:x, do: [drop: {values: []}], to: type"), 5),
    ("argument_wrong", rule("from: dc:x, do: [html_text: {keep: [b, script]}], to: type"), 5),
    ("argument_wrong", rule("from: dc:x, when: {matches: []}, to: type"), 5),
    ("pattern_refused", rule("from: dc:x, do: [replace: {pattern: '(a)\\1', with: b}], to: type"), 5),
    ("rule_unreachable", rule("from: dc:x, when: {all: [{missing: true}]}, to: type"), 5),
    ("parent_missing", "crosswalk: t\nextends: oai_dc@1\n", 2),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "line"), FAULTY)
def test_each_fault_is_found_at_its_line(code: str, text: str, line: int) -> None:
    assert (code, line) in [(fault.code, fault.line) for fault in faults(text)]


def test_fifty_faulty_crosswalks_and_more_are_judged() -> None:
    assert len({text for _, text, _ in FAULTY}) >= 50


def test_every_code_has_a_faulty_crosswalk() -> None:
    assert {code for code, _, _ in FAULTY} | {"default_opens", "test_failed"} == set(CODES)


def test_all_faults_come_at_once_with_rule_and_hint() -> None:
    text = HEAD + "wrong: 1\nrules:\n"
    text += "  - {id: one, from: 'zz:x', do: [squeese], to: type}\n  - {id: two, from: dc:x, to: genre}\n"
    found = {(fault.rule, fault.code): fault for fault in faults(text)}
    assert set(found) == {
        ("", "field_unknown"),
        ("one", "prefix_unknown"),
        ("one", "argument_wrong"),
        ("two", "field_unknown"),
        ("", "mandatory_never_set"),
    }
    assert found["one", "argument_wrong"].hint == "write squeeze"
    assert all(fault.file == "faulty.yaml" and fault.column for fault in found.values())


def test_a_crosswalk_of_more_than_256_kib_is_refused() -> None:
    assert [fault.code for fault in faults("crosswalk: t\n# " + "x" * (256 << 10))] == ["yaml_invalid"]


def test_more_than_2000_rules_are_refused() -> None:
    rules = "".join(f"  - {{id: r{number}, from: dc:x, to: type}}\n" for number in range(2_001))
    assert any("2000" in fault.message for fault in faults(HEAD + "rules:\n" + TITLE + rules))


OPENING = (
    ("defaults: {access.status: open}\n", ""),
    ("defaults: {access.line: full}\n", ""),
    ("defaults: {access.requestable: true}\n", ""),
    ("", "  - {id: open, const: open, to: access.status}\n"),
    ("", "  - {id: open, const: full, to: access.line}\n"),
    ("", "  - {id: open, const: true, to: access.requestable}\n"),
    ("", "  - {id: open, each: dc:title, to: access, make: {status: {const: open}}}\n"),
    ("", "  - {id: open, each: dc:title, to: access, make: {status: {from: dc:rights, default: open}}}\n"),
)
CLOSING = (
    ("defaults: {access.status: closed}\n", ""),
    ("", "  - {id: shut, const: hidden, to: access.line}\n"),
    ("", "  - {id: shut, each: dc:title, to: access, make: {status: {const: restricted}}}\n"),
    # what a condition chooses counts as read: a dry run sees what it opens
    ("", "  - {id: open, const: open, when: {from: dc:rights, exists: true}, to: access.status}\n"),
)


@pytest.mark.parametrize(("head", "rule"), OPENING)
def test_what_opens_by_default_is_told_and_stops_nothing(head: str, rule: str) -> None:
    assert [fault.code for fault in faults_together(program(rule, head=head))] == ["default_opens"]


@pytest.mark.parametrize(("head", "rule"), CLOSING)
def test_what_closes_by_default_is_nothing_to_tell(head: str, rule: str) -> None:
    assert faults_together(program(rule, head=head)) == []


def test_a_failing_test_of_the_crosswalk_is_a_fault_with_what_was_expected() -> None:
    text = HEAD + "rules:\n" + TITLE
    text += "tests:\n  - {input: {inline: '<dc:title>A</dc:title>'}, expect: {title.value: B}}\n"
    (fault,) = check_text(text, file="t.yaml")
    assert (fault.code, fault.line) == ("test_failed", 6)
    assert "'A'" in fault.message
    assert "'B'" in fault.message
