"""What rules made of one value: with the place of each, so that they still write in their order."""

from __future__ import annotations

import msgspec

from mappings.engine.program import Program, Value
from mappings.engine.values import Note

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
