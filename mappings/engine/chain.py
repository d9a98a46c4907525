"""The `do` of a rule as a chain of steps: its transforms, bound to their arguments, and the type that comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec

from mappings.engine.catalogue import REGISTRY
from mappings.engine.kinds import about, kind, write
from mappings.engine.rules import Call
from mappings.engine.tables import Tables
from mappings.engine.transforms import ArgumentWrong, Function, Style, bind
from mappings.engine.values import Note
from mappings.errors import Fault
from mappings.said import Said, said

Stream = Sequence[Any]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One transform with its arguments."""

    name: str
    style: Style
    run: Function
    #: what becomes of a value that it cannot take
    failure: str
    code: str


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of one rule or member, and the type that comes out."""

    steps: tuple[Step, ...] = ()
    #: `text`, or the name of a struct of the schema
    gives: str = "text"

    @property
    def is_by_value(self) -> bool:
        """Whether each value goes its way alone, so that its result can be kept."""
        return all(step.style != "whole" for step in self.steps)


class Ran(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What came out, what was odd, and how many steps it took."""

    values: tuple[Any, ...]
    notes: tuple[Note, ...] = ()
    steps: int = 0


def compile_chain(calls: Sequence[Call], tables: Tables) -> tuple[Chain, list[Fault]]:
    """The chain of `calls`, and everything that is wrong with them."""
    faults: list[Fault] = []
    steps: list[Step] = []
    gives = "text"
    for call in calls:
        known = REGISTRY.get(call.name)
        if known is None:
            faults.append(
                call.place.fault(
                    "argument_wrong", said("there is no transform %(name)s", name=call.name), _near(call.name)
                )
            )
            continue
        if gives != "text":
            faults.append(call.place.fault("type_mismatch", _given(call.name, gives)))
        arguments, wrong = bind(call, known, tables)
        faults += wrong
        gives = known.gives if known.gives != "texts" else "text"
        if not wrong:
            try:
                run = known.build(arguments, tables)
            except ArgumentWrong as error:
                faults.append(call.place.fault("argument_wrong", about(call.name, error.why)))
                continue
            steps.append(Step(name=known.name, style=known.style, run=run, failure=known.failure, code=known.code))
    return Chain(steps=tuple(steps), gives=gives), faults


def _given(name: str, gives: str) -> Said:
    return said("%(name)s takes text and is given %(kind)s", name=name, kind=kind(gives))


def _near(name: str) -> Said:
    near = get_close_matches(name, REGISTRY, 1)
    return write(near[0]) if near else said("there are %(names)s", names=", ".join(sorted(REGISTRY)))


#: called with the step's name, what it was given and what it gave
Watcher = Callable[[str, Stream, Stream], None]
