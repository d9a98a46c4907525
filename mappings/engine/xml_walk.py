"""XML selectors as one dispatch: a unit is walked once, whatever the number of its rules.

Selectors become a tree of steps; the walk follows the elements that some selector asks for and leaves the others alone.
An element whose namespace is missing or misspelt is found by its local name, and that is noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any
from unicodedata import normalize

from mappings.engine.selectors import Predicate, Step, XmlSelector
from mappings.engine.values import Item, stated_language

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: two namespaces that are this alike are the same one misspelt
_ALIKE = 0.8


class XmlNode:
    """An element of `each` with its path and language."""

    __slots__ = ("element", "lang", "path")

    def __init__(self, element: Any, path: str, lang: str | None) -> None:
        self.element, self.path, self.lang = element, path, lang


class _Ask:
    """What a selector wants of the elements where its steps end."""

    __slots__ = ("as_node", "attribute", "slot", "without")

    def __init__(self, slot: int, selector: XmlSelector, as_node: bool) -> None:
        self.slot, self.attribute, self.as_node = slot, selector.attribute, as_node
        self.without = selector.steps[-1].without if selector.steps else ""


class _Branch:
    """A place in the tree of steps."""

    __slots__ = ("asks", "by_tag", "edges", "met")

    def __init__(self) -> None:
        self.asks: list[_Ask] = []
        self.edges: dict[tuple[str, tuple[Predicate, ...]], _Branch] = {}
        self.by_tag: dict[str, list[tuple[tuple[Predicate, ...], _Branch]]] = {}
        #: tag as met -> what is wanted of it
        self.met: dict[str, _Entry] = {}


class _Entry:
    """What is wanted of the elements of one name under one branch."""

    __slots__ = ("label", "numbered", "others", "plain", "unexpected", "wanted")

    def __init__(
        self,
        label: str,
        plain: list[int],
        numbered: dict[int, list[int]],
        others: list[tuple[tuple[Predicate, ...], _Branch]],
        unexpected: bool,
    ) -> None:
        self.label, self.others, self.unexpected = label, others, unexpected
        #: slots that take every text, and those that take the text of the n-th alone
        self.plain, self.numbered = plain, numbered
        self.wanted = bool(plain or numbered or others)


class XmlReading:
    """What one walk found."""

    __slots__ = ("filled", "languages", "slots", "unexpected")

    def __init__(self, size: int) -> None:
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
        self._root = _Branch()
        self._apart: list[tuple[int, XmlSelector, bool]] = []
        self._label_of: dict[str, str] = {}
        #: (label, number) -> path below the root
        self._paths: dict[tuple[str, int], str] = {}
        #: local names of elements that are units of their own, which no other unit looks into
        self.units: frozenset[str] = frozenset()

    def add(self, slot: int, selector: XmlSelector, *, as_node: bool) -> None:
        """Makes the walk fill `slot` with what `selector` finds."""
        if selector.anywhere or selector.up:
            self._apart.append((slot, selector, as_node))
            return
        branch = self._root
        for step in selector.steps:
            branch = branch.edges.setdefault((step.tag, step.predicates), _Branch())
        branch.asks.append(_Ask(slot, selector, as_node))

    def close(self) -> None:
        """Builds the dispatch after the last `add`."""
        _close(self._root)

    def read(self, root: Any, size: int, language: str | None, *, languages: bool = True) -> XmlReading:
        """One walk over the payload; `size` slots are given back.

        language   of texts that state none
        languages  whether any element may state one
        """
        reading = XmlReading(size)
        reading.languages = languages
        lang = _lang(root, language)
        for ask in self._root.asks:
            self._take(ask, root, "", lang, reading.slots)
        self._visit(root, self._root, "", lang, reading)
        for slot, selector, as_node in self._apart:
            ask = _Ask(slot, selector, as_node)
            for element, path in self.select(root, selector):
                self._take(ask, element, path, lang, reading.slots)
        reading.filled = [slot for slot, found in enumerate(reading.slots) if found]
        return reading

    def _visit(self, element: Any, branch: _Branch, path: str, lang: str | None, reading: XmlReading) -> None:
        """Every child that some selector asks for; most ask for its text and nothing more."""
        counts: dict[str, int] = {}
        matches: dict[int, int] = {}
        slots, met, labels = reading.slots, branch.met, {} if path else self._paths
        for child in element:
            tag = child.tag
            entry = met.get(tag)
            if entry is None:
                entry = met[tag] = self._meet(branch, tag)
            number = counts[tag] = counts.get(tag, 0) + 1
            if not entry.wanted:
                continue
            if entry.unexpected and not reading.unexpected:
                reading.unexpected = tag
            here = labels.get((entry.label, number)) or f"{path}{entry.label}[{number}]"
            child_lang = _lang(child, lang) if reading.languages else lang
            wanted = entry.plain
            if number in entry.numbered:
                wanted = [*wanted, *entry.numbered[number]]
            if wanted:
                text = child.text if len(child) == 0 else "".join(child.itertext())
                if text and (text := text.strip()):
                    if not text.isascii():
                        text = normalize("NFC", text)
                    item = Item(text=text, lang=child_lang, path=here)
                    for slot in wanted:
                        found = slots[slot]
                        if found is None:
                            slots[slot] = [item]
                        else:
                            found.append(item)
            for predicates, target in entry.others:
                if predicates and not self._passes(child, predicates, matches, id(target)):
                    continue
                for ask in target.asks:
                    self._take(ask, child, here, child_lang, slots)
                if target.by_tag:
                    self._visit(child, target, here + "/", child_lang, reading)

    def _meet(self, branch: _Branch, tag: str) -> _Entry:
        """What is wanted of the elements of this name."""
        edges, unexpected = self._resolve(branch, tag)
        plain: list[int] = []
        numbered: dict[int, list[int]] = {}
        others: list[tuple[tuple[Predicate, ...], _Branch]] = []
        for predicates, target in edges:
            slots = [ask.slot for ask in target.asks]
            place = predicates[0].place if [predicate.kind for predicate in predicates] == ["place"] else 0
            if target.by_tag or not all(map(_is_plain, target.asks)):
                others.append((predicates, target))
            elif not predicates:
                plain += slots
            elif place and target in (branch.edges.get((tag, predicates)),):
                numbered.setdefault(place, []).extend(slots)
            else:
                others.append((predicates, target))
        label = self._label(tag)
        self._paths.update({(label, number): f"{label}[{number}]" for number in range(1, 33)})
        return _Entry(label, plain, numbered, others, unexpected)

    def _take(self, ask: _Ask, element: Any, path: str, lang: str | None, slots: list[list[Any] | None]) -> None:
        if ask.as_node:
            _put(slots, ask.slot, XmlNode(element, path, lang))
            return
        if ask.attribute:
            text, path = element.get(ask.attribute) or "", f"{path}/@{self._label(ask.attribute)}"
        else:
            text = string_value(element, ask.without)
        if text := text.strip():
            _put(slots, ask.slot, Item(text=_nfc(text), lang=lang, path=path))

    def items(self, node: XmlNode, selector: XmlSelector) -> list[Item]:
        """The values that a relative selector finds at the node of an `each`."""
        slots: list[list[Any] | None] = [None]
        ask = _Ask(0, selector, False)
        for element, path in self.select(node.element, selector):
            lang = _lang(element, node.lang)
            self._take(ask, element, node.path + ("/" + path if path else ""), lang, slots)
        return slots[0] or []

    def select(self, element: Any, selector: XmlSelector) -> Iterator[tuple[Any, str]]:
        """Elements at the end of the steps with their paths below `element`."""
        if selector.up:
            for ancestor in element.iterancestors():
                found = list(self._follow(ancestor, selector.steps, "up:"))
                if found:
                    yield from found
                    return
            return
        if selector.anywhere:
            first, *rest = selector.steps
            matches: dict[Any, dict[int, int]] = {}
            for number, start in enumerate(element.iter(first.tag if first.tag != "*" else None), 1):
                siblings = matches.setdefault(start.getparent(), {})
                if self.units and self._is_inside_another(start, element):
                    continue
                if start is not element and self._passes(start, first.predicates, siblings, 0):
                    yield from self._follow(start, tuple(rest), f"//{self._label(start.tag)}[{number}]/")
            return
        yield from self._follow(element, selector.steps, "")

    def _is_inside_another(self, element: Any, unit: Any) -> bool:
        """Whether a unit stands between `unit` and the element, or the element is one itself."""
        while element is not None and element is not unit:
            if element.tag.rpartition("}")[2] in self.units:
                return True
            element = element.getparent()
        return False

    def _follow(self, element: Any, steps: tuple[Step, ...], path: str) -> Iterator[tuple[Any, str]]:
        if not steps:
            yield element, path.rstrip("/")
            return
        step, counts, matches = steps[0], dict[str, int](), dict[int, int]()
        for child in element:
            number = counts[child.tag] = counts.get(child.tag, 0) + 1
            if (step.tag in (child.tag, "*")) and self._passes(child, step.predicates, matches, 0):
                yield from self._follow(child, steps[1:], f"{path}{self._label(child.tag)}[{number}]/")

    def _passes(self, element: Any, predicates: tuple[Predicate, ...], matches: dict[int, int], key: int) -> bool:
        """Whether the element passes; a place counts what passed the predicates before it."""
        for position, predicate in enumerate(predicates):
            if predicate.kind == "place":
                place = matches[key * 31 + position] = matches.get(key * 31 + position, 0) + 1
                if place != predicate.place:
                    return False
            elif predicate.kind == "attribute":
                value = element.get(predicate.name)
                if predicate.value is None:
                    if value is None:
                        return False
                elif (value == predicate.value) == predicate.negated:
                    return False
            elif _has_child(element, predicate) == predicate.negated:
                return False
        return True

    def _resolve(self, branch: _Branch, tag: str) -> tuple[list[tuple[tuple[Predicate, ...], _Branch]], bool]:
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
            if known_local == local and (not namespace or _alike(namespace, known_namespace[1:])):
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
        """Paths of elements with text of their own that no selector asks for; below `passing` nothing is looked for."""
        read = self._read_apart(root)
        return list(self._unread(root, [self._root], "", self.units | passing, read))

    def unread_around(self, root: Any, unit: Any) -> list[str]:
        """The same of what stands around a unit, as it is read from inside of it: `up:` and the path."""
        read = {*self._read_apart(unit), unit}
        return [f"up:{path}" for path in self._unread(root, [], "", self.units, read)]

    def _read_apart(self, unit: Any) -> set[Any]:
        """The elements that selectors find which begin with `//` or `up:`."""
        return {
            element
            for _, selector, _ in self._apart
            if not selector.attribute
            for element, _ in self.select(unit, selector)
        }

    def _unread(
        self, element: Any, branches: list[_Branch], path: str, closed: frozenset[str], read: set[Any]
    ) -> Iterator[str]:
        for child in element:
            if child.tag.rpartition("}")[2] in closed or child in read:
                continue
            here = f"{path}{self._label(child.tag)}"
            targets = [target for branch in branches for _, target in self._resolve(branch, child.tag)[0]]
            if any(not ask.attribute for target in targets for ask in target.asks):
                continue
            if (child.text or "").strip():
                yield here
            yield from self._unread(child, targets, here + "/", closed, read)


def _has_child(element: Any, predicate: Predicate) -> bool:
    return any(string_value(child).strip() == predicate.value for child in element.findall(predicate.name))


def _is_plain(ask: _Ask) -> bool:
    return not (ask.attribute or ask.as_node or ask.without)


def _put(slots: list[list[Any] | None], slot: int, value: Any) -> None:
    held = slots[slot]
    if held is None:
        slots[slot] = [value]
    else:
        held.append(value)


def _close(branch: _Branch) -> None:
    for (tag, predicates), target in branch.edges.items():
        branch.by_tag.setdefault(tag, []).append((predicates, target))
        _close(target)


def _lang(element: Any, otherwise: str | None) -> str | None:
    tag = element.get(_LANG)
    return stated_language(tag) if tag else otherwise


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _ALIKE


def _nfc(text: str) -> str:
    return text if text.isascii() else normalize("NFC", text)


def string_value(element: Any, without: str = "") -> str:
    """All text of an element, but for the children named `without`."""
    if not without:
        return "".join(element.itertext())
    parts = [element.text or ""]
    for child in element:
        parts += ["" if child.tag == without else string_value(child, without), child.tail or ""]
    return "".join(parts)
