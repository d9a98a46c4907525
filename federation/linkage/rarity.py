"""Headings that say little: a frozen table of the most bits that an equal title may give.

Live counts would make clusters depend on what came first; the table is part of the rule set and named by its digest.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from mappings.schema.folding import words


@cache
def headings() -> dict[str, float]:
    """Folded title -> most bits."""
    found = {}
    for line in _text().splitlines():
        title, _, bits = line.partition("\t")
        if title and not title.startswith("#"):
            found[" ".join(words(title))] = float(bits)
    return found


def table_name() -> str:
    """Name and digest of the table, as rule sets pin it."""
    return f"headings-2026@sha256:{hashlib.sha256(_text().encode()).hexdigest()[:16]}"


def _text() -> str:
    return files("federation.linkage").joinpath("rulesets", "headings.tsv").read_text(encoding="utf-8")


def ceiling(title: str) -> float:
    """The most bits that two equal titles of this wording may give."""
    return headings().get(title, 8.0)
