"""Gates: what parts two records before any likeness is weighed, and outranks even a shared identifier.

A gate speaks only where both records state its field. It answers `different` or `related`, never `same`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from federation.linkage.features import Features
from federation.linkage.rarity import ceiling

#: likeness in percent from which two publishers are one
SAME_PUBLISHER = 80

#: what comes out again and again under one title
_RECURRING = re.compile(
    r"\b(?:proceedings|transactions|annual|yearbook|almanac|bulletin|jahrbuch|jahresbericht|annuaire|report of the)\b"
    r"|年报|年鉴|年会"
)
#: years from which two books of one title are two editions, whatever else is known
_FAR_APART = 10

Verdict = Literal["different", "related"]


class Gate(NamedTuple):
    """A gate that closed."""

    name: str
    verdict: Verdict


def _differ(a: tuple[str, ...] | str, b: tuple[str, ...] | str) -> bool:
    return bool(a) and bool(b) and a != b


def _part(a: Features, b: Features) -> bool:
    return bool(a.part) and bool(b.part) and not set(a.part) & set(b.part)


def _level(a: Features, b: Features) -> bool:
    archival = a.kind == b.kind == "archival"
    return archival and _differ(a.level, b.level)


def _recurring(a: Features, b: Features) -> bool:
    """A heading that comes back every year, in another year: two issues of it."""
    if a.title != b.title or not (ceiling(a.title) <= 0 or _RECURRING.search(a.title)):
        return False
    return bool(a.years) and bool(b.years) and not set(a.years) & set(b.years)


def _imprint(a: Features, b: Features) -> bool:
    """Books of other publishers, years or extents apart, that share no identifier: editions of one work."""
    if a.kind != "book" or set(a.identifiers) & set(b.identifiers):
        return False
    apart = min((abs(one - other) for one in a.years for other in b.years), default=0)
    if not (a.publisher and b.publisher):
        return apart > _FAR_APART
    if fuzz.token_set_ratio(a.publisher, b.publisher) >= SAME_PUBLISHER:
        return False
    pages = bool(a.pages and b.pages) and abs(a.pages - b.pages) > 0.1 * max(a.pages, b.pages)
    return apart > 1 or pages


_GATES: dict[str, tuple[Callable[[Features, Features], bool], Verdict]] = {
    "kind": (lambda a, b: a.kind != b.kind, "different"),
    "level": (_level, "different"),
    "part": (_part, "different"),
    "issue": (lambda a, b: _recurring(a, b) or (a.kind == "serial" and _differ(a.numbers, b.numbers)), "different"),
    "medium": (lambda a, b: _differ(a.medium, b.medium), "related"),
    "edition": (lambda a, b: _differ(_edition(a), _edition(b)), "related"),
    "imprint": (_imprint, "related"),
    "stage": (lambda a, b: _differ(a.stage, b.stage), "related"),
}
#: the ones that a rule set may leave out
OPTIONAL: frozenset[str] = frozenset(_GATES) - {"kind", "level"}

_FIRST = frozenset({"1", "1st", "first", "1 aufl", "erste", "1re"})


def _edition(features: Features) -> str:
    """The edition's number, else its words; a first edition is like none stated."""
    found = features.edition.split()
    number = next((word.rstrip("stndrh") for word in found if word[:1].isdigit()), "")
    return "" if (number or " ".join(found)) in _FIRST else number or " ".join(found)


def gate(a: Features, b: Features, names: frozenset[str] = OPTIONAL) -> Gate | None:
    """The first gate that parts `a` and `b`; an identifier of origin passes `level`, as units move."""
    shared_origin = bool(set(a.origins) & set(b.origins))
    for name, (parts, verdict) in _GATES.items():
        if name in OPTIONAL and name not in names:
            continue
        if name == "level" and shared_origin:
            continue
        if parts(a, b):
            return Gate(name, verdict)
    return None
