"""XML selectors as one dispatch: a unit is walked once, whatever the number of its rules.

Selectors become a tree of steps; the walk follows the elements that some selector asks for and leaves the others alone.
Those that begin with `//` become a tree of their own, tried in one pass over all elements of the unit. An element whose
namespace is missing or misspelt is found by its local name, and that is noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.engine.looking import LookedTooLong, Looking
from mappings.engine.selectors import Predicate, Step, XmlSelector
from mappings.engine.values import Item
from mappings.engine.xml_branches import (
    KNOWN_PATHS,
    Ask,
    Branch,
    Entry,
    XmlNode,
    composed,
    language_of,
    language_within,
    put,
    string_value,
)
from mappings.engine.xml_predicates import Tested
from mappings.formats.namespaces import alike

#: texts of this length cost something by themselves
_LONG = 1_024
#: names that are told apart while a unit's elements are gone through; with more of them every element is looked at
_MOST_NAMES = 64


class XmlReading:
    """What one walk found."""

    __slots__ = ("filled", "languages", "looking", "slots", "unexpected")

    def __init__(self, size: int) -> None:
        self.looking = Looking()
        self.slots: list[list[Any] | None] = [None] * size
        #: slots that hold something, in no order
        self.filled: list[int] = []
        #: first tag whose namespace was missing or misspelt
        self.unexpected = ""
        #: whether any element states its language
        self.languages = True


class XmlWalk:
    """The compiled selectors of one crosswalk."""

    def __init__(self, prefixes: dict[str, str]) -> None:
        self._known = frozenset(prefixes.values())
        self._labels = {uri: prefix for prefix, uri in prefixes.items()}
        self._root, self._anywhere = Branch(), Branch()
        #: selectors that are no part of the one way down: `up:`, and `//` between two elements
        self._up: list[tuple[int, XmlSelector, bool]] = []
        #: names that are looked for anywhere; empty where every element is looked at
        self._names: tuple[str, ...] = ()
        self._label_of: dict[str, str] = {}
        #: local names of elements that are units of their own, which no other unit looks into
        self.units: frozenset[str] = frozenset()

    def add(self, slot: int, selector: XmlSelector, *, as_node: bool) -> None:
        """Makes the walk fill `slot` with what `selector` finds."""
        if selector.up or selector.deep:
            self._up.append((slot, selector, as_node))
        else:
            tree = self._anywhere if selector.anywhere else self._root
            tree.add(slot, selector, as_node=as_node)

    def close(self) -> None:
        """Builds the dispatch after the last `add`."""
        self._root.close()
        self._anywhere.close()
        names = tuple(self._anywhere.by_tag)
        self._names = names if "*" not in names and len(names) <= _MOST_NAMES else ()

    def read(self, root: Any, size: int, language: str | None, *, languages: bool = True) -> XmlReading:
        """One walk over the payload; `size` slots are given back.

        language   of texts that state none
        languages  whether any element may state one
        raises     LookedTooLong
        """
        reading = XmlReading(size)
        reading.languages = languages
        lang = language_of(root, language)
        for ask in self._root.asks:
            self._take(ask, root, "", lang, reading)
        self._visit(root, self._root, "", lang, reading)
        if self._anywhere.by_tag:
            self._visit_all(root, lang, reading)
        for slot, selector, as_node in self._up:
            self._look_up(Ask(slot, selector, as_node), root, selector, lang, reading)
        reading.filled = [slot for slot, found in enumerate(reading.slots) if found]
        return reading

    def _look_up(self, ask: Ask, root: Any, selector: XmlSelector, lang: str | None, reading: XmlReading) -> None:
        """What a selector that begins with `up:`, or holds `//`, wants; over the budget it is the one that is told."""
        try:
            for element, path in self.select(root, selector, reading.looking):
                self._take(ask, element, path, lang, reading)
        except LookedTooLong as over:
            raise LookedTooLong(ask.slot) from over

    def _visit_all(self, root: Any, lang: str | None, reading: XmlReading) -> None:
        """Every element of the unit that a selector which begins with `//` may begin at, in document order."""
        counts: dict[str, int] = {}
        siblings: dict[Any, dict[int, int]] = {}
        for element in self._within(root, self._names):
            tag = element.tag
            number = counts[tag] = counts.get(tag, 0) + 1
            edges = self._anywhere.named(tag)
            if not edges:
                continue
            here, matches = f"//{self._label(tag)}[{number}]", siblings.setdefault(element.getparent(), {})
            child_lang = language_within(element, root, lang) if reading.languages else lang
            tested = Tested(element, reading.looking)
            for predicates, target in edges:
                reading.looking.at(1, target.slot)
                if predicates and not tested.passes(predicates, matches, id(target), target.slot):
                    continue
                self._reach(element, target, here, child_lang, reading)

    def _reach(self, element: Any, target: Branch, here: str, lang: str | None, reading: XmlReading) -> None:
        """What selectors want of an element that they found anywhere, and below it."""
        for ask in target.asks:
            self._take(ask, element, here, lang, reading)
        if target.by_tag:
            reading.looking.at(len(element), target.slot)
            self._visit(element, target, here + "/", lang, reading)

    def _within(self, root: Any, names: tuple[str, ...]) -> Iterator[Any]:
        """The elements below a unit in document order, but for other units and what stands in them.

        names   of the elements wanted; empty for all, and not looked at where there are units
        """
        if not self.units:
            yield from (element for element in root.iter(*names) if element is not root)
            return
        open_ = [iter(root)]
        while open_:
            child = next(open_[-1], None)
            if child is None:
                open_.pop()
            elif child.tag.rpartition("}")[2] not in self.units:
                yield child
                open_.append(iter(child))

    def _visit(self, element: Any, branch: Branch, path: str, lang: str | None, reading: XmlReading) -> None:
        """Every child that some selector asks for; most ask for its text and nothing more."""
        counts: dict[str, int] = {}
        matches: dict[int, int] = {}
        slots, met, languages = reading.slots, branch.met, reading.languages
        for child in element:
            tag = child.tag
            number = counts[tag] = counts.get(tag, 0) + 1
            entry = met.get(tag)
            if entry is None:
                entry = met[tag] = self._meet(branch, tag)
            if not entry.wanted:
                continue
            if entry.unexpected and not reading.unexpected:
                reading.unexpected = tag
            here = entry.paths[number] if number < KNOWN_PATHS else f"{entry.label}[{number}]"
            if path:
                here = path + here
            child_lang = language_of(child, lang) if languages else lang
            wanted = entry.plain
            if entry.numbered and number in entry.numbered:
                wanted = [*wanted, *entry.numbered[number]]
            if wanted:
                text = child.text if len(child) == 0 else "".join(child.itertext())
                if text and (text := text.strip()):
                    text = composed(text)
                    if len(text) > _LONG:
                        reading.looking.taken(text, wanted[0])
                    item = Item(text=text, lang=child_lang, path=here)
                    for slot in wanted:
                        found = slots[slot]
                        if found is None:
                            slots[slot] = [item]
                        else:
                            found.append(item)
            tested = None
            if entry.tested:
                reading.looking.at(entry.tested, entry.others[0][1].slot)
                tested = Tested(child, reading.looking)
            for predicates, target in entry.others:
                if predicates and tested and not tested.passes(predicates, matches, id(target), target.slot):
                    continue
                for ask in target.asks:
                    self._take(ask, child, here, child_lang, reading)
                if target.by_tag:
                    self._visit(child, target, here + "/", child_lang, reading)

    def _meet(self, branch: Branch, tag: str) -> Entry:
        """What is wanted of the elements of this name."""
        edges, unexpected = self._resolve(branch, tag)
        plain: list[int] = []
        numbered: dict[int, list[int]] = {}
        others: list[tuple[tuple[Predicate, ...], Branch]] = []
        for predicates, target in edges:
            slots = [ask.slot for ask in target.asks]
            place = predicates[0].place if [predicate.kind for predicate in predicates] == ["place"] else 0
            if target.by_tag or not all(ask.is_plain for ask in target.asks):
                others.append((predicates, target))
            elif not predicates:
                plain += slots
            elif place and target in (branch.edges.get((tag, predicates)),):
                numbered.setdefault(place, []).extend(slots)
            else:
                others.append((predicates, target))
        return Entry(self._label(tag), plain, numbered, others, unexpected)

    def _take(self, ask: Ask, element: Any, path: str, lang: str | None, reading: XmlReading) -> None:
        if ask.as_node:
            put(reading.slots, ask.slot, XmlNode(element, path, lang, reading.looking))
            return
        found = self._value(ask, element, path, lang)
        if found is not None:
            put(reading.slots, ask.slot, found)
            if path.startswith("//") or len(found.text) > _LONG:
                reading.looking.taken(found.text, ask.slot)

    def _value(self, ask: Ask, element: Any, path: str, lang: str | None) -> Item | None:
        """The text or attribute of an element; None where it has none."""
        if ask.attribute:
            text, path = element.get(ask.attribute) or "", f"{path}/@{self._label(ask.attribute)}"
        else:
            text = string_value(element, ask.without)
        text = text.strip()
        return Item(text=composed(text), lang=lang, path=path) if text else None

    def items(self, node: XmlNode, selector: XmlSelector) -> list[Item]:
        """The values that a relative selector finds at the node of an `each`.

        raises  LookedTooLong
        """
        found, ask = [], Ask(0, selector, False)
        for element, path in self.select(node.element, selector, node.looking):
            lang = language_of(element, node.lang)
            item = self._value(ask, element, node.path + ("/" + path if path else ""), lang)
            if item is not None:
                found.append(item)
                node.looking.taken(item.text)
        return found

    def select(self, element: Any, selector: XmlSelector, looking: Looking) -> Iterator[tuple[Any, str]]:
        """Elements at the end of the steps with their paths below `element`.

        raises  LookedTooLong
        """
        if selector.up:
            for ancestor in element.iterancestors():
                found = list(self._along(ancestor, selector, "up:", looking))
                if found:
                    yield from found
                    return
        elif selector.anywhere:
            yield from self._select_anywhere(element, selector.steps, looking)
        else:
            yield from self._along(element, selector, "", looking)

    def _along(self, element: Any, selector: XmlSelector, path: str, looking: Looking) -> Iterator[tuple[Any, str]]:
        """The steps of a selector from `element` on, those behind `//` at any depth below those before it."""
        if not selector.deep:
            yield from self._follow(element, selector.steps, path, looking)
            return
        for above, here in self._follow(element, selector.steps[: selector.deep], path, looking):
            for found, below in self._select_anywhere(above, selector.steps[selector.deep :], looking):
                yield found, here + below

    def _select_anywhere(self, root: Any, steps: tuple[Step, ...], looking: Looking) -> Iterator[tuple[Any, str]]:
        first, counts = steps[0], dict[str, int]()
        siblings: dict[Any, dict[int, int]] = {}
        for element in self._within(root, ()):
            looking.at(1)
            if first.tag not in (element.tag, "*"):
                continue
            number = counts[element.tag] = counts.get(element.tag, 0) + 1
            matches = siblings.setdefault(element.getparent(), {})
            if Tested(element, looking).passes(first.predicates, matches, 0):
                path = f"//{self._label(element.tag)}[{number}]/"
                yield from self._follow(element, steps[1:], path, looking)

    def _follow(self, element: Any, steps: tuple[Step, ...], path: str, looking: Looking) -> Iterator[tuple[Any, str]]:
        if not steps:
            yield element, path.rstrip("/")
            return
        step, counts, matches = steps[0], dict[str, int](), dict[int, int]()
        for child in element.iterchildren(step.tag):
            looking.at(1)
            number = counts[child.tag] = counts.get(child.tag, 0) + 1
            if not step.predicates or Tested(child, looking).passes(step.predicates, matches, 0):
                yield from self._follow(child, steps[1:], f"{path}{self._label(child.tag)}[{number}]/", looking)

    def _resolve(self, branch: Branch, tag: str) -> tuple[list[tuple[tuple[Predicate, ...], Branch]], bool]:
        """The edges for a tag: by its name, else by its local name where its namespace is none that is known."""
        star = branch.by_tag.get("*", [])
        if tag in branch.by_tag:
            return [*branch.by_tag[tag], *star], False
        namespace, _, local = tag.rpartition("}")
        namespace = namespace[1:]
        if namespace in self._known:
            return star, False
        for known, edges in branch.by_tag.items():
            known_namespace, _, known_local = known.rpartition("}")
            if known_local == local and (not namespace or alike(namespace, known_namespace[1:])):
                return [*edges, *star], True
        return star, False

    def _label(self, tag: str) -> str:
        label = self._label_of.get(tag)
        if label is None:
            namespace, _, local = tag.rpartition("}")
            prefix = self._labels.get(namespace[1:], "xml" if "XML/1998" in namespace else "")
            label = self._label_of[tag] = f"{prefix}:{local}" if prefix else local
        return label

    def unread(self, root: Any, *, passing: frozenset[str] = frozenset()) -> list[str]:
        """Paths of elements with text of their own that no selector asks for; below `passing` nothing is looked for.

        None are told of a unit that is too much to look at.
        """
        looking = Looking()
        try:
            read = self._read_above(root, looking)
            return list(self._unread(root, [self._root], "", self.units | passing, read, looking))
        except LookedTooLong:
            return []

    def unread_around(self, root: Any, unit: Any) -> list[str]:
        """The same of what stands around a unit, as it is read from inside of it: `up:` and the path."""
        read = {*self._read_above(unit, Looking()), unit}
        return [f"up:{path}" for path in self._unread(root, [], "", self.units, read, None)]

    def _read_above(self, unit: Any, looking: Looking) -> set[Any]:
        """The elements that selectors find which begin with `up:`, or hold `//` between two elements."""
        return {
            element
            for _, selector, _ in self._up
            if not selector.attribute
            for element, _ in self.select(unit, selector, looking)
        }

    def _unread(
        self,
        element: Any,
        branches: list[Branch],
        path: str,
        closed: frozenset[str],
        read: set[Any],
        looking: Looking | None,
    ) -> Iterator[str]:
        """looking   None outside of a unit, where nothing is read that begins with `//`"""
        matches: dict[int, int] = {}
        for child in element:
            if child.tag.rpartition("}")[2] in closed or child in read:
                continue
            here = f"{path}{self._label(child.tag)}"
            targets = [target for branch in branches for _, target in self._resolve(branch, child.tag)[0]]
            if looking is not None:
                tested = Tested(child, looking)
                for predicates, target in self._anywhere.named(child.tag):
                    looking.at(1)
                    if tested.passes(predicates, matches, id(target)):
                        targets.append(target)
            if any(not ask.attribute for target in targets for ask in target.asks):
                continue
            if (child.text or "").strip():
                yield here
            yield from self._unread(child, targets, here + "/", closed, read, looking)
