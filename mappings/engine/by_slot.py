"""What all the rules that read one slot make of a value, looked up and worked out together.

Most rules take each value of one element or field alone, and most values are read by several of them. Their results are
kept as one, so that a value that was met before costs one look, whatever the number of rules. The rules still write in
their order: what each makes stands under its place, the number of the rule and of its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from mappings.engine.made import Place
from mappings.engine.program import Program
from mappings.engine.slot_rules import SlotRules


class Slots(msgspec.Struct, frozen=True):
    """Which rules of a crosswalk are read by slot, and which one by one."""

    #: slot -> the rules that take its values together
    together: tuple[SlotRules | None, ...]
    #: slot -> places of the other rules that read it
    alone: tuple[tuple[Place, ...], ...]
    #: places of rules that need nothing to read
    always: tuple[Place, ...]
    #: place of a rule's first source -> the rule
    at: dict[Place, Program]
    #: slot -> places of all the rules that read it
    readers: tuple[tuple[Place, ...], ...]

    def reading(self, filled: Iterable[int]) -> set[Place]:
        """Places of the rules that find something to read in the filled slots."""
        return {*self.always, *(place for slot in filled for place in self.readers[slot])}


def by_slot(programs: Sequence[Program], slots: int) -> Slots:
    """The rules of a crosswalk in the order of `programs`, by the `slots` that they read."""
    together: list[list[tuple[Place, Program]]] = [[] for _ in range(slots)]
    alone: list[list[Place]] = [[] for _ in range(slots)]
    readers: list[list[Place]] = [[] for _ in range(slots)]
    width = max([1, *(len(program.slots) for program in programs)])
    for number, program in enumerate(programs):
        first = number * width
        if _takes_alone(program):
            for source, (slot,) in enumerate(program.slots):
                together[slot].append((first + source, program))
        for slot in {slot for alternatives in program.slots for slot in alternatives}:
            readers[slot].append(first)
            if not _takes_alone(program):
                alone[slot].append(first)
    return Slots(
        together=tuple([SlotRules(rules) if rules else None for rules in together]),
        alone=tuple(map(tuple, alone)),
        always=tuple([n * width for n, program in enumerate(programs) if not any(program.slots)]),
        readers=tuple(map(tuple, readers)),
        at={number * width: program for number, program in enumerate(programs)},
    )


def _takes_alone(program: Program) -> bool:
    """Whether nothing but the value decides what the rule makes of it, wherever else it reads."""
    read = [slot for alternatives in program.slots for slot in alternatives]
    each_once = len(read) == len(program.slots) == len(set(read))
    plain = program.of_value is not None and program.switch is None and program.sieve is None
    return plain and each_once and bool(read)
