"""A crosswalk as frozen records, each with its place in the file.

`crosswalk` reads them from YAML, `inherit` joins a child with its parents, `check` and `compile` give them meaning.
"""

from __future__ import annotations

import msgspec

from mappings.engine.yaml_nodes import Node, Plain
from mappings.errors import Fault
from mappings.said import Said

#: a crosswalk's most rules
RULES = 2_000


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where something stands in its file, and in which rule."""

    file: str = ""
    line: int = 0
    column: int = 0
    rule: str = ""

    def fault(self, code: str, why: Said, instead: Said | None = None) -> Fault:
        """A fault at this place."""
        return Fault(
            code=code,
            why=why,
            rule=self.rule,
            file=self.file,
            line=self.line,
            column=self.column,
            instead=instead,
        )


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A transform with its arguments; a lone scalar or list is the first parameter and stands under the empty name."""

    name: str
    arguments: dict[str, Plain | tuple[Plain, ...]] = {}
    place: Place = Place()


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """Tests that must all hold, under `all`, `any` or `not` where nested."""

    #: selector that the tests read; empty where they filter the values of the rule
    source: str = ""
    #: (operator, argument)
    tests: tuple[tuple[str, Plain | tuple[Plain, ...]], ...] = ()
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()
    place: Place = Place()


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Where a value comes from and what is done to it: a rule's body, or one member of `make`."""

    #: selectors; each may offer alternatives with `|`
    sources: tuple[str, ...] = ()
    const: Plain = None
    when: Condition | None = None
    do: tuple[Call, ...] = ()
    #: what stands where nothing was found (members only)
    default: Plain = None
    make: dict[str, Value] | None = None
    place: Place = Place()


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: read, test, transform, set."""

    id: str
    to: str
    value: Value
    #: selector of the nodes that give one object each; `value.make` says how
    each: str = ""
    #: `reject`, `warn` or `default`, or empty
    require: str = ""
    before: str = ""
    note: str = ""
    place: Place = Place()


class Skip(msgspec.Struct, frozen=True, kw_only=True):
    """Units that are set aside, and the reason that is counted."""

    when: Condition
    reason: str
    place: Place = Place()


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """How a finding aid is cut into units."""

    #: local name of the element that is the root unit, a child of the payload; empty for the format's own
    root: str
    #: local names of the elements that are units below it
    each: tuple[str, ...]
    #: each a selector, or several whose values together are the key; the first that is unique among siblings
    key: tuple[tuple[str, ...], ...]
    #: selector of what a unit is called in the path of those below it; empty for its title
    path: str = ""
    place: Place = Place()


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """An input with what must come of it."""

    #: XML fragment, MARC mnemonic lines, or the JSON of a mapping
    inline: str
    #: dotted path -> value, a subset
    expect: tuple[tuple[str, Plain], ...] = ()
    outcome: str = ""
    issues: tuple[str, ...] = ()
    place: Place = Place()


class Crosswalk(msgspec.Struct, frozen=True, kw_only=True):
    """One file, as written."""

    name: str
    version: int = 1
    #: `base/name@version`, or empty
    extends: str = ""
    format: str = ""
    #: columns or paths that identify a record of a file: the first entry that is there; several together are one key
    key: tuple[tuple[str, ...], ...] = ()
    #: columns whose blank cells say the same as the row above
    fill_down: tuple[str, ...] = ()
    #: `table@version` of other names of columns, or empty
    columns: str = ""
    prefixes: dict[str, str] = {}
    #: name in this file -> `table@version`
    tables: dict[str, str] = {}
    drop: tuple[str, ...] = ()
    skip: tuple[Skip, ...] = ()
    #: (target, leaf or empty, value)
    defaults: tuple[tuple[str, str, Plain], ...] = ()
    rules: tuple[Rule, ...] = ()
    #: format of a wrapper's descriptive section -> `base/name@version` that reads it
    sections: dict[str, str] = {}
    #: None where a record is one unit
    split: Split | None = None
    #: gives the native identifier of the record that this one stands under; None where a record stands alone
    parent: Value | None = None
    tests: tuple[Test, ...] = ()
    place: Place = Place()
    #: key -> place, for faults outside of rules
    places: dict[str, Place] = {}

    @property
    def label(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}"


def scalars(node: Node) -> Plain | tuple[Plain, ...]:
    """A scalar, or a list of scalars as a tuple."""
    if node.items is not None:
        return tuple(item.value for item in node.items)
    return node.value
