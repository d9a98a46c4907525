"""A finding aid cut into its units: which elements are units, what each is called, and where it stands.

The root is one element below the payload; every element named by `each` is a unit below the nearest unit around it. A
unit's id rests on the chain of its keys, taken from the folded source text and never from mapped values, so inserting
or moving siblings changes no id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

import msgspec

from mappings.engine.compiled import Compiled, CompiledSplit
from mappings.engine.looking import Looking
from mappings.engine.selectors import XmlSelector
from mappings.engine.xml_branches import string_value
from mappings.engine.xml_walk import XmlWalk
from mappings.schema.folding import fold
from mappings.schema.ids import record_id

#: parts the keys of a chain; stands in no XML text
_BETWEEN = "\x1f"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of a finding aid, not yet mapped."""

    element: Any
    id: str
    #: path of the element below the payload
    path: str
    #: place in the list of parts of the unit above; None for the root
    above: int | None
    order: int
    child_count: int
    #: its key is its place among equal siblings
    by_position: bool = False
    #: what it is called in the path of those below it; empty for its title
    label: str = ""


def parts_of(compiled: Compiled, root: Any, feed: str, identifier: str) -> list[Part]:
    """The units of a payload in document order, the root first; empty where it has no root unit."""
    split, walk = compiled.split, compiled.walk
    top = next((child for child in root if split and _local(child) == split.root), None)
    if split is None or top is None or not isinstance(walk, XmlWalk):
        return []
    cutter = _Cutter(split, walk, feed)
    cutter.cut(top, identifier, f"{_local(top)}[1]", None, order=0, by_position=False)
    return cutter.parts


class _Cutter:
    """Walks the units depth first, without recursion through the elements between them."""

    def __init__(self, split: CompiledSplit, walk: XmlWalk, feed: str) -> None:
        self.split, self.walk, self.feed = split, walk, feed
        self.parts: list[Part] = []

    def cut(self, element: Any, chain: str, path: str, above: int | None, *, order: int, by_position: bool) -> None:
        """Adds a unit, and then those below it."""
        below = list(_units_below(element, self.split.each, path))
        number = len(self.parts)
        self.parts.append(
            Part(
                element=element,
                id=record_id(self.feed, chain),
                path=path,
                above=above,
                order=order,
                child_count=len(below),
                by_position=by_position,
                label=self.label(element),
            )
        )
        keys = self.keys([child for child, _ in below])
        for place, ((child, where), (key, placed)) in enumerate(zip(below, keys, strict=True), 1):
            self.cut(child, f"{chain}{_BETWEEN}{key}", where, number, order=place, by_position=placed)

    def keys(self, siblings: Sequence[Any]) -> list[tuple[str, bool]]:
        """The key of each sibling, and whether only its place tells it from an equal one."""
        offered = [[self.key(element, selectors) for selectors in self.split.key] for element in siblings]
        often = [Counter(keys[number] for keys in offered) for number in range(len(self.split.key))]
        met: Counter[str] = Counter()
        found: list[tuple[str, bool]] = []
        for keys in offered:
            unique = next((f"{n}:{key}" for n, key in enumerate(keys) if key and often[n][key] == 1), None)
            if unique is not None:
                found.append((unique, False))
                continue
            last = f"{len(keys) - 1}:{keys[-1]}"
            met[last] += 1
            found.append((f"{last}#{met[last]}", True))
        return found

    def key(self, element: Any, selectors: Sequence[XmlSelector]) -> str:
        """The folded source texts of a key's selectors; empty where none of them finds any."""
        texts = ["|".join(self.texts(element, selector)) for selector in selectors]
        return "\x1e".join(texts) if any(texts) else ""

    def label(self, element: Any) -> str:
        """What a unit is called in the path of those below it: the first selector of `path` that has a text."""
        for selector in self.split.path:
            for text in self.written(element, selector):
                return text
        return ""

    def texts(self, element: Any, selector: XmlSelector) -> Iterator[str]:
        return (fold(text).strip() for text in self.written(element, selector))

    def written(self, element: Any, selector: XmlSelector) -> Iterator[str]:
        """What a selector finds of a unit, in one line each; blank texts are passed over."""
        for found, _ in self.walk.select(element, selector, Looking(inf)):
            without = selector.steps[-1].without if selector.steps else ""
            text = found.get(selector.attribute) or "" if selector.attribute else string_value(found, without)
            if text := " ".join(text.split()):
                yield text


def _units_below(element: Any, names: frozenset[str], path: str) -> Iterator[tuple[Any, str]]:
    """The nearest units below an element with their paths, whatever stands between."""
    counts: Counter[str] = Counter()
    for child in element:
        name = _local(child)
        counts[name] += 1
        where = f"{path}/{name}[{counts[name]}]"
        if name in names:
            yield child, where
        else:
            yield from _units_below(child, names, where)


def _local(element: Any) -> str:
    return str(element.tag.rpartition("}")[2])
