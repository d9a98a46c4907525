"""Every payload has an outcome: refused with its code, or a record whose values, id and hash can be traced."""

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
from mappings.engine.outcome import Context, Deleted, Mapped, Rejected
from mappings.schema.holding import Institution
from mappings.schema.ids import record_id
from tests.mappings.engine.crosswalks import CONTEXT, DC, base_unit, outcome, program, record, unit

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
        ("<record><metadata><eac-cpf><cpfDescription/></eac-cpf></metadata></record>", "not_a_record_format"),
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
