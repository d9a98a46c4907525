"""Gates: what parts two records before any likeness is weighed, and outranks even a shared identifier.

A gate speaks only where both records state its field. It answers `different` or `related`, never `same`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
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


def _registration(a: Features, b: Features) -> bool:
    """Two DOIs under one prefix: their registrant tells them apart, as versions or as two things."""
    one, other = _dois(a), _dois(b)
    if not one or not other or one & other:
        return False
    return bool({_prefix(doi) for doi in one} & {_prefix(doi) for doi in other})


def _dois(features: Features) -> frozenset[str]:
    return frozenset(name for name in features.identifiers if name.startswith("doi:"))


def _prefix(doi: str) -> str:
    return doi.partition("/")[0]


def _appearance(a: Features, b: Features) -> bool:
    """Articles of two years that share no identifier: a paper of a conference and its later form in a journal."""
    if a.kind != "article" or set(a.identifiers) & set(b.identifiers):
        return False
    return bool(a.years) and bool(b.years) and not set(a.years) & set(b.years)


#: what speaks about another publication under its title
_NOTICE = re.compile(
    r"\b(?:errat(?:um|a)|corrigend(?:um|a)|corrections? to|addend(?:um|a)|retraction|withdrawn|rejoinder|reply"
    r"|response to|comments? on|discussion of|evaluation for|replication data|supplementa(?:ry|l))\b|勘误|更正|补遗"
)
_REVIEW = re.compile(r"\b(?:review of|book review)\b|书评")


def _notice(a: Features, b: Features) -> bool:
    """An erratum or a reply, or a review by other hands, and what it speaks about."""
    if a.kind not in ("article", "dataset"):
        return False
    (one, one_review), (other, other_review) = _notices(a.title), _notices(b.title)
    return one != other or (one_review != other_review and not set(a.names) & set(b.names))


@lru_cache(maxsize=10_000)
def _notices(title: str) -> tuple[frozenset[str], bool]:
    """What a title says that it is, and whether it is a review; catalogues often leave that out."""
    return frozenset(_NOTICE.findall(title)), _REVIEW.search(title) is not None


_GATES: dict[str, tuple[Callable[[Features, Features], bool], Verdict]] = {
    "kind": (lambda a, b: a.kind != b.kind, "different"),
    "level": (_level, "different"),
    "part": (_part, "different"),
    "issue": (lambda a, b: _recurring(a, b) or (a.kind == "serial" and _differ(a.numbers, b.numbers)), "different"),
    "medium": (lambda a, b: _differ(a.medium, b.medium), "related"),
    "edition": (lambda a, b: _differ(_edition(a), _edition(b)), "related"),
    "imprint": (_imprint, "related"),
    "notice": (_notice, "related"),
    "registration": (_registration, "related"),
    "appearance": (_appearance, "related"),
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
