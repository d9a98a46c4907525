"""A compiled rule: where it reads, what it does, where it writes, and the function that does it for one value.

What a rule makes of a value depends on the value alone, so results are kept: catalogues repeat their subjects, places,
names and dates. The cache changes nothing but speed; steps are counted as if every value were new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec

from mappings.engine.chain import Chain, Ran, run_chain
from mappings.engine.conditions import Compiled as Condition
from mappings.engine.targets import Shape, Target, converted, required, shapes, text_member, variant, words_of
from mappings.engine.values import Item, Note
from mappings.schema.record import Description
from mappings.schema.text import Text

#: kept results of a rule, and the longest text whose result is kept
CACHE_SIZE, CACHE_TEXT = 4_096, 1_024


#: the member of a `make` that gives the whole object, which the others change
WHOLE = "."


class Value(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A finished value with the JSON pointers of its leaves, relative to it."""

    value: Any
    leaves: tuple[str, ...]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One member of a `make`."""

    name: str
    shape: Shape
    #: each with its alternatives; a selector relative to the node, or the number of a source of the unit
    sources: tuple[tuple[Any, ...], ...]
    const: Any
    default: Any
    filter: Condition | None
    chain: Chain
    make: tuple[Member, ...]

    @property
    def reads_node_only(self) -> bool:
        """Whether it needs nothing from outside the node."""
        absolute = any(isinstance(alternative, int) for source in self.sources for alternative in source)
        return not absolute and self.filter is None and all(part.reads_node_only for part in self.make)

    @property
    def reads_text_only(self) -> bool:
        """Whether it needs nothing but the text of the node."""
        own = all(source == ((),) or source == (".",) for source in self.sources)
        return own and all(part.reads_text_only for part in self.make)


class Kept:
    """Results of one rule; emptied when full, so that a feed of millions costs no memory."""

    __slots__ = ("asked", "misses", "results")

    def __init__(self) -> None:
        self.results: dict[Any, Ran] = {}
        self.asked = self.misses = 0

    def add(self, key: Any, length: int, ran: Ran) -> None:
        """Keeps a result, unless its text is too long to come again."""
        self.misses += 1
        if length > CACHE_TEXT:
            return
        if len(self.results) >= CACHE_SIZE:
            self.results.clear()
        self.results[key] = ran


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A rule ready to run."""

    id: str
    target: Target
    #: numbers of the unit's sources
    sources: tuple[int, ...]
    #: slots of the alternatives of each source, that of `each` included
    slots: tuple[tuple[int, ...], ...]
    #: number of the source of `each`; None without
    each: int | None
    switch: Condition | None
    filter: Condition | None
    chain: Chain
    const: Any
    members: tuple[Member, ...]
    require: str
    #: what becomes of one value; set where each value goes its way alone
    of_value: Callable[[Item], Ran] | None = None
    #: results that were kept, by text (with language and twin where it has them) or by field
    kept: Kept
    #: whether the objects of an `each` depend on nothing but their node
    reads_node_only: bool


def leaves_of(value: Any) -> tuple[str, ...]:
    """JSON pointers of the leaves of `value`, as they stand in its JSON (defaults are left out)."""
    if isinstance(value, msgspec.Struct):
        found: list[str] = []
        for name, default, pointer in _members_of(value.__class__):
            part = getattr(value, name)
            if part is None or part == () or part == default:
                continue
            if isinstance(part, str | int | float):
                found.append(pointer)
            else:
                found.extend([pointer + leaf for leaf in leaves_of(part)])
        return tuple(found)
    if isinstance(value, tuple):
        return tuple([f"/{number}{leaf}" for number, part in enumerate(value) for leaf in leaves_of(part)])
    return ("",)


def stated_members(value: msgspec.Struct) -> list[tuple[str, Any]]:
    """Members of a struct that are not at their default."""
    found = []
    for name, default, _ in _members_of(value.__class__):
        part = getattr(value, name)
        if part is not None and part != () and part != default:
            found.append((name, part))
    return found


@cache
def _members_of(struct: Any) -> tuple[tuple[str, Any, str], ...]:
    """Member, default and pointer; a required member has a default that nothing equals."""
    return tuple((field.name, field.default, f"/{field.name}") for field in msgspec.structs.fields(struct))


def finished(ran: Ran, shape: Shape) -> Ran:
    """`ran` with its values in the type of the target."""
    values: list[Value] = []
    notes = ran.notes
    for found in ran.values:
        made = converted(found, shape)
        if not made:
            excerpt = found.text if isinstance(found, Item) else str(found)
            notes += (Note(code="value_refused", excerpt=excerpt),)
        for each in made:
            values.append(Value(value=each, leaves=leaves_of(each)))
    return Ran(values=tuple(values), notes=notes, steps=ran.steps + 1)


def by_value(
    chain: Chain, shape: Shape, test: Callable[[str], bool] | None, make: Callable[[Item], Ran] | None = None
) -> Callable[[Item], Ran]:
    """The function from one value to finished values.

    make  builds an object of the text where the rule has an `each`; else the chain's values are the result
    """

    first, rest = _leading(chain)
    typed = rest.steps[0].run if len(rest.steps) == 1 and rest.steps[0].style == "typed" else None

    def run(item: Item) -> Ran:
        if test is not None and not test(item.text):
            return NOTHING
        if make:
            return make(item)
        if item.twin:
            return finished(run_chain(chain, (item,)), shape)
        count, text = 1, item.text
        for step in first:
            count += 1 + (len(text) >> 10)
            given = step(text)
            if given is None:
                return finished(run_chain(chain, (item,)), shape)
            text = given.strip()
            if not text:
                return Ran(values=(), steps=count)
        plain = Item(text=text, lang=item.lang)
        if not rest.steps:
            return Ran(values=_values((plain,), shape), steps=count)
        if typed is not None:
            made = typed(plain)
            if not made.codes and (not made.values or not isinstance(made.values[0], str)):
                return Ran(values=_values(made.values, shape), steps=count + 1 + (len(text) >> 10))
        ran = run_chain(rest, (plain,))
        return finished(Ran(values=ran.values, notes=ran.notes, steps=ran.steps + count - 1), shape)

    return run


def _values(found: Sequence[Any], shape: Shape) -> tuple[Value, ...]:
    return tuple([Value(value=each, leaves=leaves_of(each)) for made in found for each in converted(made, shape)])


def _leading(chain: Chain) -> tuple[tuple[Callable[[str], str | None], ...], Chain]:
    """The text-to-text steps in front, which need no more than the text, and what follows them."""
    count = next((number for number, step in enumerate(chain.steps) if step.style != "map"), len(chain.steps))
    rest = Chain(steps=chain.steps[count:], gives=chain.gives)
    return tuple(step.run for step in chain.steps[:count]), rest


def maker(struct: Any, members: Sequence[Member]) -> Callable[[Item], Ran]:
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
        made = _with_words(struct(**stated), item)[0]
        count = 1 + sum([1 + (len(item.text) >> 10) for _, steps in simple for _ in steps])
        return Ran(values=(Value(value=made, leaves=leaves_of(made)),), steps=count)

    return make_simply if len(simple) == len(reading) else make


def of_parts(chain: Chain, make: Callable[[Item], Ran]) -> Callable[[Item], Ran]:
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


_NEVER_FAIL = frozenset(
    {"squeeze", "strip", "strip_start", "strip_end", "isbd", "unescape", "html_text", "case", "wrap"}
)

NOTHING = Ran(values=(), notes=(), steps=1)

#: reads the values of a member at the node, alternatives decided
ReadMember = Callable[[Member], Sequence[Item]]


def make_object(struct: Any, members: Sequence[Member], read: ReadMember) -> Ran:
    """One object of `struct` out of the values that its members find; `incomplete` without what it needs."""
    stated: dict[str, Any] = {}
    notes: list[Note] = []
    steps = 1
    twin: Item | None = None
    is_read = False
    naming = (text_member(struct), "name", "label")
    for member in members:
        if member.const is not None:
            stated[member.name] = member.const
            continue
        ran, first = _member_values(member, read)
        notes += ran.notes
        steps += ran.steps
        is_read |= bool(ran.values)
        values = ran.values or _default(member)
        if not values:
            continue
        stated[member.name] = values if member.shape.many else values[0]
        if first is not None and twin is None and member.name in naming:
            twin = first
    whole = stated.pop(WHOLE, None)
    if whole is not None:
        stated = {name: getattr(whole, name) for name in whole.__struct_fields__} | stated
    missing = [name for name in required(struct) if name not in stated]
    if missing:
        # nothing was there at all: no news
        if is_read:
            notes.append(Note(code="incomplete", excerpt=", ".join(missing)))
        return Ran(values=(), notes=tuple(notes), steps=steps)
    made = _with_words(struct(**stated), twin)
    values = tuple(Value(value=each, leaves=leaves_of(each)) for each in made)
    return Ran(values=values, notes=tuple(notes), steps=steps)


def _default(member: Member) -> tuple[Any, ...]:
    return () if member.default is None else (member.default,)


def _member_values(member: Member, read: ReadMember) -> tuple[Ran, Item | None]:
    """The member's values in their type, and the first text on its way out, for language and twin."""
    if member.make:
        inner = make_object(member.shape.type, member.make, read)
        return Ran(values=tuple(value.value for value in inner.values), notes=inner.notes, steps=inner.steps), None
    ran = run_chain(member.chain, read(member))
    values = tuple(made for found in ran.values for made in converted(found, member.shape))
    first = ran.values[0] if ran.values and isinstance(ran.values[0], Item) else None
    return Ran(values=values, notes=ran.notes, steps=ran.steps), first


def _with_words(made: Any, item: Item | None) -> tuple[Any, ...]:
    """Language and twin of the text that names the object; where a twin is no variant, it is an object of its own."""
    if item is None:
        return (made,)
    known: Any = shapes(made.__class__)
    if item.lang and "lang" in known and made.lang is None:
        lang, script = words_of(item)
        made = msgspec.structs.replace(made, lang=lang, script=script)
    if not item.twin or item.twin == item.text:
        return (made,)
    if "variants" in known:
        return (made if made.variants else msgspec.structs.replace(made, variants=(variant(item.twin, item),)),)
    label = getattr(made, "label", None)
    if isinstance(label, Text):
        return made, msgspec.structs.replace(made, label=msgspec.structs.replace(label, value=item.twin))
    if isinstance(made, Description):
        return made, msgspec.structs.replace(made, value=item.twin)
    return (made,)
