"""Primitives without their scores: what has to hold of a document. Equal conditions are one object.

So whoever asks many queries of the same documents can keep what came of a condition by the condition itself.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from index.query import primitives as p

_KEPT = 200_000

Leaf = p.Term | p.Terms | p.Phrase | p.Prefix | p.Pattern | p.Fuzzy | p.Range | p.All | p.Nothing


class Condition(msgspec.Struct, frozen=True, eq=False):
    """A leaf, or at least `needed` of `of` and none of `without`."""

    leaf: Leaf | None
    of: tuple[Condition, ...] = ()
    needed: int = 0
    without: tuple[Condition, ...] = ()


#: equal arguments give the same condition
_condition = lru_cache(maxsize=_KEPT)(Condition)


def condition(primitive: p.Primitive) -> Condition:
    """What a primitive asks of a document; what only lifts a score is left out."""
    match primitive:
        case p.Boost(of=of) | p.Constant(of=of):
            return condition(of)
        case p.DisMax(of=of):
            return _condition(None, tuple(map(condition, of)), 1)
        case p.Bool():
            return _boolean(primitive)
        case _:
            return _condition(primitive)


def _boolean(wanted: p.Bool) -> Condition:
    """`should` counts where it has a minimum, or where nothing else must hold."""
    parts = list(map(condition, wanted.must))
    needed = wanted.minimum or (0 if wanted.must else 1)
    if needed:
        parts.append(_condition(None, tuple(map(condition, wanted.should)), needed))
    if len(parts) == 1 and not wanted.must_not:
        return parts[0]
    return _condition(None, tuple(parts), len(parts), tuple(map(condition, wanted.must_not)))
