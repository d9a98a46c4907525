"""What stood in a field and what would stand there, as an example of a dry run tells it: short, and JSON to the end."""

from __future__ import annotations

from typing import Any

import msgspec

from mappings.schema.access import Access

#: characters of a text, and members of a list, that are shown
LONGEST_VALUE, MOST_MEMBERS = 300, 5


def apart(was: object, now: object) -> tuple[str, str]:
    """Both, as they are shown; of two lists what stands in one of them alone, unless they differ in order only."""
    before, after = _plain(was), _plain(now)
    if isinstance(before, list) and isinstance(after, list):
        gone, come = [each for each in before if each not in after], [each for each in after if each not in before]
        if gone or come:
            before, after = gone, come
    return _text(before), _text(after)


def _plain(value: object) -> Any:
    """As JSON has it, without members that say nothing; of access its status first."""
    if isinstance(value, Access):
        value = {"status": value.status, "line": value.line} | msgspec.to_builtins(value)
    return _stated(msgspec.to_builtins(value))


def _stated(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _stated(each) for name, each in value.items() if each is not None and each not in ("", [], {})}
    return [_stated(each) for each in value] if isinstance(value, list | tuple) else value


def _text(value: Any) -> str:
    if value is None or value == []:
        return ""
    return _cut(value) if isinstance(value, str) else msgspec.json.encode(_shortened(value)).decode()


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        left = [] if len(value) <= MOST_MEMBERS else ["…"]
        return [_shortened(each) for each in value[:MOST_MEMBERS]] + left
    return _cut(value) if isinstance(value, str) else value


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + " …"
