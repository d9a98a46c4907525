"""Values that several rules read are worked out together, and what they make stands as if rule followed rule."""

from __future__ import annotations

from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.apply import apply, read_unit
from mappings.engine.compiled import Compiled
from mappings.engine.library import compiled
from mappings.engine.outcome import Rejected
from mappings.engine.unit import Unit
from tests.mappings.engine.crosswalks import CONTEXT, outcome, program, record, unit

TITLED = "<dc:title>T</dc:title>"


def test_the_first_rule_has_its_way_wherever_its_value_stands() -> None:
    rules = "  - {id: one, from: dc:relation, to: type}\n  - {id: other, from: dc:type, to: type}\n"
    found = unit(rules, f"<dc:type>Text</dc:type>{TITLED}<dc:relation>Image</dc:relation>")
    assert (found.record.type, found.rules["/type"]) == ("Image", (("one", "dc:relation[1]"),))


def test_values_of_one_list_stand_in_the_order_of_rules_and_of_their_sources() -> None:
    rules = (
        "  - {id: one, from: [dc:type, dc:relation], to: 'genre[]'}\n"
        "  - {id: at_nodes, each: dc:coverage, make: {label: {from: 'dc:x | .'}}, to: 'genre[]'}\n"
        "  - {id: last, from: dc:relation, do: [{wrap: {before: '<', after: '>'}}], to: 'genre[]'}\n"
    )
    inner = "<dc:relation>r</dc:relation><dc:coverage>c</dc:coverage><dc:type>t</dc:type><dc:type>u</dc:type>"
    found = unit(rules, TITLED + inner)
    assert [each.label.value for each in found.record.genre] == ["t", "u", "r", "c", "<r>"]


def test_over_the_budget_the_rule_is_named_that_goes_over_in_the_order_of_rules() -> None:
    steps = ", ".join(["squeeze"] * 30)
    rules = (
        f"  - {{id: small, from: dc:type, do: [{steps}], to: 'genre[]'}}\n"
        f"  - {{id: over, each: dc:coverage, make: {{label: {{from: 'dc:x | .', do: [{steps}]}}}}, to: 'genre[]'}}\n"
        f"  - {{id: later, from: dc:relation, do: [{steps}], to: 'genre[]'}}\n"
    )
    many = [f"<dc:{name}>{n}</dc:{name}>" for name in ("relation", "coverage") for n in range(1_800)]
    found = outcome(rules, f"{TITLED}<dc:type>t</dc:type>{''.join(many)}")
    assert isinstance(found, Rejected)
    assert (found.issue.code, found.issue.rule) == ("budget_steps", "over")


def test_the_first_rule_that_refuses_ends_the_unit_whichever_value_stands_first() -> None:
    strict = "do: [{lookup: {table: types, miss: reject}}], to: 'genre[]'}"
    own = (
        "crosswalk: own\nextends: base/oai_dc@1\ntables: {types: dcmi_types@1}\nrules:\n"
        f"  - {{id: first, from: dc:type, {strict}\n  - {{id: second, from: dc:relation, {strict}\n"
    )
    inner = f"<dc:relation>no such</dc:relation>{TITLED}<dc:type>no such either</dc:type>"
    found = apply(compiled(own), record(inner), CONTEXT)
    assert isinstance(found, Rejected)
    assert (found.issue.rule, found.issue.excerpt) == ("first", "no such either")


NAMES = ("title", "type", "identifier", "rights", "coverage", "date", "subject", "format", "creator", "description")
TEXTS = (
    *("Text", "box 3", "[untitled]", "https://a.example/1", "ISBN 3-16-148410-0", "closed until 2050", "1921; 1922"),
    *("", "  ", "机密", "x" * 3_000, "12 pages", "Nashville (Tenn.)", "Espina, Concha, 1869-1955", "2008-09-30"),
)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(TEXTS)), max_size=20))
def test_a_unit_is_the_same_as_when_rule_follows_rule(stated: list[tuple[str, str]]) -> None:
    inner = "".join(f"<dc:{name}>{escape(text)}</dc:{name}>" for name, text in stated)
    built = compiled("base/oai_dc")
    together, apart = (read_unit(built, record(inner), CONTEXT) for _ in range(2))
    together.run()
    apart.run_all(built.programs)
    assert _written(together) == _written(apart)


def _written(unit: Unit) -> tuple[object, ...]:
    draft = unit.draft
    lists = {field: list(entries.items()) for field, entries in draft.lists.items()}
    return draft.single, lists, draft.parts, draft.access, draft.access_consts, unit.issues, unit.steps


def test_kept_results_of_a_slot_do_not_grow_without_end() -> None:
    built: Compiled = program("  - {id: own, from: dc:type, to: 'genre[]'}\n")
    for number in range(5_000):
        read_unit(built, record(f"{TITLED}<dc:type>{number}</dc:type>"), CONTEXT).run()
    (kept,) = [slot.kept for slot in built.by_slot.together if slot and slot.rules[0][1].id == "own"]
    assert len(kept.results) <= 4_096
    assert kept.misses == 5_000
