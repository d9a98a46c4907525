"""The tree of steps that XML selectors make together, and what stands in one element: text, language, children."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from mappings.engine.looking import Looking
from mappings.engine.selectors import Predicate, XmlSelector
from mappings.engine.values import stated_language

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


#: elements of one name whose paths are known beforehand, but for the 0th
KNOWN_PATHS = 33


class Ask:
    """What a selector wants of the elements where its steps end."""

    __slots__ = ("as_node", "attribute", "slot", "without")

    def __init__(self, slot: int, selector: XmlSelector, as_node: bool) -> None:
        self.slot, self.attribute, self.as_node = slot, selector.attribute, as_node
        self.without = selector.steps[-1].without if selector.steps else ""

    @property
    def is_plain(self) -> bool:
        """Whether it wants the text and nothing else."""
        return not (self.attribute or self.as_node or self.without)


class Branch:
    """A place in the tree of steps."""

    __slots__ = ("asks", "by_tag", "edges", "met", "slot")

    def __init__(self, slot: int = -1) -> None:
        #: of the first selector that comes this way
        self.slot = slot
        self.asks: list[Ask] = []
        self.edges: dict[tuple[str, tuple[Predicate, ...]], Branch] = {}
        self.by_tag: dict[str, list[tuple[tuple[Predicate, ...], Branch]]] = {}
        #: tag as met -> what is wanted of it
        self.met: dict[str, Entry] = {}

    def add(self, slot: int, selector: XmlSelector, *, as_node: bool) -> None:
        """Grows the tree by the steps of a selector."""
        branch = self
        for step in selector.steps:
            branch = branch.edges.setdefault((step.tag, step.predicates), Branch(slot))
        branch.asks.append(Ask(slot, selector, as_node))

    def close(self) -> None:
        """Builds the dispatch after the last `add`."""
        for (tag, predicates), target in self.edges.items():
            self.by_tag.setdefault(tag, []).append((predicates, target))
            target.close()

    def named(self, tag: str) -> list[tuple[tuple[Predicate, ...], Branch]]:
        """The edges for elements of exactly this name, and those for any."""
        return [*self.by_tag.get(tag, ()), *self.by_tag.get("*", ())]


class Entry:
    """What is wanted of the elements of one name under one branch."""

    __slots__ = ("label", "numbered", "others", "paths", "plain", "tested", "unexpected", "wanted")

    def __init__(
        self,
        label: str,
        plain: list[int],
        numbered: dict[int, list[int]],
        others: list[tuple[tuple[Predicate, ...], Branch]],
        unexpected: bool,
    ) -> None:
        self.label, self.others, self.unexpected = label, others, unexpected
        #: number -> last step of the path
        self.paths = tuple([f"{label}[{number}]" for number in range(KNOWN_PATHS)])
        #: slots that take every text, and those that take the text of the n-th alone
        self.plain, self.numbered = plain, numbered
        self.wanted = bool(plain or numbered or others)
        #: edges whose predicates are tested on each of these elements
        self.tested = sum(1 for predicates, _ in others if predicates)


class XmlNode:
    """An element of `each` with its path and language."""

    __slots__ = ("element", "lang", "looking", "path")

    def __init__(self, element: Any, path: str, lang: str | None, looking: Looking) -> None:
        self.element, self.path, self.lang, self.looking = element, path, lang, looking


def language_of(element: Any, otherwise: str | None) -> str | None:
    """The language that an element states, else the one around it."""
    tag = element.get(_LANG)
    return stated_language(tag) if tag else otherwise


def language_within(element: Any, root: Any, otherwise: str | None) -> str | None:
    """The language that the nearest element states, up to `root`, which is not asked."""
    while element is not root:
        if tag := element.get(_LANG):
            return stated_language(tag)
        element = element.getparent()
    return otherwise


def put(slots: list[list[Any] | None], slot: int, value: Any) -> None:
    """Adds a value to a slot."""
    held = slots[slot]
    if held is None:
        slots[slot] = [value]
    else:
        held.append(value)


def composed(text: str) -> str:
    """The text in NFC."""
    return text if text.isascii() else normalize("NFC", text)


def string_value(element: Any, without: str = "") -> str:
    """All text of an element, but for the children named `without`."""
    if not without:
        return "".join(element.itertext())
    parts = [element.text or ""]
    for child in element:
        parts += ["" if child.tag == without else string_value(child, without), child.tail or ""]
    return "".join(parts)
