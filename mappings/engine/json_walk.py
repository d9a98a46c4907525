"""JSON selectors followed through objects and arrays; numbers as written, nothing for null, objects and arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from unicodedata import normalize

from mappings.engine.json_selectors import JsonPredicate, JsonSelector, JsonStep
from mappings.engine.reading import Reading
from mappings.engine.values import Item

Found = Iterator[tuple[Any, str]]


class JsonNode:
    """A value of `each` with its path."""

    __slots__ = ("lang", "path", "value")

    def __init__(self, value: Any, path: str, lang: str | None) -> None:
        self.value, self.path, self.lang = value, path, lang

    @property
    def text(self) -> str:
        """The value as text; empty for what has members."""
        return scalar_text(self.value)


class JsonWalk:
    """The compiled selectors of one crosswalk over JSON."""

    def __init__(self) -> None:
        self._asks: list[tuple[int, JsonSelector, bool]] = []

    def add(self, slot: int, selector: JsonSelector, *, as_node: bool) -> None:
        """Makes the walk fill `slot` with what `selector` finds."""
        self._asks.append((slot, selector, as_node))

    def close(self) -> None:
        """Nothing to build."""

    def read(self, root: Any, size: int, language: str | None, *, languages: bool = True) -> Reading:
        """Every selector over one payload."""
        reading = Reading(size)
        for slot, selector, as_node in self._asks:
            found: list[Any] = []
            for value, path in follow(root, selector.steps, "json:"):
                if as_node:
                    found.append(JsonNode(value, path, language))
                elif text := scalar_text(value):
                    found.append(Item(text=text, lang=language, path=path))
            if found:
                reading.put(slot, found)
        return reading

    def items(self, node: JsonNode, selector: JsonSelector) -> list[Item]:
        """The values that a path finds below the node of an `each`."""
        found = follow(node.value, selector.steps, node.path)
        return [Item(text=text, lang=node.lang, path=path) for value, path in found if (text := scalar_text(value))]

    def unread(self, root: Any) -> list[str]:
        """Paths of values that no selector asks for, `*` for every place of an array."""
        read = [(selector.steps, as_node) for _, selector, as_node in self._asks]
        paths = (
            path
            for path, value in _leaves(root, ())
            if scalar_text(value) and not any(_covers(steps, path, as_node=as_node) for steps, as_node in read)
        )
        return ["json:/" + "/".join(map(_escaped, path)) for path in dict.fromkeys(paths)]


def follow(value: Any, steps: tuple[JsonStep, ...], path: str) -> Found:
    """The values at the end of `steps` with their paths."""
    if not steps:
        yield value, path
        return
    step = steps[0]
    for name, member in _members(value, step):
        if all(_holds(member, predicate) for predicate in step.predicates):
            yield from follow(member, steps[1:], f"{path}/{_escaped(name)}")


def _members(value: Any, step: JsonStep) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        if step.every:
            return value.items()
        return ((step.name, value[step.name]),) if step.name in value else ()
    if isinstance(value, list):
        if step.every:
            return ((str(place), member) for place, member in enumerate(value))
        if step.name.isdecimal() and int(step.name) < len(value):
            return ((step.name, value[int(step.name)]),)
    return ()


def _holds(value: Any, predicate: JsonPredicate) -> bool:
    member = value.get(predicate.member) if isinstance(value, dict) else None
    if predicate.value is None:
        return member is not None
    return (scalar_text(member) == predicate.value) != predicate.negated


def scalar_text(value: Any) -> str:
    """A text, number or truth value as text, NFC; empty for null and for what has members."""
    if isinstance(value, str):
        text = value.strip()
        return text if text.isascii() else normalize("NFC", text)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else ""


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, (*path, name))
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member, (*path, "*"))
    else:
        yield path, value


def _covers(steps: tuple[JsonStep, ...], path: tuple[str, ...], *, as_node: bool) -> bool:
    """Whether a selector reads the value there, or makes an object of what stands around it."""
    if len(steps) > len(path) or (len(steps) < len(path) and not as_node):
        return False
    pairs = zip(steps, path, strict=False)
    return all(step.every or step.name == name or (name == "*" and step.name.isdecimal()) for step, name in pairs)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
