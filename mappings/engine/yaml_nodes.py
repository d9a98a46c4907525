"""YAML 1.2 text as a tree of nodes that know their line and column.

Crosswalks are read through this tree alone, so every fault can point at its place. Anchors, aliases, tags and doubled
keys are refused: a crosswalk reads from top to bottom and nothing in it stands for something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from mappings.engine.yaml_faults import meant
from mappings.errors import CrosswalkInvalid, Fault
from mappings.said import Said, Telling, said

#: a crosswalk's largest size
SIZE_BYTES = 256 << 10
_DEPTH = 20

Plain = str | int | float | bool | None


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A scalar, a list or a mapping at its 1-based place."""

    line: int
    column: int
    value: Plain = None
    items: tuple[Node, ...] | None = None
    #: key -> node, in the order of the text
    fields: dict[str, Node] | None = None
    #: key -> (line, column) of the key itself
    places: dict[str, tuple[int, int]] = {}

    @property
    def is_scalar(self) -> bool:
        """Neither list nor mapping."""
        return self.items is None and self.fields is None

    @property
    def text(self) -> str:
        """The scalar as text; empty for null, lists and mappings."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return "" if self.value is None else str(self.value)

    def get(self, key: str) -> Node | None:
        """The value under `key` of a mapping."""
        return self.fields.get(key) if self.fields is not None else None


def plain(node: Node) -> Any:
    """The tree below a node as JSON has it."""
    if node.fields is not None:
        return {key: plain(value) for key, value in node.fields.items()}
    if node.items is not None:
        return [plain(item) for item in node.items]
    return node.value


class _Refused(Telling):
    """A construct that crosswalks may not use, at its mark."""

    def __init__(self, why: Said, mark: Any) -> None:
        super().__init__(why)
        self.mark = mark


def read_yaml(text: str, *, file: str) -> Node:
    """The one document of `text`.

    raises  CrosswalkInvalid with one `yaml_invalid`
    """
    if len(text.encode("utf-8", "replace")) > SIZE_BYTES:
        raise _invalid(file, said("more than %(most)s KiB", most=SIZE_BYTES >> 10), 1, 1)
    try:
        events = iter(YAML(typ="rt", pure=True).parse(text))
        return _document(events)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _invalid(file, meant(error.problem or ""), *place) from None
    except _Refused as error:
        raise _invalid(file, error.why, error.mark.line + 1, error.mark.column + 1) from None
    except (YAMLError, ValueError) as error:
        raise _invalid(file, meant(str(error)), 1, 1) from None


def _invalid(file: str, why: Said, line: int, column: int) -> CrosswalkInvalid:
    return CrosswalkInvalid([Fault(code="yaml_invalid", why=why, file=file, line=line, column=column)])


def _kind(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")


def _document(events: Iterator[Any]) -> Node:
    root = None
    for event in events:
        kind = _kind(event)
        if kind in ("Scalar", "SequenceStart", "MappingStart", "Alias"):
            if root is not None:
                raise _Refused(said("one document is expected"), event.start_mark)
            root = _node(event, events, 0)
    return root or Node(line=1, column=1)


def _node(event: Any, events: Iterator[Any], depth: int) -> Node:
    """The node that begins with `event`."""
    mark = event.start_mark
    if _kind(event) == "Alias" or event.anchor:
        raise _Refused(said("anchors and aliases are not read"), mark)
    if event.tag and not event.tag.startswith("tag:yaml.org,2002:") and event.tag != "!":
        raise _Refused(said("the tag %(tag)s is not read", tag=str(event.tag)), mark)
    if depth > _DEPTH:
        raise _Refused(said("nested too deep"), mark)
    match _kind(event):
        case "SequenceStart":
            return Node(line=mark.line + 1, column=mark.column + 1, items=tuple(_items(events, depth)))
        case "MappingStart":
            return _mapping(mark, events, depth)
    plain = event.style is None or event.style == ""
    value = _resolved(event.value) if plain else event.value
    return Node(line=mark.line + 1, column=mark.column + 1, value=value)


def _items(events: Iterator[Any], depth: int) -> Iterator[Node]:
    for event in events:
        if _kind(event) == "SequenceEnd":
            return
        yield _node(event, events, depth + 1)


def _mapping(mark: Any, events: Iterator[Any], depth: int) -> Node:
    fields: dict[str, Node] = {}
    places: dict[str, tuple[int, int]] = {}
    for event in events:
        if _kind(event) == "MappingEnd":
            break
        key = _node(event, events, depth + 1)
        if not key.is_scalar:
            raise _Refused(said("a key is a word"), event.start_mark)
        if key.text in fields:
            raise _Refused(said("the key %(key)s stands twice", key=key.text), event.start_mark)
        fields[key.text] = _node(next(events), events, depth + 1)
        places[key.text] = (key.line, key.column)
    return Node(line=mark.line + 1, column=mark.column + 1, fields=fields, places=places)


def _resolved(text: str) -> Plain:
    """A plain scalar by the core schema of YAML 1.2."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text[0] in "tT"
    digits = text[1:] if text[0] in "+-" else text
    if digits.isascii() and digits.isdigit() and (len(digits) == 1 or digits[0] != "0"):
        return int(text)
    whole, dot, part = digits.partition(".")
    if dot and f"{whole}{part}".isascii() and f"{whole}{part}".isdigit():
        return float(text)
    return text
