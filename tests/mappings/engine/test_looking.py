"""Selectors that look at more than the walk passes by cost what they look at: counted, and bounded by the budget."""

from __future__ import annotations

import pytest

from mappings.engine.apply import apply, read_unit
from mappings.engine.compiled import Compiled
from mappings.engine.explain import explain
from mappings.engine.library import compiled
from mappings.engine.looking import LOOKS_A_STEP, MOST_LOOKS, LookedTooLong, Looking
from mappings.engine.outcome import Mapped, Outcome, Rejected
from mappings.engine.unread import unread_in
from mappings.schema.raw import RawRecord
from tests.mappings.engine.crosswalks import CONTEXT, program, record
from tests.mappings.engine.test_split import LETTERS, finding_aid

#: elements of a big record, besides its title
BIG = 6_000


def rules(selector: str, number: int = 900) -> Compiled:
    """As many rules that each read another path."""
    one = '  - {{id: r{0}, from: "{1}", to: "genre[]"}}\n'
    return program("".join(one.format(each, selector.format(each)) for each in range(number)))


def big(inner: str = "", elements: int = BIG) -> RawRecord:
    types = "".join(f"<dc:type a='{number}'>{inner}</dc:type>" for number in range(elements))
    return record(f"<dc:title>T</dc:title>{types}")


def refused(outcome: Outcome) -> tuple[str, str]:
    assert isinstance(outcome, Rejected)
    return outcome.issue.code, outcome.issue.rule


def test_names_that_are_looked_for_anywhere_are_looked_for_in_one_pass() -> None:
    unit = read_unit(rules("//dc:x{0}"), big(), CONTEXT)
    assert unit.looking.looks == 0
    few, many = (read_unit(rules("//dc:type[@a='{0}']/dc:x", number), big(), CONTEXT) for number in (1, 30))
    # each candidate of each path, and nothing of what has another name
    assert (few.looking.looks, many.looking.looks) == (BIG, 30 * BIG)


def test_a_value_that_is_found_anywhere_costs_a_step_and_one_a_kib() -> None:
    unit = read_unit(rules("//dc:type", 1), record(f"<dc:type>{'x' * 4_096}</dc:type>"), CONTEXT)
    assert unit.looking.steps == 1 + 4
    assert unit.most_steps == 50_000 - unit.looking.steps


@pytest.mark.parametrize(
    "selector", ["//*[@a='{0}']", "//*[@a!='{0}']", "//dc:type[dc:x!='{0}']/dc:y", "dc:type[@a!='{0}']/dc:y"]
)
def test_hundreds_of_paths_that_look_at_every_element_end_at_the_budget(selector: str) -> None:
    built = rules(selector)
    assert refused(apply(built, big(), CONTEXT))[0] == "budget_steps"
    trace = explain(built, big(), CONTEXT)
    assert refused(trace.outcome) == refused(apply(built, big(), CONTEXT))
    assert unread_in(rules("//*[@a='{0}']"), big()) == ()


@pytest.mark.parametrize("selector", ["//dc:type[dc:x='{0}']/dc:y", "dc:type[dc:x!='y{0}']/dc:y"])
def test_children_that_predicates_read_are_looked_at_too(selector: str) -> None:
    built, raw = rules(selector), big(inner="<dc:x>y</dc:x>")
    assert refused(apply(built, raw, CONTEXT))[0] == "budget_steps"
    assert refused(explain(built, raw, CONTEXT).outcome) == refused(apply(built, raw, CONTEXT))
    one = read_unit(rules(selector, 1), raw, CONTEXT)
    # each element for its predicate, and the child that it has
    assert one.looking.looks == 2 * BIG


def test_the_children_of_an_element_are_read_once_for_all_predicates_of_their_name() -> None:
    raw = big(inner="<dc:x>y</dc:x>" * BIG, elements=1)
    few, many = (read_unit(rules("dc:type[dc:x='{0}']/dc:y", number), raw, CONTEXT) for number in (1, 300))
    assert few.looking.looks >= BIG
    assert many.looking.looks - few.looking.looks == 299
    # another name is another reading, which passes the children by
    others = read_unit(rules("dc:type[dc:x{0}='y']/dc:y", 300), raw, CONTEXT)
    assert others.looking.looks == 300 * (1 + BIG // 64)


def test_what_stands_below_a_child_and_its_length_are_looked_at() -> None:
    plain, nested, long = (
        read_unit(rules("dc:type[dc:x='{0}']/dc:y", 1), big(f"<dc:x>{inner}</dc:x>", 1), CONTEXT).looking.looks
        for inner in ("y", "<dc:y><dc:z/></dc:y>", "y" * 25_600)
    )
    assert (plain, nested, long) == (2, 4, 102)


@pytest.mark.parametrize(
    ("predicate", "is_found"),
    [("dc:x='b c'", True), ("dc:x!='b c'", False), ("dc:x='b'", False), ("dc:w='b c'", False), ("dc:w!='b c'", True)],
)
def test_a_child_is_held_against_all_of_its_text(predicate: str, is_found: bool) -> None:
    inner = "<dc:x>a</dc:x><dc:x> b <dc:z>c</dc:z>\n</dc:x><dc:y>found</dc:y>"
    for selector in (f"dc:type[{predicate}]/dc:y", f"//dc:type[{predicate}]/dc:y"):
        found = apply(rules(selector, 1), big(inner, 1), CONTEXT)
        assert isinstance(found, Mapped)
        assert [each.label.value for each in found.units[0].record.genre] == ["found"] * is_found


def test_looking_up_is_told_by_its_own_rule() -> None:
    heavy = "<odd>" + "<odd><head>x</head></odd>" * 6_000 + "</odd>"
    ups = "".join(
        f"  - {{id: r{n}, from: \"up:ead:odd/ead:odd[ead:head='{n}']/ead:p\", to: 'genre[]'}}\n" for n in range(90)
    )
    own = compiled(f"crosswalk: own\nextends: base/ead3@1\nrules:\n{ups}")
    found = apply(own, finding_aid(heavy + LETTERS), CONTEXT)
    assert isinstance(found, Mapped)
    # each rule looks at 6,000 elements and as many children, until 200,000 are over
    assert [(each.code, each.rule) for each in found.refused] == [("budget_steps", "r16")]


def test_hundreds_of_paths_that_find_nothing_map_a_big_record() -> None:
    assert isinstance(apply(rules("//*/dc:y{0}", 5), big(), CONTEXT), Mapped)
    assert isinstance(apply(rules("//dc:y{0}"), big(), CONTEXT), Mapped)


def test_looking_anywhere_at_each_node_is_counted() -> None:
    members = ", ".join(f'"//dc:x{number}"' for number in range(40))
    built = program(f'  - {{id: own, each: "//*", make: {{label: {{from: [{members}]}}}}, to: "genre[]"}}\n')
    nested = "<dc:type>" * 60 + "<dc:x/>" * 200 + "</dc:type>" * 60
    assert refused(apply(built, record(f"<dc:title>T</dc:title>{nested}"), CONTEXT)) == ("budget_steps", "own")


def test_a_count_over_the_budget_ends_at_once() -> None:
    looking = Looking()
    looking.at(MOST_LOOKS)
    with pytest.raises(LookedTooLong) as over:
        looking.at(1, slot=3)
    assert (over.value.slot, looking.steps) == (3, MOST_LOOKS // LOOKS_A_STEP)


def test_one_unit_that_is_too_much_to_look_at_is_refused_alone_and_covers_those_below() -> None:
    paths = "".join(f"  - {{id: r{n}, from: \"//*[@a='{n}']\", to: 'genre[]'}}\n" for n in range(900))
    own = compiled(f"crosswalk: own\nextends: base/ead3@1\nrules:\n{paths}")
    heavy = "<odd>" + "<odd/>" * 400 + "</odd>"
    below = f"<c><did><unittitle>Heavy</unittitle></did>{heavy}{LETTERS}</c>"
    found = apply(own, finding_aid(below + LETTERS.replace("Letters", "Light")), CONTEXT)
    assert isinstance(found, Mapped)
    assert [(each.code, each.rule) for each in found.refused] == [("budget_steps", "r200")]
    lines = {unit.record.title.value: unit.record.access.line for unit in found.units}
    assert lines == {"Papers": "full", "Letters": "hidden", "Light": "full"}
