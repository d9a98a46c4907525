"""Why two records are one, or are not: in the order in which the machine asked, ready for words.

Codes and data stand here; a door says them in its reader's language.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from federation.linkage.blocking_keys import keys_of
from federation.linkage.comparison import Reason, compare
from federation.linkage.features import Features
from federation.linkage.ruleset import Ruleset, base

#: not_compared: no common key; parted: a gate; apart, review, merge: by the sum of bits
Outcome = Literal["not_compared", "parted", "apart", "review", "merge"]


class SharedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key under which both stand."""

    kind: str
    value: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Two records, explained."""

    outcome: Outcome
    keys: tuple[SharedKey, ...]
    #: the gate that parted them, and `different` or `related`
    gate: str = ""
    verdict: str = ""
    reasons: tuple[Reason, ...] = ()
    bits: float = 0.0
    #: bits from which a pair merges, and from which a person should look
    merge: float
    review: float
    ruleset: str


def explain(a: Features, b: Features, rules: Ruleset | None = None) -> Explanation:
    """What the rule set makes of two records, whether or not it ever compared them."""
    rules = rules or base()
    numbers = {key.number for key in keys_of(b)}
    keys = tuple(SharedKey(kind=key.kind, value=key.value) for key in keys_of(a) if key.number in numbers)
    compared = compare(a, b, rules)
    outcome: Outcome = "apart"
    if compared.gate is not None:
        outcome = "parted"
    elif not keys:
        outcome = "not_compared"
    elif compared.bits >= rules.limits.merge:
        outcome = "merge"
    elif compared.bits >= rules.limits.review:
        outcome = "review"
    return Explanation(
        outcome=outcome,
        keys=keys,
        gate=compared.gate.name if compared.gate else "",
        verdict=compared.gate.verdict if compared.gate else "",
        reasons=compared.reasons,
        bits=compared.bits,
        merge=rules.limits.merge,
        review=rules.limits.review,
        ruleset=rules.label,
    )
