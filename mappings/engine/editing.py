"""Small changes to the text of a crosswalk that leave its comments and everything else as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from mappings.engine.yaml_nodes import Node, read_yaml

#: a scalar on its line
_SCALAR = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s,}#]+")


def with_pin(text: str, table: str, label: str) -> str:
    """`text` in which the table that it calls `table` is pinned as `label` (`name@version`).

    raises  CrosswalkInvalid for a text that is no YAML
    """
    root, lines = read_yaml(text, file="crosswalk"), _ended(text)
    pins = root.get("tables")
    if pins is None or pins.fields is None:
        return _joined(_without_empty(lines, root), f"tables: {{{table}: {label}}}")
    known = pins.get(table)
    if known is not None:
        lines[known.line - 1] = _replaced(lines[known.line - 1], known.column - 1, label)
    elif lines[pins.line - 1][pins.column - 1] == "{":
        head, further = lines[pins.line - 1], ", " if pins.fields else ""
        lines[pins.line - 1] = f"{head[: pins.column]}{table}: {label}{further}{head[pins.column :]}"
    else:
        lines.insert(pins.line - 1, f"{' ' * (pins.column - 1)}{table}: {label}{line_ending(lines)}")
    return "".join(lines)


def _ended(text: str) -> list[str]:
    """The lines, each with its ending, the last one too."""
    lines = text.splitlines(keepends=True)
    if lines and lines[-1].splitlines() == [lines[-1]]:
        lines[-1] += line_ending(lines)
    return lines


def line_ending(lines: list[str]) -> str:
    """How the text ends its lines."""
    return "\r\n" if lines and lines[0].endswith("\r\n") else "\n"


def _replaced(line: str, start: int, label: str) -> str:
    return line[:start] + _SCALAR.sub(label, line[start:], count=1)


def _without_empty(lines: list[str], root: Node) -> list[str]:
    """The lines without a `tables` that names none."""
    place = root.places.get("tables")
    return lines if place is None else [line for number, line in enumerate(lines, 1) if number != place[0]]


def _joined(lines: list[str], line: str) -> str:
    """The lines with one more in front of the rules."""
    found = next((number for number, each in enumerate(lines) if each.startswith("rules:")), len(lines))
    return "".join([*lines[:found], line + line_ending(lines), *lines[found:]])


def with_test(text: str, note: str, inline: object, expect: Mapping[str, object]) -> str:
    """`text` with one more test in front of its own.

    inline   XML fragment, MARC mnemonic lines, or a mapping
    raises   CrosswalkInvalid for a text that is no YAML
    """
    test = f"{{note: {_json(note)}, input: {{inline: {_json(inline)}}}, expect: {_json(expect)}}}"
    root, lines = read_yaml(text, file="crosswalk"), _ended(text)
    tests, place, ending = root.get("tests"), root.places.get("tests"), line_ending(lines)
    if tests is None or place is None:
        return "".join([*lines, f"tests:{ending}  - {test}{ending}"])
    number = place[0]
    if not tests.items:
        return "".join([*lines[: number - 1], f"tests:{ending}  - {test}{ending}", *lines[number:]])
    if tests.line == number:
        head = lines[number - 1]
        lines[number - 1] = f"{head[: tests.column]}{test}, {head[tests.column :]}"
        return "".join(lines)
    indent = " " * (tests.column - 1)
    return "".join([*lines[:number], f"{indent}- {test}{ending}", *lines[number:]])


def _json(value: object) -> str:
    """A value as JSON, which YAML 1.2 reads as it is."""
    return msgspec.json.encode(value).decode()
