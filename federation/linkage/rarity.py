"""Headings that say little: a frozen table of the most bits that an equal title may give.

Live counts would make clusters depend on what came first; the table is part of the rule set and named by its digest.
One part was weighed by hand, the other counted in open catalogues by `deploy/headings/make_table.py`.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

from federation.linkage.comparable import comparable

#: bits of a heading that is nowhere common
MOST = 8.0
_BY_HAND, _COUNTED = "headings.tsv", "headings_counted.tsv"


@cache
def headings() -> dict[str, float]:
    """Comparable title -> most bits."""
    return _read(_COUNTED) | headings_by_hand()


def headings_by_hand() -> dict[str, float]:
    """The part of the table that people weighed."""
    return _read(_BY_HAND)


def _read(file: str) -> dict[str, float]:
    rows = (line.partition("\t") for line in _text(file).splitlines() if line and not line.startswith("#"))
    return {comparable(title): float(bits) for title, _, bits in rows}


@cache
def table_name() -> str:
    """Name and digest of the table, as rule sets pin it."""
    return f"headings-2026@sha256:{hashlib.sha256((_text(_BY_HAND) + _text(_COUNTED)).encode()).hexdigest()[:16]}"


def _text(file: str) -> str:
    return files("federation.linkage").joinpath("rulesets", file).read_text(encoding="utf-8")


def ceiling(title: str) -> float:
    """The most bits that two equal titles of this wording may give."""
    return headings().get(title, MOST)
