"""Conditions under `when`: tests of source values, joined by `all`, `any` and `not`.

Without `from` a condition filters the values of its rule; with `from` it switches the rule by what another part of the
unit says, and holds where any of its values passes. Under `each`, a `from` that begins with `./` or `up:` (MARC: `$`)
reads at the node and chooses among the nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, Protocol

import msgspec

from mappings.engine.kinds import about, unstated
from mappings.engine.patterns import PatternRefused, pattern
from mappings.engine.rules import Condition
from mappings.engine.tables import Tables
from mappings.engine.tests_of_text import TestOfText, both, either, is_present, negated, test_of
from mappings.engine.values import Item
from mappings.errors import Fault
from mappings.said import Said, said

#: operators of values; `exists` and `missing` ask for presence, `level_is` and `set_is` for the unit
VALUE_OPERATORS = (
    "equals", "one_of", "contains", "starts_with", "ends_with", "matches", "longer_than", "in_table",
)  # fmt: skip
UNIT_OPERATORS = ("level_is", "set_is")
PRESENCE = ("exists", "missing")
#: how a selector begins that needs the node of an `each`, and how one that reads at the node where there is one
NEEDS_NODE = ("./", "$")
AT_NODE = (*NEEDS_NODE, "up:")
OPERATORS = (*PRESENCE, *VALUE_OPERATORS, *UNIT_OPERATORS)

#: number of a source of the unit, or the alternatives of one that is read at a node
Source = int | tuple[Any, ...]


class Unit(Protocol):
    """What a condition may ask of the unit that is being mapped."""

    def items(self, source: Source) -> Sequence[Item]:
        """The values of a compiled source."""

    @property
    def sets(self) -> Sequence[str]:
        """The record's set_specs."""

    @property
    def level(self) -> str:
        """The level as set so far, else the default one."""


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A condition ready to run."""

    #: what it reads; None = the value at hand
    source: Source | None
    tests: tuple[TestOfText, ...]
    #: `exists: true` or `missing: false` -> True; None = not asked
    present: bool | None
    unit_tests: tuple[Callable[[Unit], bool], ...]
    all: tuple[Compiled, ...]
    any: tuple[Compiled, ...]
    none: tuple[Compiled, ...]

    @property
    def is_switch(self) -> bool:
        """Whether nothing of it looks at the value at hand."""
        elsewhere = isinstance(self.source, int) or not (self.tests or self.present is not None)
        return elsewhere and all(part.is_switch for part in (*self.all, *self.any, *self.none))


def holds(condition: Compiled, text: str | None, unit: Unit) -> bool:
    """Whether the condition holds for the value at hand (None = no value) in the unit."""
    if condition.source is None:
        if not _own(condition, text):
            return False
    elif not _elsewhere(condition, unit.items(condition.source)):
        return False
    for test in condition.unit_tests:
        if not test(unit):
            return False
    for part in condition.all:
        if not holds(part, text, unit):
            return False
    for part in condition.none:
        if holds(part, text, unit):
            return False
    for part in condition.any:
        if holds(part, text, unit):
            return True
    return not condition.any


def _own(condition: Compiled, text: str | None) -> bool:
    if condition.present is not None and condition.present != bool(text and text.strip()):
        return False
    return not condition.tests or (text is not None and all(test(text) for test in condition.tests))


def _elsewhere(condition: Compiled, items: Sequence[Item]) -> bool:
    if condition.present is not None and condition.present != bool(items):
        return False
    return not condition.tests or any(all(test(item.text) for test in condition.tests) for item in items)


#: a condition of the value at hand and of the unit around it
Judge = Callable[[str, Unit], bool]


def judge(condition: Compiled) -> Judge:
    """`holds` for a value that is there, with all that asks for nothing but its text made one test."""
    if (test := own_test(condition)) is not None:
        return lambda text, unit: test(text)
    needed, others, never = (
        [judge(part) for part in parts] for parts in (condition.all, condition.any, condition.none)
    )
    bare = msgspec.structs.replace(condition, all=(), any=(), none=())
    is_bare = bare.source is None and not (bare.tests or bare.unit_tests) and bare.present is None

    def run(text: str, unit: Unit) -> bool:
        if not (is_bare or holds(bare, text, unit)):
            return False
        for part in needed:
            if not part(text, unit):
                return False
        for part in never:
            if part(text, unit):
                return False
        for part in others:
            if part(text, unit):
                return True
        return not others

    return run


def begins(condition: Condition, heads: tuple[str, ...]) -> bool:
    """Whether a selector of any part of the condition begins with one of `heads`."""
    parts = (*condition.all, *condition.any, *condition.none)
    return condition.source.startswith(heads) or any(begins(part, heads) for part in parts)


def own_test(condition: Compiled) -> TestOfText | None:
    """The condition as one test of the value at hand; None where it asks for anything else."""
    inner = [[own_test(part) for part in parts] for parts in (condition.all, condition.any, condition.none)]
    if condition.source is not None or condition.unit_tests or any(None in tests for tests in inner):
        return None
    all_of, any_of, none_of = ([test for test in tests if test is not None] for tests in inner)
    needed = [*condition.tests, *([is_present(condition.present)] if condition.present is not None else []), *all_of]
    needed += [reduce(either, any_of)] if any_of else []
    needed += [negated(reduce(either, none_of))] if none_of else []
    return reduce(both, needed)


def compile_condition(condition: Condition, source: Callable[[str], Source], tables: Tables) -> Compiled:
    """The runnable condition; `source` compiles its selectors. What `faults_of` finds must be mended before."""
    present = next((_truth(name, value) for name, value in condition.tests if name in PRESENCE), None)
    return Compiled(
        source=source(condition.source) if condition.source else None,
        tests=tuple(test_of(name, value, tables) for name, value in condition.tests if name in VALUE_OPERATORS),
        present=present,
        unit_tests=tuple(_unit_test(name, value) for name, value in condition.tests if name in UNIT_OPERATORS),
        all=tuple(compile_condition(part, source, tables) for part in condition.all),
        any=tuple(compile_condition(part, source, tables) for part in condition.any),
        none=tuple(compile_condition(part, source, tables) for part in condition.none),
    )


def _truth(name: str, value: Any) -> bool:
    return bool(value) == (name == "exists")


def _unit_test(name: str, value: Any) -> Callable[[Unit], bool]:
    words = frozenset(str(part) for part in value) if isinstance(value, tuple) else frozenset([str(value)])
    if name == "set_is":
        return lambda unit: not words.isdisjoint(unit.sets)
    return lambda unit: unit.level in words


def faults_of(condition: Condition, tables: Tables) -> list[Fault]:
    """What is wrong with a condition's operators and arguments, nested ones too; selectors apart."""
    faults: list[Fault] = []
    if not (condition.tests or condition.all or condition.any or condition.none):
        faults.append(
            condition.place.fault(
                "argument_wrong",
                said("a condition without a test"),
                said("use one of %(names)s", names=", ".join(OPERATORS)),
            )
        )
    for name, value in condition.tests:
        faults += [condition.place.fault(code, why) for code, why in _judged(name, value, tables)]
    for part in (*condition.all, *condition.any, *condition.none):
        faults += faults_of(part, tables)
    return faults


def _judged(name: str, value: Any, tables: Tables) -> list[tuple[str, Said]]:
    if name not in OPERATORS:
        return [("field_unknown", said("%(name)s is no operator", name=name))]
    if name in PRESENCE and not isinstance(value, bool):
        return [("argument_wrong", said("%(name)s is true or false", name=name))]
    if name == "longer_than" and (not isinstance(value, int) or isinstance(value, bool)):
        return [("argument_wrong", said("%(name)s is a number", name=name))]
    if name == "in_table" and str(value) not in tables:
        return [("table_missing", unstated(name, value))]
    if name == "matches" and not isinstance(value, str):
        return [("argument_wrong", said("%(name)s is one pattern", name=name))]
    if name == "matches":
        try:
            pattern(str(value))
        except PatternRefused as refused:
            return [("pattern_refused", about(name, refused.why))]
    return []
