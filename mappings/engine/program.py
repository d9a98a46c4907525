"""A compiled rule: where it reads, what it does, where it writes, and the function that does it for one value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from mappings.engine.chain import Chain, Ran
from mappings.engine.conditions import Compiled as Condition
from mappings.engine.conditions import Judge, own_test
from mappings.engine.kept import Kept
from mappings.engine.targets import Shape, Target
from mappings.engine.values import Item

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
        here = self.filter is None or own_test(self.filter) is not None
        return not absolute and here and all(part.reads_node_only for part in self.make)

    @property
    def reads_text_only(self) -> bool:
        """Whether it needs nothing but the text of the node."""
        own = all(source == ((),) or source == (".",) for source in self.sources)
        return own and all(part.reads_text_only for part in self.make)


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
