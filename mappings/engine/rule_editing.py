"""One rule of a crosswalk's text changed by its keys: every other line, and every comment, stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from mappings.engine.editing import line_ending
from mappings.engine.yaml_nodes import Node, plain, read_yaml

#: a word that YAML reads as itself wherever it stands
_WORD = re.compile(r"[^\W\d][\w./@-]*")
_NOT_WORDS = frozenset({"null", "true", "false", "~"})


class RuleFixed(Exception):
    """The text has no such rule, or writes its rules on one line, so that none can be taken out alone."""


def rule_in(text: str, rule: str) -> dict[str, Any]:
    """The keys of a rule as the text has them; raises RuleFixed, and CrosswalkInvalid for a text that is no YAML."""
    return dict(plain(_found(read_yaml(text, file="crosswalk"), rule)))


def with_rule_changed(text: str, rule: str, changes: Mapping[str, Any]) -> str:
    """`text` with other values under some keys of a rule; an empty one takes the key away.

    raises  RuleFixed, CrosswalkInvalid
    """
    root, lines = read_yaml(text, file="crosswalk"), text.splitlines(keepends=True)
    node = _found(root, rule)
    start, end = _span(root, node, lines)
    keys = {key: value for key, value in (plain(node) | changes).items() if value not in ("", None, [])}
    head = lines[start]
    indent = head[: len(head) - len(head.lstrip())]
    comments = [line for line in lines[start + 1 : end] if line.lstrip().startswith("#")]
    return "".join([*lines[:start], *comments, f"{indent}- {flow(keys)}{line_ending(lines)}", *lines[end:]])


def flow(value: Any) -> str:
    """A value in YAML's flow style, on one line."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{_scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
        case str():
            return _scalar(value)
        case Sequence():
            return "[" + ", ".join(map(flow, value)) + "]"
        case _:
            return msgspec.json.encode(value).decode()


def _scalar(text: str) -> str:
    is_word = _WORD.fullmatch(text) is not None and text.lower() not in _NOT_WORDS
    return text if is_word else msgspec.json.encode(text).decode()


def _found(root: Node, rule: str) -> Node:
    rules = root.get("rules")
    found = next((node for node in rules.items or () if _id(node) == rule), None) if rules else None
    if rules is None or found is None or found.line <= root.places["rules"][0]:
        raise RuleFixed(rule)
    return found


def _id(node: Node) -> str:
    named = node.get("id")
    return named.text if named is not None else ""


def _span(root: Node, node: Node, lines: Sequence[str]) -> tuple[int, int]:
    """The lines of a rule, from the first up to what comes next; comments in front of the next one are not its own."""
    rules = root.get("rules")
    after = [each.line for each in (rules.items if rules and rules.items else ()) if each.line > node.line]
    after += [line for line, _ in root.places.values() if line > node.line]
    start, end = node.line - 1, min(after, default=len(lines) + 1) - 1
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return start, end
