"""A crosswalk ready to map records: what `compile` makes of it and the rest of the engine runs."""

from __future__ import annotations

import msgspec

from mappings.engine.by_slot import Slots
from mappings.engine.chain import Chain
from mappings.engine.conditions import Compiled as CompiledCondition
from mappings.engine.inputs import Format
from mappings.engine.program import Program
from mappings.engine.program import Value as Finished
from mappings.engine.rules import Crosswalk
from mappings.engine.selectors import ConstantSelector, XmlSelector
from mappings.engine.tables import Table
from mappings.engine.targets import Target
from mappings.engine.walks import Walk

#: rises when a transform changes its meaning
ENGINE_VERSION = "3"


class Default(msgspec.Struct, frozen=True, kw_only=True):
    """A value for what no rule filled."""

    target: Target
    value: Finished
    origin: tuple[str, str]


class SkipWhen(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled `skip`."""

    when: CompiledCondition
    reason: str


class CompiledSplit(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled `split`."""

    root: str
    each: frozenset[str]
    key: tuple[tuple[XmlSelector, ...], ...]
    #: of what a unit is called in the path of those below it, the first that has a text; empty for its title
    path: tuple[XmlSelector, ...] = ()


class CompiledParent(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled `parent`."""

    sources: tuple[int, ...]
    chain: Chain


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """A crosswalk ready to map records."""

    crosswalk: Crosswalk
    format: Format
    walk: Walk
    #: other names of columns; None for what has none
    columns: Table | None
    programs: tuple[Program, ...]
    skips: tuple[SkipWhen, ...]
    defaults: tuple[Default, ...]
    #: for units that say nothing of access
    access_defaults: tuple[Default, ...]
    #: number of a source -> slots of its alternatives
    sources: tuple[tuple[int, ...], ...]
    #: slots that the feed and the header fill
    constants: tuple[tuple[int, ConstantSelector], ...]
    slots: int
    #: which programs read which slot
    by_slot: Slots
    #: (field, `reject` or `warn`, rule)
    required: tuple[tuple[str, str, str], ...]
    default_level: str = ""
    split: CompiledSplit | None = None
    parent: CompiledParent | None = None
    #: format -> program of a wrapper's descriptive sections; empty where the format wraps nothing
    sections: dict[str, Compiled] = {}

    @property
    def label(self) -> str:
        """`name@version`."""
        return self.crosswalk.label
