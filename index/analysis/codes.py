"""Codes and identifiers as keys: one spelling, and the paths above a reference code."""

from __future__ import annotations

import re

from mappings.schema.folding import fold

#: what parts the parts of a code
SEPARATOR = re.compile(r"[/\-.·:_ ]+")
#: keys are cut here: longer ones vanish in the engine
KEY_LENGTH = 500


def code_key(code: str) -> str:
    """A code as it is compared: folded, single spaces."""
    return " ".join(fold(code).split())[:KEY_LENGTH]


def code_paths(code: str) -> tuple[str, ...]:
    """Each prefix of a code that ends at a separator: `wa`, `wa/hmm` of `WA/HMM/CM`."""
    key = code_key(code)
    return tuple(key[: found.start()] for found in SEPARATOR.finditer(key) if found.start() > 0)


def looks_like_code(text: str) -> bool:
    """Whether a whole query may be a code or an identifier: a digit or a separator in it, and no long prose."""
    return len(text) <= 200 and (any(c.isdigit() for c in text) or bool(re.search(r"[/:·]", text)))
