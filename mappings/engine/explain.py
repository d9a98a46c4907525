"""One record explained: every rule that fired, what it read, each transform before and after, and what nobody read.

The record is mapped once more, rule by rule, without kept results; its values are those that are stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from mappings.engine.apply import apply_to_units, read_unit, standing_of
from mappings.engine.compiled import Compiled
from mappings.engine.compose import compose
from mappings.engine.conditions import holds
from mappings.engine.outcome import Context, Deleted, Mapped, Outcome, Rejected, Skipped
from mappings.engine.payload import PayloadUnreadable
from mappings.engine.program import Program
from mappings.engine.running import run_rules
from mappings.engine.sections import Opened, opened
from mappings.engine.standing import FindAbove
from mappings.engine.unit import Unit, UnitRejected
from mappings.engine.unread import unread_in
from mappings.engine.values import Item
from mappings.schema.ids import record_id as id_of_record
from mappings.schema.raw import RawRecord


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One transform over the values of a rule."""

    transform: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class RuleTrace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule on one record."""

    rule: str
    #: name of the crosswalk file that wrote it, and the line
    file: str = ""
    line: int = 0
    target: str
    #: source paths with their values, in order
    read: tuple[tuple[str, str], ...] = ()
    changes: tuple[Change, ...] = ()
    #: JSON pointers that rest on it, with what stands there
    values: tuple[tuple[str, str], ...] = ()


class Trace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record's way from source to common record."""

    crosswalk: str
    outcome: Outcome
    rules: tuple[RuleTrace, ...] = ()
    #: source paths that no rule reads, of a finding aid those of the unit
    unread: tuple[str, ...] = ()


def explain(
    compiled: Compiled, raw: RawRecord, context: Context, record_id: str = "", find: FindAbove | None = None
) -> Trace:
    """How `raw` is mapped; of a finding aid how one of its units is, the root where none is named.

    find    gives the record above, as `apply` takes it
    """
    if raw.deleted:
        return Trace(crosswalk=compiled.label, outcome=Deleted())
    wrapper, traces = compiled, list[RuleTrace]()

    def run(unit: Unit) -> None:
        traces.extend(_traced(wrapper, program, unit) for program in wrapper.programs)

    try:
        found = opened(compiled, raw, context, run)
        compiled, raw = found.compiled, found.raw
        if compiled.split is not None:
            return _of_a_unit(found, context, record_id, traces, find)
        unit = read_unit(compiled, raw, context)
        unit.draft = found.said or unit.draft
        unit.standing = standing_of(unit, raw, find)
    except (PayloadUnreadable, UnitRejected) as refused:
        return Trace(crosswalk=compiled.label, outcome=Rejected(issue=refused.issue))
    unread = tuple(each.path for each in unread_in(compiled, raw))
    for skip in compiled.skips:
        if holds(skip.when, None, unit):
            return Trace(crosswalk=compiled.label, outcome=Skipped(reason=skip.reason), unread=unread)
    try:
        for program in compiled.programs:
            traces.append(_traced(compiled, program, unit))
        mapped = compose(unit, raw, context)
    except UnitRejected as refused:
        return Trace(
            crosswalk=compiled.label, outcome=Rejected(issue=refused.issue), rules=_fired(traces), unread=unread
        )
    record = msgspec.to_builtins(mapped.record)
    traces = [_with_values(trace, mapped.rules, record) for trace in traces]
    return Trace(crosswalk=compiled.label, outcome=Mapped(units=(mapped,)), rules=_fired(traces), unread=unread)


def _of_a_unit(
    found: Opened, context: Context, record_id: str, traces: list[RuleTrace], find: FindAbove | None
) -> Trace:
    """The trace of one unit, mapped among all the others."""
    compiled, raw = found.compiled, found.raw

    def run(unit: Unit) -> None:
        if unit.standing is None or unit.standing.id != (record_id or root_id):
            run_rules(unit)
            return
        traces.extend(_traced(compiled, program, unit) for program in compiled.programs)

    root_id = id_of_record(raw.feed, raw.named)
    outcome = apply_to_units(compiled, raw, context, run, said=found.said, find=find)
    if not isinstance(outcome, Mapped):
        return Trace(crosswalk=compiled.label, outcome=outcome, rules=_fired(traces))
    units = tuple(unit for unit in outcome.units if unit.record.id == (record_id or root_id))
    paths = {unit.record.source.unit_path for unit in units}
    unread = tuple(each.path for each in unread_in(compiled, raw) if each.unit in paths)
    for unit in units:
        record = msgspec.to_builtins(unit.record)
        traces = [_with_values(trace, unit.rules, record) for trace in traces]
    return Trace(crosswalk=compiled.label, outcome=Mapped(units=units), rules=_fired(traces), unread=unread)


def _fired(traces: Sequence[RuleTrace]) -> tuple[RuleTrace, ...]:
    return tuple(trace for trace in traces if trace.read or trace.values)


def _traced(compiled: Compiled, program: Program, unit: Unit) -> RuleTrace:
    changes: list[Change] = []
    unit.watch = lambda name, before, after: changes.append(
        Change(transform=name, before=_texts(before), after=_texts(after))
    )
    unit.run_all((program,))
    place = next((rule.place for rule in compiled.crosswalk.rules if rule.id == program.id), None)
    return RuleTrace(
        rule=program.id,
        file=place.file if place else "",
        line=place.line if place else 0,
        target=program.target.text,
        read=tuple(_read(program, unit)),
        changes=tuple(changes),
    )


def _read(program: Program, unit: Unit) -> list[tuple[str, str]]:
    sources = program.sources if program.each is None else (program.each,)
    found = [node for source in sources for node in unit.items(source)]
    return [(node.path, node.text if isinstance(node, Item) else "") for node in found]


def _texts(stream: Sequence[Any]) -> tuple[str, ...]:
    return tuple(value.text if isinstance(value, Item) else msgspec.json.encode(value).decode() for value in stream)


def _with_values(trace: RuleTrace, rules: dict[str, tuple[tuple[str, str], ...]], record: Any) -> RuleTrace:
    pointers = [pointer for pointer, origins in rules.items() if any(rule == trace.rule for rule, _ in origins)]
    values = tuple((pointer, str(at_pointer(record, pointer))) for pointer in pointers)
    return msgspec.structs.replace(trace, values=values)


def at_pointer(record: Any, pointer: str) -> Any:
    """The value at a JSON pointer; None where there is none (a default is not written)."""
    found = record
    for part in pointer.split("/")[1:]:
        if isinstance(found, list | tuple):
            found = found[int(part)] if int(part) < len(found) else None
        elif isinstance(found, dict):
            found = found.get(part)
        else:
            return None
    return found
