"""A chain of steps run over a stream of values.

Text to text maps, text to texts flat-maps, whole-stream steps see all values of the rule at once. Blank values are
dropped after every step, and every step is counted, so that the budget of a unit is the same everywhere.
"""

from __future__ import annotations

from typing import Any

from mappings.engine.chain import Chain, Ran, Step, Stream, Watcher
from mappings.engine.looking import BUDGET
from mappings.engine.transforms import Made
from mappings.engine.values import Item, Note, with_text


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
