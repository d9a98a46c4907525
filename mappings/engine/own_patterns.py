"""Patterns of the exchange's own, found in most texts at a tenth of the cost.

RE2 is linear in the length of a text and slow to ask. Python's engine may go back and forth, which is bounded where a
text is short; what both find is the same in printable ASCII. Other texts, and patterns of people, are RE2's alone.
"""

from __future__ import annotations

import re
from typing import Any

from mappings.engine.patterns import pattern

#: longest text that is not RE2's
SHORT = 120


class OwnPattern:
    """A pattern written for RE2 that no short text makes slow."""

    __slots__ = ("_any", "_short", "written")

    def __init__(self, text: str) -> None:
        self.written = text
        self._any: Any = pattern(text)
        self._short: Any = re.compile(text.replace(r"[\pL]", r"\pL").replace(r"\pL", "[A-Za-z]"), re.ASCII)

    def _of(self, text: str) -> Any:
        return self._short if len(text) <= SHORT and text.isascii() and text.isprintable() else self._any

    def search(self, text: str) -> Any:
        """Where it is found first; None where it is not."""
        return self._of(text).search(text)

    def fullmatch(self, text: str) -> Any:
        """Whether it is all of the text, with its groups; None where it is not."""
        return self._of(text).fullmatch(text)

    def sub(self, replacement: str, text: str) -> str:
        """`text` with `replacement` wherever it is found."""
        return str(self._of(text).sub(replacement, text))
