"""Small changes to the text of a crosswalk that leave its comments and everything else as they are."""

from __future__ import annotations

import re

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
        lines.insert(pins.line - 1, f"{' ' * (pins.column - 1)}{table}: {label}{_ending(lines)}")
    return "".join(lines)


def _ended(text: str) -> list[str]:
    """The lines, each with its ending, the last one too."""
    lines = text.splitlines(keepends=True)
    if lines and lines[-1].splitlines() == [lines[-1]]:
        lines[-1] += _ending(lines)
    return lines


def _ending(lines: list[str]) -> str:
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
    return "".join([*lines[:found], line + _ending(lines), *lines[found:]])
