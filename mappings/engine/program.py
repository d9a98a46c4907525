"""A compiled rule: where it reads, what it does, where it writes, and the function that does it for one value.

What a rule makes of a value depends on the value alone, so results are kept: catalogues repeat their subjects, places,
names and dates. The cache changes nothing but speed; steps are counted as if every value were new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import astuple

from mappings.engine.chain import Chain, Ran, run_chain
from mappings.engine.conditions import Compiled as Condition
from mappings.engine.conditions import Judge
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
    """Results of a rule, or of all that read a slot; emptied when full, so that millions of records cost no memory."""

    __slots__ = ("asked", "misses", "results")

    def __init__(self) -> None:
        self.results: dict[Any, Any] = {}
        self.asked = self.misses = 0

    def add(self, key: Any, length: int, result: Any) -> None:
        """Keeps a result, unless its text is too long to come again."""
        self.misses += 1
        if length > CACHE_TEXT:
            return
        if len(self.results) >= CACHE_SIZE:
            self.results.clear()
        self.results[key] = result


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
    #: what chooses among the values before, by more than the value at hand; the rest of `filter` is in `of_value`
    sieve: Judge | None = None
    #: results that were kept, by text (with language and twin where it has them) or by field
    kept: Kept
    #: whether the objects of an `each` depend on nothing but their node
    reads_node_only: bool


def leaves_of(value: Any) -> tuple[str, ...]:
    """JSON pointers of the leaves of `value`, as they stand in its JSON (defaults are left out)."""
    if isinstance(value, msgspec.Struct):
        found: list[str] = []
        for (_, default, pointer), part in zip(_members_of(value.__class__), astuple(value), strict=True):
            if part is default or part is None or part == default:
                continue
            if part.__class__ in _PLAIN:
                found.append(pointer)
            elif part != ():
                found += [pointer + leaf for leaf in leaves_of(part)]
        return tuple(found)
    if isinstance(value, tuple):
        return tuple([f"/{number}{leaf}" for number, part in enumerate(value) for leaf in leaves_of(part)])
    return ("",)


_PLAIN = frozenset({str, int, float, bool})


def stated_members(value: msgspec.Struct) -> list[tuple[str, Any]]:
    """Members of a struct that are not at their default."""
    members = zip(_members_of(value.__class__), astuple(value), strict=True)
    return [(name, part) for (name, default, _), part in members if not (part is None or part == () or part == default)]


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
    made = with_words(struct(**stated), twin)
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


def with_words(made: Any, item: Item | None) -> tuple[Any, ...]:
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
