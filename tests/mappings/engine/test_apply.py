"""Rules applied: order, precedence, conditions, defaults, access, provenance, and an outcome for any input."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.engine.apply import apply
from mappings.engine.compose import output_hash
from mappings.engine.explain import at_pointer
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Deleted, Mapped, Rejected, Skipped
from mappings.schema.holding import Institution
from mappings.schema.ids import record_id
from tests.mappings.engine.crosswalks import CONTEXT, DC, base_unit, faults, outcome, program, record, unit


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


# --- outcomes ------------------------------------------------------------------------------------------------


def rejection(raw_payload: str) -> str:
    found = apply(compiled("base/oai_dc"), record("", payload=raw_payload), CONTEXT)
    assert isinstance(found, Rejected), found
    return found.issue.code


def test_a_look_up_may_refuse_a_record_whose_value_it_does_not_know() -> None:
    rule = "  - {id: a, from: dc:type, do: [lookup: {table: t, miss: reject}], to: type}"
    found = outcome(rule, "<dc:title>x</dc:title><dc:type>zzz</dc:type>", head="tables: {t: dcmi_types@1}")
    assert isinstance(found, Rejected)
    assert (found.issue.code, found.issue.rule, found.issue.excerpt) == ("lookup_missed", "a", "zzz")
    assert isinstance(
        outcome(rule, "<dc:title>x</dc:title><dc:type>Text</dc:type>", head="tables: {t: dcmi_types@1}"), Mapped
    )


def dc(inner: str, declared: str = DC) -> str:
    return f"<record><metadata><oai_dc:dc {declared}>{inner}</oai_dc:dc></metadata></record>"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("", "payload_empty"),
        ("<record><header/></record>", "payload_empty"),
        ("<record><header/><metadata/></record>", "payload_empty"),
        ("<record><metadata><html><title>404</title></html></metadata></record>", "not_the_format"),
        ('<!DOCTYPE r [<!ENTITY x "y">]>' + dc("<dc:title>&x;</dc:title>"), "doctype_refused"),
        ("<record><metadata><a></metadata></record>", "xml_broken"),
        (dc("<dc:title/><dc:creator>x</dc:creator>"), "title_missing"),
        (dc("<dc:title>x</dc:title>" + "<dc:type/>" * 20_001), "too_large"),
    ],
)
def test_what_cannot_be_mapped_is_rejected_with_its_code(payload: str, code: str) -> None:
    assert rejection(payload) == code


def test_a_deletion_is_deleted_whatever_it_carries() -> None:
    assert apply(compiled("base/oai_dc"), record("", deleted=True), CONTEXT) == Deleted()


def test_almost_xml_is_repaired_and_flagged() -> None:
    found = base_unit("base/oai_dc", record("", payload=dc("<dc:title>R & D&nbsp;\x0b</dc:title>")))
    assert found.record.title.value == "R & D \ufffd"
    assert "record_cleaned" in [each.code for each in found.issues]


@pytest.mark.parametrize(
    "declared",
    [
        DC.replace("elements/1.1/", "elements/1.1"),
        DC.replace("http://purl.org/dc/elements/1.1/", "http://purl.org/DC/elements/1.0/"),
        'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"',
        "",
    ],
)
def test_a_missing_or_misspelt_namespace_is_read_by_local_names_and_noted(declared: str) -> None:
    found = base_unit("base/oai_dc", record("", payload=dc("<dc:title>T</dc:title>", declared)))
    assert found.record.title.value == "T"
    assert "namespace_unexpected" in [each.code for each in found.issues]


def test_elements_without_any_namespace_are_read_by_local_names() -> None:
    payload = "<record><metadata><dc><title>T</title></dc></metadata></record>"
    found = base_unit("base/oai_dc", record("", payload=payload))
    assert [each.code for each in found.issues] == ["namespace_unexpected"]


def test_a_foreign_namespace_is_no_misspelling() -> None:
    inner = '<dc:title>T</dc:title><x:subject xmlns:x="urn:other">no</x:subject>'
    found = base_unit("base/oai_dc", record(inner))
    assert (found.record.subjects, found.issues) == ((), ())


def test_namespaces_in_scope_of_the_page_are_used() -> None:
    payload = "<record><metadata><oai_dc:dc><dc:title>T</dc:title></oai_dc:dc></metadata></record>"
    namespaces = {"": "http://www.openarchives.org/OAI/2.0/", "dc": "http://purl.org/dc/elements/1.1/"}
    namespaces["oai_dc"] = "http://www.openarchives.org/OAI/2.0/oai_dc/"
    raw = msgspec.structs.replace(record("", payload=payload), namespaces=namespaces)
    assert base_unit("base/oai_dc", raw).issues == ()


def test_a_text_that_each_step_makes_ten_times_as_long_is_over_the_budget_before_it_is_large() -> None:
    grow = r"replace: {pattern: '(.)', with: '" + r"\1" * 10 + "'}"
    rule = f"  - {{id: a, from: dc:type, do: [{', '.join([grow] * 9)}], to: type}}"
    found = outcome(rule, "<dc:title>x</dc:title><dc:type>ab</dc:type>")
    assert isinstance(found, Rejected)
    assert (found.issue.code, found.issue.rule) == ("budget_steps", "a")


def test_a_unit_over_its_budget_is_rejected_the_same_with_and_without_kept_results() -> None:
    steps = ", ".join(["squeeze"] * 60)
    rule = f"  - {{id: a, from: dc:type, do: [{steps}], to: 'genre[]'}}"
    inner = "".join(f"<dc:type>value {number}</dc:type>" for number in range(1_000))
    compiled_once = program(rule)
    results = [apply(compiled_once, record(f"<dc:title>T</dc:title>{inner}"), CONTEXT) for _ in range(2)]
    assert [result.issue.code for result in results if isinstance(result, Rejected)] == ["budget_steps"] * 2


def test_long_texts_and_long_lists_are_cut_and_noted() -> None:
    inner = "<dc:title>T</dc:title><dc:description>" + "字" * 30_000 + "</dc:description>"
    inner += "".join(f"<dc:subject>s{number}</dc:subject>" for number in range(2_100))
    found = base_unit("base/oai_dc", record(inner))
    assert len(found.record.descriptions[0].value.encode()) <= 64 << 10
    assert len(found.record.subjects) == 2_000
    assert {each.field for each in found.issues if each.code == "value_cut"} == {"descriptions.value", "subjects"}


def test_a_record_of_more_than_a_mebibyte_is_cut_with_its_rules() -> None:
    inner = "<dc:title>T</dc:title>" + "".join(
        f"<dc:description>{number} {'x' * 60_000}</dc:description>" for number in range(40)
    )
    found = base_unit("base/oai_dc", record(inner))
    assert len(msgspec.json.encode(found.record)) <= 1 << 20
    described = {pointer.split("/")[2] for pointer in found.rules if pointer.startswith("/descriptions/")}
    assert described == {str(number) for number in range(len(found.record.descriptions))}


def test_native_script_is_normalised_to_nfc() -> None:
    assert base_unit("base/oai_dc", record("<dc:title>Cafe\u0301</dc:title>")).record.title.value == "Café"


# --- identity, provenance, hash ------------------------------------------------------------------------------


def test_the_id_comes_from_feed_and_oai_identifier_alone() -> None:
    found = base_unit("base/oai_dc", record("<dc:title>T</dc:title>"))
    assert found.record.id == record_id("feed", "oai:x:1")
    assert found.record.source.native_id == "oai:x:1"
    assert found.record.source.crosswalk == "base/oai_dc@2"


def test_the_hash_leaves_out_the_source_and_nothing_else() -> None:
    raw = record("<dc:title>T</dc:title>")
    later = msgspec.structs.replace(raw, datestamp="2024-01-01", payload_sha256="cd" * 32)
    one, other = base_unit("base/oai_dc", raw), base_unit("base/oai_dc", later)
    assert one.record.source != other.record.source
    assert one.output_hash == other.output_hash == output_hash(one.record)
    changed = msgspec.structs.replace(one.record, level="file")
    assert output_hash(changed) != one.output_hash
    assert len(one.output_hash) == len(hashlib.sha256().hexdigest())


INNER = (
    "<dc:title>Letters</dc:title><dc:creator>Lu, Xun, 1881-1936</dc:creator><dc:date>1921</dc:date>"
    "<dc:subject>A; B</dc:subject><dc:rights>Some right</dc:rights><dc:identifier>https://x.test/1</dc:identifier>"
    "<dc:format>12 pages</dc:format><dc:language>chi</dc:language><dc:relation>R</dc:relation>"
)


def test_every_leaf_of_the_record_names_its_rules_and_every_pointer_leads_to_a_leaf() -> None:
    found = base_unit("base/oai_dc", record(INNER))
    built = msgspec.to_builtins(found.record)
    own = {"id", "source", "quality"}
    leaves = {pointer for pointer in _leaves(built, "") if pointer.split("/")[1] not in own}
    assert leaves <= set(found.rules)
    absent = {pointer for pointer in found.rules if at_pointer(built, pointer) is None}
    assert absent <= {"/access/status"}


def _leaves(value: object, path: str) -> list[str]:
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in _leaves(part, f"{path}/{key}")]
    if isinstance(value, list | tuple):
        return [leaf for number, part in enumerate(value) for leaf in _leaves(part, f"{path}/{number}")]
    return [path]


def test_kept_results_change_nothing() -> None:
    rules = "  - {id: a, from: dc:type, do: [split: ';', edtf], to: 'dates[]'}"
    inner = "<dc:type>1921; nonsense</dc:type><dc:type>1921; nonsense</dc:type>"
    compiled_once = program(rules)
    raw = record(f"<dc:title>T</dc:title>{inner}")
    assert apply(compiled_once, raw, CONTEXT) == apply(compiled_once, raw, CONTEXT)
    assert apply(program(rules + "\n"), raw, CONTEXT) == apply(compiled_once, raw, CONTEXT)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_any_payload_has_an_outcome(text: str) -> None:
    for payload in (text, dc(text), dc(f"<dc:title>{text}</dc:title><dc:date>{text}</dc:date>")):
        found = apply(compiled("base/oai_dc"), record("", payload=payload), CONTEXT)
        assert isinstance(found, Mapped | Rejected)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["title", "creator", "date", "type", "format", "rights", "coverage", "identifier"]),
            st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60),
        ),
        max_size=12,
    )
)
def test_any_values_give_a_record_that_reads_back_from_json(fields: list[tuple[str, str]]) -> None:
    inner = "<dc:title>T</dc:title>" + "".join(
        f"<dc:{name}>{value.replace('&', '&amp;').replace('<', '&lt;')}</dc:{name}>" for name, value in fields
    )
    found = apply(compiled("base/oai_dc"), record(inner), Context(feed="f", institution=Institution(name="I")))
    if isinstance(found, Mapped):
        encoded = msgspec.json.encode(found.units[0].record)
        assert msgspec.json.decode(encoded, type=type(found.units[0].record)) == found.units[0].record


def test_what_is_assumed_where_nothing_is_stated_names_its_rule() -> None:
    made = unit("  - {id: a, from: dc:type, to: 'genre[]'}", "<dc:type>x</dc:type>")
    assert made.record.level == "item"
    assert made.rules["/level"] == (("default:level", ""),)
    assert made.rules["/rights/uri"] == (("default:rights", ""),)
