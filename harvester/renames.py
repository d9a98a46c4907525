"""Repositories that call their records otherwise: what tells a renamed record from a new one (harvesting, 5); pure.

A migrated repository gives what is held already under identifiers with another beginning. Which beginning became which
is a rule; whether the rule holds is a matter of counting, and whether it is meant is a person's word.
"""

from __future__ import annotations

import re
from itertools import takewhile

import msgspec

#: new records on a page, or new names in a list, from which on a rule is sought
FEWEST = 10
#: the same of a feed that has fewer than `FEWEST` altogether: one record alone shows no rule
_FEWEST_OF_FEW = 2
#: share of them that one rule has to lead to what is held
AGREED = 0.95
#: share of the live records from which on a renaming waits for a person
SHARE = 0.20
#: pages on which a run seeks a rule in vain
TRIES = 5

_NAMESPACE = re.compile(r"oai:[^:]*|[A-Za-z][A-Za-z0-9+.-]*://[^/]*|[^:/]*")


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What identifiers began with, and begin with now."""

    old: str
    new: str

    def former(self, identifier: str) -> str | None:
        """What a record was called; None where its identifier begins otherwise."""
        return self.old + identifier.removeprefix(self.new) if identifier.startswith(self.new) else None

    def present(self, identifier: str) -> str | None:
        """What a record is called now; None where its identifier began otherwise."""
        return self.new + identifier.removeprefix(self.old) if identifier.startswith(self.old) else None


class Renaming(msgspec.Struct, frozen=True, kw_only=True):
    """What a run has found of one so far."""

    #: None = none was found
    rule: Rule | None = None
    #: new records that it leads to one that is held
    pairs: int = 0
    #: pages on which a rule was sought
    sought: int = 0


def local_part(identifier: str) -> str:
    """What follows the namespace, its separator included; empty where nothing tells them apart.

    The namespace is `oai:` and a repository's name (OAI identifier format, 2.1), a scheme and a host, or all up to the
    first colon or slash.
    """
    found = _NAMESPACE.match(identifier)
    return identifier[found.end() :] if found else ""


def rule_between(old: str, new: str) -> Rule | None:
    """The rule that makes one of the other; None where they end differently."""
    letters = zip(reversed(old), reversed(new), strict=False)
    length = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], letters))
    return Rule(old=old[:-length], new=new[:-length]) if length and old != new else None


def holds(pairs: int, arrivals: int) -> bool:
    """Whether a rule explains enough of what arrived."""
    return arrivals > 0 and pairs >= AGREED * arrivals


def fewest(live: int) -> int:
    """From how many new names on a rule is sought in a feed with so many live records."""
    return FEWEST if live >= FEWEST else _FEWEST_OF_FEW


def is_weighty(pairs: int, live: int) -> bool:
    """Whether so many renamed records of those that were live are a person's matter."""
    return pairs >= fewest(live) and pairs >= SHARE * live
