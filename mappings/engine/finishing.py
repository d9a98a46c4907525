"""What a chain gave, as finished values: in the type of the target, put together to objects, with their leaves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

import msgspec
from msgspec.structs import astuple

from mappings.engine.chain import Ran
from mappings.engine.conversion import converted, variant, words_of
from mappings.engine.program import WHOLE, Member, Value
from mappings.engine.run_chain import run_chain
from mappings.engine.targets import Shape, required, shapes, text_member
from mappings.engine.values import Item, Note
from mappings.schema.record import Description
from mappings.schema.text import Text


def leaves_of(value: Any) -> tuple[str, ...]:
    """JSON pointers of the leaves of `value`, as they stand in its JSON (defaults are left out)."""
    if isinstance(value, msgspec.Struct):
        found: list[str] = []
        parts: tuple[Any, ...] = astuple(value)
        members: tuple[_Member, ...] = _members_of(value.__class__)
        for place in range(len(parts)):
            part, member = parts[place], members[place]
            if part is None or part is member.default:
                continue
            kind = part.__class__
            if kind in _PLAIN:
                if not member.compares or part != member.default:
                    found.append(member.pointer)
            elif (kind is not tuple or part) and not (member.compares and part == member.default):
                found += below(member.pointer, leaves_of(part))
        return tuple(found)
    if isinstance(value, tuple):
        if len(value) == 1:
            return below("/0", leaves_of(value[0]))
        return tuple([leaf for number, part in enumerate(value) for leaf in below(f"/{number}", leaves_of(part))])
    return ("",)


@lru_cache(maxsize=16_384)
def below(pointer: str, leaves: tuple[str, ...]) -> tuple[str, ...]:
    """The leaves of what stands under a pointer; there are few kinds of values, and they come again and again."""
    return tuple([pointer + leaf for leaf in leaves])


_PLAIN = frozenset({str, int, float, bool})


def stated_members(value: msgspec.Struct) -> list[tuple[str, Any]]:
    """Members of a struct that are not at their default."""
    members: tuple[_Member, ...] = _members_of(value.__class__)
    found = zip(members, astuple(value), strict=True)
    return [(each.name, part) for each, part in found if not (part is None or part == () or part == each.default)]


class _Member:
    """A member of a struct."""

    __slots__ = ("compares", "default", "name", "pointer")

    def __init__(self, name: str, default: Any) -> None:
        self.name, self.default, self.pointer = name, default, f"/{name}"
        #: whether a value that is there may be the default
        self.compares = default is not None and default is not msgspec.NODEFAULT


@cache
def _members_of(struct: Any) -> tuple[_Member, ...]:
    return tuple([_Member(field.name, field.default) for field in msgspec.structs.fields(struct)])


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
        # a list drops equals, inside an object as at the record
        stated[member.name] = tuple(dict.fromkeys(values)) if member.shape.many else values[0]
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
