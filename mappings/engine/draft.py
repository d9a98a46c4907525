"""A record while its rules run: what stands where, and which rules put it there.

A single target keeps its first value, a struct is merged leaf by leaf, a list appends and drops equals, whose rules are
all kept. Statements of access are gathered and composed at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from mappings.engine.finishing import leaves_of, stated_members
from mappings.engine.held import Entry, Held, Origin, Origins
from mappings.engine.program import Value
from mappings.engine.targets import Target
from mappings.schema.access import Access, AccessStatement
from mappings.schema.holding import ReferenceParts
from mappings.schema.reference_codes import same_part
from mappings.schema.rights import Rights

#: a list holds at most this many values
MOST_VALUES = 2_000


class Draft:
    """One unit in the making."""

    __slots__ = ("access", "access_consts", "cut", "disagreeing", "lists", "parts", "single")

    def __init__(self) -> None:
        self.single: dict[str, Held] = {}
        #: field, or a list inside of one by its target, -> values in order with leaves and origins
        self.lists: dict[str, dict[Any, Entry]] = {}
        #: (field, position or None) -> member -> value
        self.parts: dict[tuple[str, int | None], dict[str, Held]] = {}
        self.access: list[tuple[AccessStatement, Origin]] = []
        self.access_consts: list[tuple[AccessStatement, Origin]] = []
        #: (part of a reference code, rule) that contradicts what a rule before it said
        self.disagreeing: list[tuple[str, str]] = []
        #: fields that reached their most values
        self.cut: set[str] = set()

    @property
    def is_empty(self) -> bool:
        """Whether no rule has written anything."""
        return not (self.single or self.lists or self.parts or self.access or self.access_consts)

    def put(self, target: Target, value: Value, origin: Origin, *, const: bool = False) -> None:
        """Sets or adds `value` at `target`; a plain constant never competes with an access statement that was read."""
        field = target.field
        if target.append and not target.leaf:
            self.append(field, (value,), origin)
        elif field == "access":
            (self.access_consts if const else self.access).append((_statement(target, value.value), origin))
        elif target.leaf:
            self._part(target, value, origin)
        elif target.index is not None or isinstance(value.value, Rights):
            for name, part in stated_members(value.value):
                held = Held(value=part, leaves=leaves_of(part), origins=(origin,))
                self.parts.setdefault((field, target.index), {}).setdefault(name, held)
        else:
            self._single(field, value, origin)

    def _single(self, field: str, value: Value, origin: Origin) -> None:
        held = self.single.get(field)
        if held is None:
            self.single[field] = Held(value=value.value, leaves=value.leaves, origins=(origin,))
        elif held.value == value.value:
            held.origins = _with_origin(held.origins, origin)

    def append(self, field: str, values: Sequence[Value], origin: Origin) -> None:
        """Adds values to a list; equal ones stand once and keep all their origins."""
        entries = self.lists.get(field)
        if entries is None:
            entries = self.lists[field] = {}
        for value in values:
            before = len(entries)
            held = entries.setdefault(value.value, (value.leaves, (origin,)))
            if len(entries) == before:
                entries[value.value] = (held[0], _with_origin(held[1], origin))
            elif before >= MOST_VALUES:
                del entries[value.value]
                self.cut.add(field)
                return

    def _part(self, target: Target, value: Value, origin: Origin) -> None:
        parts = self.parts.setdefault((target.field, target.index), {})
        if target.append:
            self.append(target.text, (value,), origin)
            entries = self.lists[target.text]
            parts[target.leaf] = Held(value=tuple(entries), leaves=(), origins=())
        elif target.leaf not in parts:
            parts[target.leaf] = Held(value=value.value, leaves=value.leaves, origins=(origin,))
        elif isinstance(value.value, ReferenceParts):
            self._reference_parts(parts[target.leaf], value.value, origin)

    def _reference_parts(self, held: Held, said: ReferenceParts, origin: Origin) -> None:
        """Parts that nobody stated before; those that contradict what was stated are told."""
        stated = dict(stated_members(held.value))
        more = {name: part for name, part in stated_members(said) if name not in stated}
        self.disagreeing += [
            (name, origin[0]) for name, part in stated_members(said) if not same_part(stated.get(name, part), part)
        ]
        if more:
            held.value = msgspec.structs.replace(held.value, **more)
            held.leaves, held.origins = leaves_of(held.value), (*held.origins, origin)

    def has(self, field: str, index: int | None = None, leaf: str = "") -> bool:
        """Whether something stands there already."""
        if leaf:
            return leaf in self.parts.get((field, index), ())
        return field in self.single or field in self.lists or any(key[0] == field for key in self.parts)


def _with_origin(origins: Origins, origin: Origin) -> Origins:
    """The origins with one more; a dict is added to in place."""
    if isinstance(origins, tuple):
        return dict.fromkeys((*origins, origin)) if origin not in origins else origins
    origins[origin] = None
    return origins


def _statement(target: Target, value: Any) -> AccessStatement:
    """A value for `access` or one of its members as a statement."""
    if isinstance(value, AccessStatement):
        return value
    if isinstance(value, Access):
        stated: dict[str, Any] = dict(stated_members(value))
        if value.conditions_of_access:
            stated["conditions_of_access"] = (value.conditions_of_access,)
        return AccessStatement(**stated)
    many = target.leaf in ("conditions", "conditions_of_access")
    part: dict[str, Any] = {target.leaf: (value,) if many else value}
    return AccessStatement(**part)
