"""The `do` of a rule as a chain of steps over a stream of values.

Text to text maps, text to texts flat-maps, whole-stream steps see all values of the rule at once. Blank values are
dropped after every step, and every step is counted, so that the budget of a unit is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec

from mappings.engine.catalogue import REGISTRY
from mappings.engine.kinds import about, kind, write
from mappings.engine.looking import BUDGET
from mappings.engine.rules import Call
from mappings.engine.tables import Tables
from mappings.engine.transforms import ArgumentWrong, Function, Made, Style, bind
from mappings.engine.values import Item, Note, with_text
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


def run_chain(chain: Chain, items: Stream, watch: Watcher | None = None) -> Ran:
    """Takes `items` through the steps."""
    notes: list[Note] = []
    count = 0
    stream = items
    for step in chain.steps:
        count += sum([1 + (len(item.text) >> 10) for item in stream])
        before, stream = stream, _STYLES[step.style](step, stream, notes)
        if watch:
            watch(step.name, before, stream)
        if step.name in GROWING:
            count += growth(sum([len(item.text) for item in before]), sum([len(item.text) for item in stream]))
        if count > BUDGET:
            return Ran(values=(), notes=tuple(notes), steps=count)
        if not stream:
            break
    return Ran(values=tuple(stream), notes=tuple(notes), steps=count)


#: steps that may give far longer texts than they are given
GROWING = frozenset({"join", "replace", "unicode", "wrap"})
#: characters that a step may add to its values at no cost, and those beyond that count as one step
_FREE, _GROWTH_SHIFT = 1_024, 4


def growth(before: int, behind: int) -> int:
    """Steps for the characters that a step has added: texts that grow from step to step soon cost a budget."""
    more = behind - before
    return more >> _GROWTH_SHIFT if more > _FREE else 0


def _map(step: Step, items: Stream, notes: list[Note]) -> Stream:
    kept: list[Any] = []
    for item in items:
        text = step.run(item.text)
        if text is None:
            _failed(step, item, notes, kept)
        elif text := text.strip():
            twin = step.run(item.twin) if item.twin else None
            same = text == item.text and twin == item.twin
            kept.append(item if same else with_text(item, text, (twin.strip() or None) if twin else None))
    return kept


def _flat(step: Step, items: Stream, notes: list[Note]) -> Stream:
    kept = []
    for item in items:
        texts = step.run(item.text)
        twins = step.run(item.twin) if item.twin else ()
        paired = len(twins) == len(texts)
        for position, text in enumerate(texts):
            if text := text.strip():
                twin = twins[position].strip() if paired else ""
                kept.append(with_text(item, text, twin or None))
    return kept


def _whole(step: Step, items: Stream, notes: list[Note]) -> Stream:
    return list(step.run(items))


def _typed(step: Step, items: Stream, notes: list[Note]) -> Stream:
    kept: list[Any] = []
    for item in items:
        made: Made = step.run(item)
        notes.extend(Note(code=code, excerpt=item.text, reject=made.reject) for code in made.codes)
        kept.extend(with_text(item, value, None) if isinstance(value, str) else value for value in made.values)
    return kept


_STYLES = {"map": _map, "flat": _flat, "whole": _whole, "typed": _typed}


def _failed(step: Step, item: Item, notes: list[Note], kept: list[Any]) -> None:
    """A value that the step cannot take: dropped, kept, or the end of the unit."""
    if step.code:
        notes.append(Note(code=step.code, excerpt=item.text, reject=step.failure == "reject"))
    if step.failure == "keep":
        kept.append(item)
