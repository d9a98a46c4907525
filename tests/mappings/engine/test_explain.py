"""A record explained: the trace says what is stored, and what nobody read."""

from __future__ import annotations

import msgspec

from mappings.engine.apply import apply
from mappings.engine.coverage import Coverage
from mappings.engine.explain import explain
from mappings.engine.library import compiled
from mappings.engine.outcome import Deleted, Mapped, Rejected, Skipped
from mappings.engine.unread import UnreadPath
from tests.mappings.engine.crosswalks import CONTEXT, program, record

INNER = (
    "<dc:title>Letters /</dc:title><dc:subject>A; B</dc:subject><dc:audience>all</dc:audience><dc:date>1921</dc:date>"
)


def test_the_trace_ends_in_what_is_stored() -> None:
    base = compiled("base/oai_dc")
    trace = explain(base, record(INNER), CONTEXT)
    assert trace.outcome == apply(base, record(INNER), CONTEXT)
    rules = {rule.rule: rule for rule in trace.rules}
    title = rules["title"]
    assert title.read == (("dc:title[1]", "Letters /"),)
    assert [(change.transform, change.before, change.after) for change in title.changes] == [
        ("squeeze", ("Letters /",), ("Letters /",)),
        ("strip_end", ("Letters /",), ("Letters",)),
    ]
    assert title.values == (("/title/value", "Letters"),)
    assert rules["subjects"].values == (("/subjects/0/label/value", "A"), ("/subjects/1/label/value", "B"))
    assert title.line > 0
    assert trace.unread == ("dc:audience",)


def test_every_stored_pointer_is_in_the_trace() -> None:
    base = compiled("base/oai_dc")
    trace = explain(base, record(INNER), CONTEXT)
    assert isinstance(trace.outcome, Mapped)
    told = {pointer for rule in trace.rules for pointer, _ in rule.values}
    stored = trace.outcome.units[0].rules
    by_rules = {pointer for pointer, origins in stored.items() if not origins[0][0].startswith("default:")}
    assert told == by_rules


def test_other_outcomes_are_explained_too() -> None:
    base = compiled("base/oai_dc")
    assert explain(base, record("", deleted=True), CONTEXT).outcome == Deleted()
    assert isinstance(explain(base, record("", payload="<a>"), CONTEXT).outcome, Rejected)
    assert isinstance(explain(base, record("<dc:creator>x</dc:creator>"), CONTEXT).outcome, Rejected)
    skipping = program("", head="skip: [{when: {from: dc:type, exists: true}, reason: not_material}]")
    assert isinstance(explain(skipping, record("<dc:title>T</dc:title><dc:type>x</dc:type>"), CONTEXT).outcome, Skipped)
    msgspec.json.encode(explain(base, record(INNER), CONTEXT))


def test_coverage_counts_what_is_filled_unread_and_silent() -> None:
    base, coverage = compiled("base/oai_dc"), Coverage()
    for raw in (record(INNER), record("<dc:title>T</dc:title>"), record("", deleted=True), record("", payload="<a>")):
        coverage.add(base, raw, apply(base, raw, CONTEXT))
    assert (coverage.records, coverage.outcomes["mapped"], coverage.outcomes["deleted"]) == (4, 2, 1)
    audience = UnreadPath(path="dc:audience", records=1, units=1, example="oai:x:1")
    assert coverage.unread.most_common() == (audience,)
    assert (coverage.filled["title"], coverage.filled["subjects"]) == (2, 1)
    assert coverage.fired["subjects"] == 1
    assert "publishers" in coverage.silent(base)
