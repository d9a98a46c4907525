"""Crosswalks that ask for too much: each ends soon, with a fault at its line or an issue of its record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mappings.engine.apply import apply
from mappings.engine.family import with_parents
from mappings.engine.library import check_text, judge
from mappings.engine.outcome import Mapped, Outcome, Rejected
from mappings.engine.rules import Crosswalk
from mappings.errors import CrosswalkInvalid
from tests.mappings.engine.crosswalks import CONTEXT, record

HEAD = "crosswalk: x\nversion: 1\nextends: base/oai_dc@1\nrules:\n"
#: seconds on a slow machine; what hangs takes for ever
SOON = 20.0


@contextmanager
def soon() -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < SOON


def codes(text: str) -> set[str]:
    with soon():
        return {fault.code for fault in check_text(text, file="x")}


def mapped(text: str, inner: str) -> Outcome:
    program, faults = judge(text, file="x")
    assert program is not None, faults
    with soon():
        return apply(program, record(inner), CONTEXT)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(x*)*y", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*=.*"])
def test_a_pattern_that_hangs_others_reads_a_long_value_in_its_time(pattern: str) -> None:
    text = f"{HEAD}  - {{id: a, from: dc:title, do: [{{extract: {{pattern: '{pattern}'}}}}], to: \"genre[]\"}}\n"
    outcome = mapped(text, f"<dc:title>{'a' * 200_000}!</dc:title>")
    assert isinstance(outcome, Mapped | Rejected)


@pytest.mark.parametrize("pattern", ["(?:a{1000}){1000}", "a" * 201, "(?=a)", "(a)\\\\1", "(" * 150])
def test_a_pattern_that_is_no_re2_or_too_large_is_refused_at_its_line(pattern: str) -> None:
    text = f'{HEAD}  - {{id: a, from: dc:title, do: [{{extract: {{pattern: "{pattern}"}}}}], to: "genre[]"}}\n'
    faults = check_text(text, file="x")
    assert ("pattern_refused", 5) in {(fault.code, fault.line) for fault in faults}


def test_a_crosswalk_of_256_kib_is_judged_and_a_larger_one_refused() -> None:
    rule = '  - {{id: r{0}, from: "dc:title | dc:date", when: {{contains: x{0}}}, do: [squeeze], to: "genre[]"}}\n'
    rules = "".join(rule.format(number) for number in range(1_990))
    assert len(rules) < 256 << 10
    assert codes(HEAD + rules) == set()
    padded = HEAD + rules + "#" * ((256 << 10) - len(HEAD + rules))
    assert codes(padded) == set()
    assert codes(padded + "#") == {"yaml_invalid"}


def test_the_largest_crosswalk_maps_a_record_in_its_time() -> None:
    rule = '  - {{id: r{0}, from: "//dc:title", do: [squeeze, unescape], to: "genre[]"}}\n'
    text = HEAD + "".join(rule.format(number) for number in range(1_990))
    titles = "".join(f"<dc:title>{number} {'&amp;' * 40}</dc:title>" for number in range(200))
    outcome = mapped(text, f"{titles}")
    assert isinstance(outcome, Rejected)
    assert outcome.issue.code == "budget_steps"


@pytest.mark.parametrize(
    "text",
    [
        "crosswalk: x\nrules: " + "[" * 50_000,
        "crosswalk: x\nrules: " + "{a: " * 5_000,
        HEAD
        + "  - {id: a, from: dc:title, when: "
        + "{not: " * 5_000
        + "{exists: true}"
        + "}" * 5_000
        + ", to: title}\n",
        HEAD + "  - {id: a, make: " + "{a: {make: " * 200 + "{const: x}" + "}}" * 200 + ', to: "agents[]"}\n',
    ],
    ids=["lists", "mappings", "conditions", "members"],
)
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    assert codes(text) & {"yaml_invalid", "field_unknown", "type_mismatch"}


def test_a_payload_that_is_nested_deep_is_refused_by_name() -> None:
    outcome = mapped(HEAD.replace("rules:", "rules: []"), f"{'<dc:title>' * 100_000}{'</dc:title>' * 100_000}")
    assert isinstance(outcome, Rejected)
    assert outcome.issue.code in ("too_deep", "xml_broken")


def test_crosswalks_that_extend_each_other_are_told() -> None:
    ring = {name: Crosswalk(name=name, extends=f"{other}@1") for name, other in (("a", "b"), ("b", "a"))}
    with pytest.raises(CrosswalkInvalid) as refused:
        with_parents(ring["a"], ring.__getitem__)
    assert refused.value.faults[0].code == "parent_missing"
