"""A value of the common record that was kept as JSON, in words: what a dry run found before and after."""

from __future__ import annotations

from typing import Any

import msgspec


def plain_lines(text: str) -> tuple[tuple[str, str], ...]:
    """Name and words of each member, or of each value under no name; what is no JSON stands as it is.

    >>> plain_lines('{"status":"closed","until":"2040"}')
    (('status', 'closed'), ('until', '2040'))
    """
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return (("", text),)
    if isinstance(value, dict):
        return tuple((name, _words(member)) for name, member in value.items())
    return tuple(("", _words(each)) for each in value) if isinstance(value, list) else (("", text),)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(filter(None, map(_words, value.values())))
    if isinstance(value, list):
        return "; ".join(filter(None, map(_words, value)))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
