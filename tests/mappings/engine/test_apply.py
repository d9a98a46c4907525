"""Rules applied: order, precedence, conditions, defaults, access, provenance, and an outcome for any input."""

from __future__ import annotations

import msgspec
import pytest

from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped, Skipped
from mappings.schema.holding import Institution
from tests.mappings.engine.crosswalks import CONTEXT, DC, base_unit, faults, outcome, record, unit


def genres(rules: str, inner: str, head: str = "") -> list[str]:
    return [label.label.value for label in unit(rules, inner, head=head).record.genre]


# --- streams, alternatives, conditions ---------------------------------------------------------------------


def test_a_list_of_sources_is_read_in_its_order_then_in_document_order() -> None:
    rule = "  - {id: a, from: [dc:type, dc:format], to: 'genre[]'}"
    assert genres(rule, "<dc:format>1</dc:format><dc:type>2</dc:type><dc:type>3</dc:type>") == ["2", "3", "1"]


def test_an_alternative_is_decided_on_source_values_and_never_falls_back() -> None:
    rule = "  - {id: a, from: 'dc:type | dc:format', do: [extract: 'x'], to: 'genre[]'}"
    assert genres(rule, "<dc:type> </dc:type><dc:format>x</dc:format>") == ["x"]
    assert genres(rule, "<dc:type>no</dc:type><dc:format>x</dc:format>") == []


def test_a_condition_without_from_filters_values_before_transforms() -> None:
    rule = "  - {id: a, from: dc:type, when: {matches: '^A'}, do: [case: lower], to: 'genre[]'}"
    assert genres(rule, "<dc:type>Ab</dc:type><dc:type>ab</dc:type>") == ["ab"]


def test_a_condition_with_from_switches_the_rule() -> None:
    rule = "  - {id: a, from: dc:type, when: {from: dc:language, equals: en}, to: 'genre[]'}"
    assert genres(rule, "<dc:type>x</dc:type><dc:language>en</dc:language>") == ["x"]
    assert genres(rule, "<dc:type>x</dc:type><dc:language>zh</dc:language>") == []


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("equals: ab", ["ab"]),
        ("one_of: [ab, cd]", ["ab", "cd"]),
        ("contains: b", ["ab", "abc"]),
        ("starts_with: a", ["ab", "abc"]),
        ("ends_with: c", ["abc"]),
        ("longer_than: 2", ["abc"]),
        ("not: {equals: ab}", ["abc", "cd"]),
        ("any: [{equals: ab}, {equals: cd}]", ["ab", "cd"]),
        ("all: [{contains: a}, {contains: c}]", ["abc"]),
        ("set_is: maps", ["ab", "abc", "cd"]),
        ("set_is: charts", []),
        ("level_is: item", ["ab", "abc", "cd"]),
        ("all: [{set_is: maps}, {equals: ab}]", ["ab"]),
        ("{from: dc:format, missing: true}", ["ab", "abc", "cd"]),
        ("{from: dc:format, exists: true}", []),
    ],
)
def test_each_operator(condition: str, kept: list[str]) -> None:
    condition = condition if condition.startswith("{") else f"{{{condition}}}"
    rule = f"  - {{id: a, from: dc:type, when: {condition}, to: 'genre[]'}}"
    inner = "".join(f"<dc:type>{text}</dc:type>" for text in ("ab", "abc", "cd"))
    assert genres(rule, inner, "defaults: {level: item}") == kept


# --- precedence ---------------------------------------------------------------------------------------------


def test_a_single_target_keeps_its_first_value_and_a_list_drops_equals_but_keeps_all_rules() -> None:
    rules = "  - {id: a, from: dc:type, to: 'genre[]'}\n  - {id: b, from: dc:format, to: 'genre[]'}\n"
    rules += "  - {id: c, from: [dc:type, dc:format], to: type}"
    found = unit(rules, "<dc:type>x</dc:type><dc:format>x</dc:format><dc:format>y</dc:format>")
    assert found.record.type == "x"
    assert [label.label.value for label in found.record.genre] == ["x", "y"]
    assert found.rules["/genre/0/label/value"] == (("a", "dc:type[1]"), ("b", "dc:format[1]"))


def test_a_child_adds_before_replaces_in_place_moves_and_drops() -> None:
    text = """crosswalk: child
extends: base/oai_dc@1
drop: [sources]
rules:
  - {id: mine, from: dc:format, to: type}
  - {id: genre, from: dc:type, do: [case: upper], to: 'genre[]'}
"""
    child = compiled(text, file="child.yaml")
    order = [rule.id for rule in child.crosswalk.rules]
    assert order[0] == "mine"
    assert "sources" not in order
    assert order.index("genre") == order.index("type") + 1
    found = apply(
        child, record("<dc:title>T</dc:title><dc:type>letters of note</dc:type><dc:format>F</dc:format>"), CONTEXT
    )
    assert isinstance(found, Mapped)
    assert found.units[0].record.type == "F"
    assert found.units[0].record.genre[0].label.value == "LETTERS OF NOTE"


def test_before_moves_a_rule() -> None:
    text = "crosswalk: c\nextends: base/oai_dc@1\nrules:\n  - {id: x, from: dc:format, before: genre, to: 'genre[]'}\n"
    order = [rule.id for rule in compiled(text, file="c.yaml").crosswalk.rules]
    assert order.index("x") + 1 == order.index("genre")


def test_defaults_fill_what_is_left_and_say_so() -> None:
    head = "defaults: {type: Text, level: file, rights.uri: 'rs:CNE', 'holding[]': {institution: 'isil:XX-RIV'}}"
    found = unit("  - {id: t, from: dc:type, to: type}", "<dc:type>Image</dc:type>", head=head)
    assert (found.record.type, found.record.level) == ("Image", "file")
    assert found.record.holding[0].institution == Institution(name="XX-RIV", isil="XX-RIV")
    assert found.rules["/level"] == (("default:level", ""),)


def test_a_named_member_of_one_element_is_set_beside_the_feeds_institution() -> None:
    found = unit("  - {id: a, from: dc:source, to: 'holding[0].reference_code'}", "<dc:source>A 1/2</dc:source>")
    assert found.record.holding[0].reference_code == "A 1/2"
    assert found.record.holding[0].institution.slug == "city"
    assert found.rules["/holding/0/institution/name"] == (("default:holding", "feed:institution"),)


def test_make_drops_an_object_without_what_its_type_needs() -> None:
    rule = "  - {id: a, each: dc:source, make: {target: {from: '.', do: [extract: '^z.*']}, "
    rule += "type: {const: part_of}, label: {from: '.'}}, to: 'relations[]'}"
    found = unit(rule, "<dc:source>abc</dc:source><dc:source>zed</dc:source>")
    assert [relation.target for relation in found.record.relations] == ["zed"]
    assert [(each.code, each.excerpt) for each in found.issues] == [("incomplete", "target")]


def test_a_constant_that_is_the_whole_object_stands_for_each_node() -> None:
    rule = "  - {id: a, each: dc:source, make: {'.': {const: Ada}, roles: {const: cre}}, to: 'agents[]'}"
    (agent,) = unit(rule, "<dc:source>abc</dc:source>").record.agents
    assert (agent.name.value, agent.roles) == ("Ada", ("cre",))


AT_NODES = "<dc:source><dc:type>{}</dc:type><dc:date>1900</dc:date><dc:date>1910</dc:date></dc:source>"


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("{from: ./dc:type, equals: find}", ["find"]),
        ("{not: {from: ./dc:type, equals: find}}", ["made", ""]),
        ("{from: ./dc:type, missing: true}", [""]),
        ("{any: [{from: './dc:nothing | ./dc:type', equals: made}, {from: ./dc:type, missing: true}]}", ["made", ""]),
        ("{from: dc:language, exists: true}", []),
    ],
)
def test_a_condition_at_the_node_chooses_among_the_nodes(condition: str, kept: list[str]) -> None:
    rule = f"  - {{id: a, each: dc:source, when: {condition}, "
    rule += "make: {target: {from: dc:date, do: [first: 1]}, label: {from: dc:type}, type: {const: part_of}}, "
    rule += "to: 'relations[]'}"
    inner = AT_NODES.format("made") + AT_NODES.format("find") + AT_NODES.format("").replace("<dc:type></dc:type>", "")
    assert [relation.label or "" for relation in unit(rule, inner).record.relations] == kept


def test_a_condition_above_the_node_reads_the_nearest_ancestor() -> None:
    rule = "  - {id: a, each: dc:source/dc:date, when: {from: 'up:dc:type', equals: made}, "
    rule += "make: {label: {from: '.'}}, to: 'genre[]'}"
    found = unit(rule, AT_NODES.format("made") + AT_NODES.format("find"))
    assert [each.label.value for each in found.record.genre] == ["1900", "1910"]


def test_a_condition_at_the_node_needs_nodes() -> None:
    rule = "rules:\n  - {id: t, from: dc:title, when: {from: ./dc:type, exists: true}, to: title}\n"
    assert [fault.code for fault in faults("crosswalk: t\ninput: {format: oai_dc}\n" + rule)] == ["selector_invalid"]


def test_the_whole_object_is_made_by_a_chain_and_changed_by_the_other_members() -> None:
    rule = "  - {id: a, each: dc:source, make: {.: {from: dc:date, do: [join: '/', edtf]}, "
    rule += "text: {from: dc:type}, kind: {const: issued}}, to: 'dates[]'}"
    (date,) = unit(rule, AT_NODES.format("about 1905")).record.dates
    assert (date.text, date.edtf, date.start, date.kind) == ("about 1905", "1900/1910", "1900-01-01", "issued")


def test_a_member_that_stands_by_default_is_no_news_of_an_incomplete_object() -> None:
    rule = "  - {id: a, each: dc:source, make: {label: {from: dc:date}, "
    rule += "role: {from: dc:type, default: created}}, to: 'places[]'}"
    found = unit(rule, "<dc:source>nothing of it</dc:source>")
    assert (found.record.places, found.issues) == ((), ())


def test_a_title_that_repeats_the_title_proper_is_none_beside_it() -> None:
    rule = "  - {id: a, from: dc:source, to: 'titles[]'}"
    found = unit(rule, "<dc:source>T</dc:source><dc:source>U</dc:source>").record
    assert [(title.value, found.title.value) for title in found.titles] == [("U", "T")]
    assert unit(rule, "<dc:source>T</dc:source>").record.titles == ()


def test_skip_sets_a_record_aside_with_its_reason() -> None:
    head = "skip: [{when: {from: dc:type, equals: Person}, reason: not_material}]"
    assert outcome("", "<dc:type>Person</dc:type>", head=head) == Skipped(reason="not_material")


def test_feed_and_header_are_sources() -> None:
    rules = "  - {id: a, from: [feed:colour, feed:institution, header:set_spec], to: 'genre[]'}"
    context = msgspec.structs.replace(CONTEXT, constants={"colour": "red"})
    found = unit(rules, "", context=context)
    assert [label.label.value for label in found.record.genre] == ["red", "City Archive", "maps"]


def test_the_language_of_a_text_is_stated_inherited_or_the_feeds() -> None:
    raw = record(
        '<dc:title xml:lang="zh-Hans">题名</dc:title><dc:title>other</dc:title>', root=f'oai_dc:dc {DC} xml:lang="fr"'
    )
    title = base_unit("base/oai_dc", raw).record
    assert (title.title.lang, title.title.script) == ("zho", "Hans")
    assert title.titles[0].lang == "fra"
    german = msgspec.structs.replace(CONTEXT, language="deu")
    assert base_unit("base/oai_dc", record("<dc:title>T</dc:title>"), german).record.title.lang == "deu"


# --- access -------------------------------------------------------------------------------------------------

READ = "  - {id: read, from: dc:rights, do: [access_statement: {table: p}], to: access}\n"
TABLES = "tables: {p: access_phrases@1}"


def test_no_statement_is_unknown_and_never_absent() -> None:
    found = unit("", "")
    assert (found.record.access.status, found.record.access.line) == ("unknown", "full")
    assert found.rules["/access/status"] == (("default:access", ""),)


def test_the_strictest_of_all_statements_holds_part_by_part() -> None:
    inner = "<dc:rights>Open for research.</dc:rights><dc:rights>Closed until 2040.</dc:rights>"
    inner += "<dc:rights>By appointment only.</dc:rights>"
    access = unit(READ, inner, head=TABLES).record.access
    assert (access.status, access.conditions) == ("closed", ("appointment",))
    # the condition of appointment names no end: it outlasts the closure's
    assert access.until is None


def test_a_closure_keeps_its_end() -> None:
    found = unit(READ, "<dc:rights>Closed until 2040.</dc:rights>", head=TABLES)
    assert (found.record.access.status, found.record.access.until) == ("closed", "2040")
    assert found.rules["/access/until"] == (("read", "dc:rights[1]"),)


def test_what_is_not_understood_never_opens() -> None:
    found = unit(READ, "<dc:rights>Access: see Mabel.</dc:rights><dc:rights>Open to all.</dc:rights>", head=TABLES)
    assert found.record.access.status == "unknown"
    assert "access_unread" in [each.code for each in found.issues]


def test_a_constant_never_competes_with_what_was_read() -> None:
    constant = "  - {id: const, const: open, to: access.status}\n"
    assert unit(constant + READ, "<dc:rights>Closed.</dc:rights>", head=TABLES).record.access.status == "closed"
    assert (
        unit(constant + READ, "<dc:rights>Access: see Mabel.</dc:rights>", head=TABLES).record.access.status
        == "unknown"
    )
    assert unit(constant + READ, "", head=TABLES).record.access.status == "open"


def test_a_constant_under_a_condition_counts_as_read() -> None:
    rule = "  - {id: hide, const: hidden, when: {from: dc:type, equals: secret}, to: access.line}\n"
    found = unit(rule + READ, "<dc:type>secret</dc:type><dc:rights>Open to all.</dc:rights>", head=TABLES)
    assert (found.record.access.line, found.record.access.status) == ("hidden", "open")
    assert found.rules["/access/line"] == (("hide", ""),)


def test_defaults_of_access_fill_only_a_record_without_a_statement() -> None:
    head = TABLES + "\ndefaults: {access.status: restricted, access.line: reduced}"
    assert unit(READ, "", head=head).record.access.status == "restricted"
    found = unit(READ, "<dc:rights>Open to all.</dc:rights>", head=head).record.access
    assert (found.status, found.line) == ("open", "full")
