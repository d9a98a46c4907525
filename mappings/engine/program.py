"""A compiled rule: where it reads, what it does, where it writes, and the function that does it for one value.

What a rule makes of a value depends on the value alone, so results are kept: catalogues repeat their subjects, places,
names and dates. The cache changes nothing but speed; steps are counted as if every value were new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
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
    def reads_text_only(self) -> bool:
        """Whether it needs nothing but the text of the node."""
        own = all(source == ((),) or source == (".",) for source in self.sources)
        return own and all(part.reads_text_only for part in self.make)


class Program(msgspec.Struct, kw_only=True):
    """A rule ready to run."""

    id: str
    target: Target
    #: numbers of the unit's sources
    sources: tuple[int, ...]
    #: number of the source of `each`; None without
    each: int | None
    switch: Condition | None
    filter: Condition | None
    chain: Chain
    const: Any
    members: tuple[Member, ...]
    require: str
    #: results by value; set where each value goes its way alone
    of_value: Callable[[str, str | None, str | None], Ran] | None = None
    #: results by MARC field
    of_field: Any = None


def leaves_of(value: Any) -> tuple[str, ...]:
    """JSON pointers of the leaves of `value`, as they stand in its JSON (defaults are left out)."""
    if isinstance(value, msgspec.Struct):
        return tuple([f"/{name}{leaf}" for name, part in stated_members(value) for leaf in leaves_of(part)])
    if isinstance(value, tuple):
        return tuple([f"/{number}{leaf}" for number, part in enumerate(value) for leaf in leaves_of(part)])
    return ("",)


def stated_members(value: msgspec.Struct) -> list[tuple[str, Any]]:
    """Members of a struct that are not at their default."""
    found = []
    for name, default in _defaults_of(value.__class__):
        part = getattr(value, name)
        if part is not None and part != () and part != default:
            found.append((name, part))
    return found


@cache
def _defaults_of(struct: Any) -> tuple[tuple[str, Any], ...]:
    """Member -> default; a required member has one that nothing equals."""
    return tuple((field.name, field.default) for field in msgspec.structs.fields(struct))


def finished(ran: Ran, shape: Shape) -> Ran:
    """`ran` with its values in the type of the target."""
    values = [Value(value=made, leaves=leaves_of(made)) for found in ran.values for made in converted(found, shape)]
    notes = ran.notes
    if len(values) < len(ran.values):
        notes += tuple(
            Note(code="value_refused", excerpt=found.text if isinstance(found, Item) else str(found))
            for found in ran.values
            if not converted(found, shape)
        )
    return Ran(values=tuple(values), notes=notes, steps=ran.steps + 1)


def by_value(
    chain: Chain, shape: Shape, test: Callable[[str], bool] | None, make: Callable[[Item], Ran] | None = None
) -> Callable[[str, str | None, str | None], Ran]:
    """The function from a text (with language and twin) to finished values, with its results kept.

    make  builds an object of the text where the rule has an `each`; else the chain's values are the result
    """

    def run(text: str, lang: str | None, twin: str | None) -> Ran:
        if test is not None and not test(text):
            return NOTHING
        item = Item(text=text, lang=lang, twin=twin)
        return make(item) if make else finished(run_chain(chain, (item,)), shape)

    kept = lru_cache(maxsize=CACHE_SIZE)(run)

    def choose(text: str, lang: str | None, twin: str | None) -> Ran:
        return kept(text, lang, twin) if len(text) <= CACHE_TEXT else run(text, lang, twin)

    choose.cache_info = kept.cache_info  # type: ignore[attr-defined]
    return choose


NOTHING = Ran(values=(), notes=(), steps=1)

#: reads the values of a member at the node, alternatives decided
ReadMember = Callable[[Member], Sequence[Item]]


def make_object(struct: Any, members: Sequence[Member], read: ReadMember) -> Ran:
    """One object of `struct` out of the values that its members find; `incomplete` without what it needs."""
    stated: dict[str, Any] = {}
    notes: list[Note] = []
    steps = 1
    twin: Item | None = None
    for member in members:
        ran, first = _member_values(member, read)
        notes += ran.notes
        steps += ran.steps
        if not ran.values:
            continue
        stated[member.name] = ran.values if member.shape.many else ran.values[0]
        if first is not None and twin is None and member.name in (text_member(struct), "name", "label"):
            twin = first
    missing = [name for name in required(struct) if name not in stated]
    if missing:
        # nothing was there at all: no news
        if any(name in stated for name in stated if _is_read(members, name)):
            notes.append(Note(code="incomplete", excerpt=", ".join(missing)))
        return Ran(values=(), notes=tuple(notes), steps=steps)
    made = _with_words(struct(**stated), twin)
    values = tuple(Value(value=each, leaves=leaves_of(each)) for each in made)
    return Ran(values=values, notes=tuple(notes), steps=steps)


def _is_read(members: Sequence[Member], name: str) -> bool:
    return any(member.name == name and member.sources for member in members)


def _member_values(member: Member, read: ReadMember) -> tuple[Ran, Item | None]:
    """The member's values in their type, and the first text on its way out, for language and twin."""
    if member.const is not None:
        return Ran(values=(member.const,)), None
    if member.make:
        inner = make_object(member.shape.type, member.make, read)
        return Ran(values=tuple(value.value for value in inner.values), notes=inner.notes, steps=inner.steps), None
    ran = run_chain(member.chain, read(member))
    values = tuple(made for found in ran.values for made in converted(found, member.shape))
    first = ran.values[0] if ran.values and isinstance(ran.values[0], Item) else None
    if not values and member.default is not None:
        values = (member.default,)
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
