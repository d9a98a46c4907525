"""The rules that read one slot, run over a value that was not met before; what they make is kept."""

from __future__ import annotations

from collections.abc import Sequence

from mappings.engine.kept import Kept
from mappings.engine.made import Made, Place, Took
from mappings.engine.program import Program
from mappings.engine.values import Item


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
