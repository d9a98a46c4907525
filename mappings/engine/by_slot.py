"""What all the rules that read one slot make of a value, looked up and worked out together.

Most rules take each value of one element or field alone, and most values are read by several of them. Their results are
kept as one, so that a value that was met before costs one look, whatever the number of rules. The rules still write in
their order: what each makes stands under its place, the number of the rule and of its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from mappings.engine.program import Kept, Program, Value
from mappings.engine.values import Item, Note

#: where a rule stands among the rules, with the number of its source among those of the rule
Place = int


class Made(msgspec.Struct, frozen=True, gc=False):
    """What one rule made of a value."""

    place: Place
    program: Program
    #: the list that values are added to; empty where they go another way
    field: str
    values: tuple[Value, ...]
    notes: tuple[Note, ...]


class Took(msgspec.Struct, frozen=True, gc=False):
    """What the rules made of one value, and their steps; rules that made and told nothing are left out."""

    made: tuple[Made, ...]
    steps: int


class SlotRules:
    """The rules that read one slot and take each of its values alone."""

    __slots__ = ("kept", "rules")

    def __init__(self, rules: Sequence[tuple[Place, Program]]) -> None:
        self.rules = tuple(rules)
        self.kept = Kept()

    def take(self, key: object, item: Item) -> Took:
        """What the rules make of a value that was not met before; `key` is what it is kept under."""
        made, steps = [], 0
        for place, program in self.rules:
            of_value = program.of_value
            assert of_value is not None
            ran = of_value(item)
            steps += ran.steps
            if ran.values or ran.notes:
                target = program.target
                field = target.field if target.append and not target.leaf else ""
                made.append(Made(place, program, field, ran.values, ran.notes))
        took = Took(tuple(made), steps)
        self.kept.add(key, len(item.text), took)
        return took


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
