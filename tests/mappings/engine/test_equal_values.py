"""Equal values of one unit stand once with every origin, cost no more than their number, and end at the budget."""

from __future__ import annotations

import pytest

from mappings.engine.apply import apply, read_unit
from mappings.engine.draft import Draft
from mappings.engine.library import compiled
from mappings.engine.looking import BUDGET
from mappings.engine.outcome import Rejected
from mappings.engine.program import Value
from mappings.engine.targets import Shape, Target
from mappings.engine.unit import UnitRejected
from tests.mappings.engine.crosswalks import CONTEXT, program, record, unit

#: values of a record, fewer than its limits allow
MANY = 19_000
TITLED = "<dc:title>T</dc:title>"
#: rules that read each value for itself, at nodes, and at each text that one node gives
BY_VALUE = 'from: "dc:type", do: [squeeze, squeeze, squeeze]'
AT_NODES = 'each: "dc:type", make: {label: {from: "dc:x | .", do: [squeeze, squeeze, squeeze]}}'
OF_A_NODE = 'each: "dc:type", do: [{split: ";"}], make: {label: {from: ".", do: [squeeze, squeeze]}}'


class Path(str):
    """A path that counts how often it is compared."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        Path.compared += 1
        return str.__eq__(self, str(other))

    __hash__ = str.__hash__


@pytest.mark.parametrize("append", [True, False])
def test_a_value_that_is_put_many_times_is_not_held_against_all_paths_before(append: bool) -> None:
    draft, value = Draft(), Value(value="same", leaves=("",))
    target = Target(text="genre[]", field="genre", append=append, shape=Shape(type=str))
    Path.compared = 0
    for number in range(2_000):
        draft.put(target, value, ("own", Path(number)))
    assert Path.compared <= 4_000
    origins = draft.lists["genre"]["same"][1] if append else draft.single["genre"].origins
    assert list(origins) == [("own", str(number)) for number in range(2_000)]


def test_equal_values_keep_all_their_origins_in_order_and_each_once() -> None:
    rule = '  - {id: own, from: "dc:type", do: [{split: ";"}], to: "genre[]"}\n'
    types = "<dc:type>map;map</dc:type><dc:type>plan</dc:type><dc:type>map</dc:type><dc:type>map;plan;map</dc:type>"
    found = unit(rule, types)
    assert [each.label.value for each in found.record.genre] == ["map", "plan"]
    assert found.rules["/genre/0/label/value"] == (("own", "dc:type[1]"), ("own", "dc:type[3]"), ("own", "dc:type[4]"))
    assert found.rules["/genre/1/label/value"] == (("own", "dc:type[2]"), ("own", "dc:type[4]"))


@pytest.mark.parametrize(
    ("rule", "is_explained"), [(BY_VALUE, False), (BY_VALUE, True), (AT_NODES, False), (OF_A_NODE, True)]
)
def test_a_rule_over_the_budget_ends_within_itself(rule: str, is_explained: bool) -> None:
    types = "<dc:type>map</dc:type>" * MANY if rule != OF_A_NODE else f"<dc:type>{'map;' * MANY}</dc:type>"
    reading = read_unit(program(f'  - {{id: own, {rule}, to: "genre[]"}}\n'), record(TITLED + types), CONTEXT)
    reading.watch = (lambda *_: None) if is_explained else None
    with pytest.raises(UnitRejected) as refused:
        reading.run()
    assert (refused.value.issue.code, refused.value.issue.rule) == ("budget_steps", "own")
    # what one value costs may stand above it
    assert reading.most_steps < reading.steps <= BUDGET + 10


def test_many_equal_subjects_are_refused_by_the_rule_that_reads_them() -> None:
    own = compiled("crosswalk: own\nextends: base/oai_dc@1\nrules: []\n")
    found = apply(own, record(TITLED + "<dc:subject>y</dc:subject>" * MANY), CONTEXT)
    assert isinstance(found, Rejected)
    assert (found.issue.code, found.issue.field) == ("budget_steps", "subjects[]")
