"""What a rule makes of one value, as one function, for rules whose values go their way alone.

Most values are plain texts that a few steps change. They take the short way here, which gives what `run_chain` gives
and counts as it counts; what a step cannot take and everything else goes through the chain itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mappings.engine.chain import Chain, Ran, Step
from mappings.engine.conversion import converted, text_maker
from mappings.engine.finishing import finished, leaves_of, make_object, with_words
from mappings.engine.looking import BUDGET
from mappings.engine.program import WHOLE, Member, Value
from mappings.engine.run_chain import GROWING, growth, run_chain
from mappings.engine.targets import Shape
from mappings.engine.values import Item

OfValue = Callable[[Item], Ran]
#: of a text, its language and its twin
Make = Callable[[str, str | None, str | None], tuple[Value, ...]]

#: of a value that the rule's condition leaves out
NOTHING = Ran(values=(), notes=(), steps=1)

#: steps that take any text
_NEVER_FAIL = frozenset(
    {"squeeze", "strip", "strip_start", "strip_end", "isbd", "unescape", "html_text", "case", "wrap"}
)
#: texts of this length count as one step more (`run_chain`)
_SHIFT = 10


def by_value(chain: Chain, shape: Shape, test: Callable[[str], bool] | None, make: OfValue | None = None) -> OfValue:
    """The function from one value to finished values.

    make  builds an object of the text where the rule has an `each`; else the chain's values are the result
    """
    short = make or _short_way(chain, shape)
    if test is None:
        return short
    return lambda item: short(item) if test(item.text) else NOTHING


class _TextStep:
    """A step from a text to a text."""

    __slots__ = ("grows", "run")

    def __init__(self, step: Step) -> None:
        self.run, self.grows = step.run, step.name in GROWING


def _short_way(chain: Chain, shape: Shape) -> OfValue:
    texts, last, rest = _parted(chain)
    if rest:
        return lambda item: finished(run_chain(chain, (item,)), shape)
    single = next((number for number, step in enumerate(texts) if step.style == "flat"), len(texts))
    plain, many = [_TextStep(step) for step in texts[:single]], texts[single:]
    make = _making(last, shape) if last else _finishing(shape)
    typed = last is not None

    def run(item: Item) -> Ran:
        text, lang, twin = item.text, item.lang, item.twin
        if twin and many:
            return finished(run_chain(chain, (item,)), shape)
        count = 1
        for step in plain:
            count += 1 + (len(text) >> _SHIFT)
            given = step.run(text)
            if given is None:
                return finished(run_chain(chain, (item,)), shape)
            part: str = given.strip()
            if step.grows:
                count += growth(len(text), len(part))
            if not part or count > BUDGET:
                return Ran(values=(), notes=(), steps=count)
            text = part
            if twin:
                twin = _twin(step, twin)
        if not many:
            made = make(text, lang, twin)
            if made:
                return Ran(values=made, notes=(), steps=count + 1 + (len(text) >> _SHIFT) if typed else count)
            return finished(run_chain(chain, (item,)), shape)
        through = _through(many, text, count)
        if through is None:
            return finished(run_chain(chain, (item,)), shape)
        found, count = through
        values: list[Value] = []
        for text in found:
            made = make(text, lang, None)
            if not made:
                return finished(run_chain(chain, (item,)), shape)
            values.extend(made)
            if typed:
                count += 1 + (len(text) >> _SHIFT)
        return Ran(values=tuple(values), notes=(), steps=count)

    return run


def _twin(step: _TextStep, twin: str) -> str | None:
    given = step.run(twin)
    return given.strip() or None if given else None


def _making(step: Step, shape: Shape) -> Make:
    """The function from a text to what a typed step makes; none where it has anything to tell, or gives text on."""
    typed, struct = step.run, shape.type

    def make(text: str, lang: str | None, twin: str | None) -> tuple[Value, ...]:
        made = typed(Item(text=text, lang=lang, twin=twin))
        if made.codes:
            return ()
        values: list[Value] = []
        for each in made.values:
            if each.__class__ is struct and struct is not str:
                values.append(Value(value=each, leaves=leaves_of(each)))
                continue
            fitting = () if isinstance(each, str) else _as_values(each, shape)
            if not fitting:
                return ()
            values.extend(fitting)
        return tuple(values)

    return make


def _parted(chain: Chain) -> tuple[tuple[Step, ...], Step | None, tuple[Step, ...]]:
    """The steps from text to texts in front, the typed one behind them, and what is left of the chain."""
    steps = chain.steps
    count = next((number for number, step in enumerate(steps) if step.style not in ("map", "flat")), len(steps))
    last = steps[count] if count < len(steps) and steps[count].style == "typed" else None
    return steps[:count], last, steps[count + (last is not None) :]


def _through(steps: Sequence[Step], text: str, count: int) -> tuple[list[str], int] | None:
    """The texts that the steps make of one, and how many steps that were; None where one of them cannot take it."""
    found = [text]
    for step in steps:
        made: list[str] = []
        for each in found:
            count += 1 + (len(each) >> _SHIFT)
            given = step.run(each)
            if given is None:
                return None
            if step.style == "flat":
                made += [part for one in given if (part := one.strip())]
            elif part := given.strip():
                made.append(part)
        if step.name in GROWING:
            count += growth(sum(map(len, found)), sum(map(len, made)))
        if not made or count > BUDGET:
            return [], count
        found = made
    return found, count


def _finishing(shape: Shape) -> Make:
    """The function from a text and its language to finished values; none where the text does not fit."""
    build = None if shape.words else text_maker(shape)
    if build is None:
        return lambda text, lang, twin: _as_values(Item(text=text, lang=lang, twin=twin), shape)
    # the leaves of a text are the same whatever it says
    plain, stated = leaves_of(build("x", None, None)), leaves_of(build("x", "eng", None))

    def finish(text: str, lang: str | None, twin: str | None) -> tuple[Value, ...]:
        if twin or (lang is not None and "-" in lang):
            return _as_values(Item(text=text, lang=lang, twin=twin), shape)
        return (Value(value=build(text, lang or None, None), leaves=stated if lang else plain),)

    return finish


def _as_values(found: Any, shape: Shape) -> tuple[Value, ...]:
    return tuple([Value(value=each, leaves=leaves_of(each)) for each in converted(found, shape)])


# --- objects of a text ------------------------------------------------------------------------------------------------


def maker(struct: Any, members: Sequence[Member]) -> OfValue:
    """The function from a text to one object of `struct`, for members that read nothing but the text."""
    constants = {member.name: member.const for member in members if member.const is not None}
    reading = [member for member in members if member.const is None]
    simple = [(member.name, [step.run for step in member.chain.steps]) for member in reading if _is_simple(member)]

    def make(item: Item) -> Ran:
        return make_object(struct, members, lambda member: (item,) if member.sources else ())

    def make_simply(item: Item) -> Ran:
        if item.twin:
            return make(item)
        stated = dict(constants)
        for name, steps in simple:
            text: str | None = item.text
            for step in steps:
                text = step(text).strip() if text else None
            if not text:
                return make(item)
            stated[name] = text
        made = with_words(struct(**stated), item)[0]
        count = 1 + sum([1 + (len(item.text) >> _SHIFT) for _, steps in simple for _ in steps])
        return Ran(values=(Value(value=made, leaves=leaves_of(made)),), steps=count)

    return make_simply if len(simple) == len(reading) and WHOLE not in constants else make


def of_parts(chain: Chain, make: OfValue) -> OfValue:
    """`make` for each text that the `do` of an `each` gives out of one; `make` itself where there is none."""
    if not chain.steps:
        return make

    def run(item: Item) -> Ran:
        given = run_chain(chain, (item,))
        made = [make(part) for part in given.values]
        return Ran(
            values=tuple([value for ran in made for value in ran.values]),
            notes=given.notes + tuple([note for ran in made for note in ran.notes]),
            steps=given.steps + sum([ran.steps for ran in made]),
        )

    return run


def _is_simple(member: Member) -> bool:
    """A text that only passes through steps which never fail."""
    plain = member.shape.type is str and not member.shape.many and not member.shape.words
    steps = all(step.style == "map" and step.name in _NEVER_FAIL for step in member.chain.steps)
    return plain and steps and member.filter is None and not member.make and len(member.sources) == 1
