"""The static check: every fault of a crosswalk at once, each with its line and what to write instead.

Compiling finds what is wrong with one rule; here stands what shows only when all rules are seen together.
"""

from __future__ import annotations

from collections.abc import Sequence

from mappings.engine.compile import compile_crosswalk
from mappings.engine.compiled import Compiled
from mappings.engine.conditions import Compiled as Condition
from mappings.engine.opening import opening
from mappings.engine.program import Program
from mappings.engine.rules import Crosswalk, Place
from mappings.engine.tables import Table
from mappings.errors import Fault
from mappings.said import said

#: fields without which a record is rejected and that the exchange does not fill by itself
MANDATORY = ("title",)
#: codes that are told and do not stop a crosswalk
WARNINGS = frozenset({"default_opens"})

#: every code of a fault
CODES = (
    "yaml_invalid", "field_unknown", "type_mismatch", "cardinality", "mandatory_never_set", "table_missing",
    "prefix_unknown", "selector_invalid", "argument_wrong", "pattern_refused", "rule_shadowed", "rule_unreachable",
    "parent_missing", "parent_rule_unknown", "format_changed", "default_opens", "test_failed",
)  # fmt: skip


def check(crosswalk: Crosswalk, own: Sequence[Table] = ()) -> tuple[Compiled | None, list[Fault]]:
    """The program of a crosswalk joined with its parents, and every fault, warnings included."""
    compiled, faults = compile_crosswalk(crosswalk, own)
    return compiled, faults + (faults_together(compiled) if compiled else [])


def faults_together(compiled: Compiled) -> list[Fault]:
    """What is wrong with the rules as a whole, warnings included."""
    crosswalk = compiled.crosswalk
    places = {rule.id: rule.place for rule in crosswalk.rules}
    return [
        *_never_set(compiled),
        *_shadowed(compiled.programs, places),
        *_unreachable(compiled.programs, places),
        *_cardinality(compiled.programs, places),
        *opening(compiled),
    ]


def _never_set(compiled: Compiled) -> list[Fault]:
    if compiled.crosswalk.sections:
        return []
    set_fields = {program.target.field for program in compiled.programs}
    set_fields |= {default.target.field for default in compiled.defaults}
    place = compiled.crosswalk.places.get("rules", compiled.crosswalk.place)
    return [
        place.fault(
            "mandatory_never_set", said("no rule sets %(field)s, without which a record is rejected", field=field)
        )
        for field in MANDATORY
        if field not in set_fields
    ]


def _shadowed(programs: Sequence[Program], places: dict[str, Place]) -> list[Fault]:
    """Rules whose place an earlier unconditional constant has taken."""
    taken: dict[str, str] = {}
    faults = []
    for program in programs:
        target = program.target
        if target.append or target.field == "access":
            continue
        if target.text in taken:
            why = said("%(rule)s has set %(target)s before, always", rule=taken[target.text], target=target.text)
            faults.append(places[program.id].fault("rule_shadowed", why, said("put this rule first, or use defaults")))
        elif program.const is not None and program.switch is None:
            taken[target.text] = program.id
    return faults


def _unreachable(programs: Sequence[Program], places: dict[str, Place]) -> list[Fault]:
    """Rules whose condition no value can pass."""
    return [
        places[program.id].fault("rule_unreachable", said("its condition can never hold"))
        for program in programs
        for condition in (program.switch, program.filter)
        if condition is not None and _never(condition)
    ]


def _never(condition: Condition) -> bool:
    """Whether a condition asks for presence and absence of the same, or for nothing of any."""
    if condition.present is False and (condition.tests or condition.source is None):
        return True
    demands = [part.present for part in condition.all if part.source == condition.source and part.present is not None]
    return (True in demands and False in demands) or any(_never(part) for part in condition.all)


def _cardinality(programs: Sequence[Program], places: dict[str, Place]) -> list[Fault]:
    """An `each` makes one object a node: into a single place only the first would stand."""
    return [
        places[program.id].fault(
            "cardinality", said("each gives many, %(target)s holds one", target=program.target.text)
        )
        for program in programs
        if program.each is not None and not program.target.append and program.target.index is None
        if program.target.shape.is_struct and not program.members and program.target.field != "access"
    ]
