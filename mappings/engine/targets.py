"""Targets: which part of the common record a rule sets, and how values become what stands there.

`title`, `agents[]`, `rights.uri`, `rights.text[]`, `holding[0].url`. The shapes are read off the schema's structs, so a
new field of the record is a new target at once.
"""

from __future__ import annotations

import types
import typing
from functools import cache
from typing import Any, Literal, get_args, get_origin

import msgspec

from mappings.engine.kinds import shown, without, write
from mappings.engine.patterns import pattern
from mappings.said import Telling, said
from mappings.schema.access import Access
from mappings.schema.agents import AgentIdentifier
from mappings.schema.record import CatalogueRecord, Language
from mappings.schema.text import Text

#: set by the exchange, never by a rule
OWN = ("id", "source", "hierarchy", "quality")
#: the same of members, by type
_OWN_MEMBERS = {"Access": ("inherited_from",)}
#: the member that plain text becomes, where it is not the only required one
_TEXT_MEMBER = {"Title": "value", "OtherTitle": "value", "Description": "value", "Text": "value"}

_TARGET = pattern(r"([a-z_]+)(\[(\d*)\])?(?:\.([a-z_]+)(\[\])?)?")


class TargetUnknown(Telling, ValueError):
    """A target that the record does not have."""


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The type of a place in the record."""

    #: a struct of the schema, `str`, `int`, `float` or `bool`
    type: Any
    many: bool = False
    #: allowed words, where the place takes only some
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The type's name, for messages."""
        return getattr(self.type, "__name__", str(self.type))

    @property
    def is_struct(self) -> bool:
        """Whether the place holds a record with members of its own."""
        return isinstance(self.type, type) and issubclass(self.type, msgspec.Struct)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed target with the shape that its values take."""

    text: str
    field: str
    #: position of a list's element that is set member by member
    index: int | None = None
    leaf: str = ""
    #: values are appended
    append: bool = False
    shape: Shape


@cache
def shapes(struct: Any) -> dict[str, Shape]:
    """Member -> shape of a struct."""
    hints = typing.get_type_hints(struct)
    return {name: _shape(hints[name]) for name in struct.__struct_fields__}


def _shape(hint: Any) -> Shape:
    if get_origin(hint) in (types.UnionType, typing.Union):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        return msgspec.structs.replace(_shape(get_args(hint)[0]), many=True)
    if get_origin(hint) is Literal:
        return Shape(type=str, words=get_args(hint))
    return Shape(type=hint)


@cache
def required(struct: Any) -> tuple[str, ...]:
    """Members without which the struct cannot be."""
    return tuple(field.name for field in msgspec.structs.fields(struct) if field.required)


def parse_target(text: str) -> Target:
    """The target that `text` names.

    raises  TargetUnknown
    """
    found = _parts(text)
    field, brackets, index, leaf, leaf_many = found
    shape = _member(CatalogueRecord, field)
    if field in OWN:
        raise TargetUnknown(said("%(field)s is set by the exchange", field=field))
    if bool(brackets) != shape.many:
        wanted = f"{field}[]" if shape.many else field
        raise TargetUnknown(write(wanted if not leaf else f"{wanted.replace('[]', '[0]')}.{leaf}"))
    if not leaf:
        number = int(index) if index else None
        return Target(text=text, field=field, index=number, append=shape.many and number is None, shape=shape)
    if shape.many and not index:
        raise TargetUnknown(said("a member of one element is %(member)s", member=f"{field}[0].{leaf}"))
    inner = _member(shape.type, leaf) if shape.is_struct else None
    if inner is None:
        raise TargetUnknown(said("%(field)s has no members", field=field))
    if bool(leaf_many) != inner.many:
        raise TargetUnknown(write(f"{field}.{leaf}{'[]' if inner.many else ''}"))
    return Target(
        text=text, field=field, index=int(index) if index else None, leaf=leaf, append=inner.many, shape=inner
    )


def _parts(text: str) -> tuple[str, str, str, str, str]:
    """Field, brackets, index, member and the member's brackets."""
    found = _TARGET.fullmatch(text)
    if not found:
        raise TargetUnknown(said("%(text)s is no target; write field, field[], field.member", text=shown(text)))
    return found[1], found[2] or "", found[3] or "", found[4] or "", found[5] or ""


def settable(struct: Any) -> dict[str, Shape]:
    """Member -> shape of what rules may set of a struct."""
    own = _OWN_MEMBERS.get(struct.__name__, ())
    return {name: shape for name, shape in shapes(struct).items() if name not in own}


def _member(struct: Any, name: str) -> Shape:
    known = settable(struct)
    if name not in known:
        raise TargetUnknown(without(struct.__name__, name, known))
    return known[name]


# --- from values to what stands in the record -----------------------------------------------------------------------


@cache
def text_member(struct: Any) -> str | None:
    """The member that a plain text becomes; None where text alone does not make one."""
    if struct.__name__ in _TEXT_MEMBER:
        return _TEXT_MEMBER[struct.__name__]
    needed = [name for name in required(struct) if shapes(struct)[name].type in (str, Text)]
    return needed[0] if len(required(struct)) == 1 and needed else None


def fits(made: str, shape: Shape) -> bool:
    """Whether values of type `made` (a transform's output) can stand at `shape`."""
    if made == "text":
        return not shape.is_struct or shape.type in (Language, AgentIdentifier) or text_member(shape.type) is not None
    if made == shape.name or (made == "AccessStatement" and shape.type is Access):
        return True
    if made == "number":
        return shape.type in (int, float)
    return made in ("Language", "AgentIdentifier") and shape.type is str
