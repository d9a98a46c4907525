"""How many primitives one query may become: more are trimmed, stems and other names first, words as typed never."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec

from index.fields import TEXT_COLUMNS, stem
from index.query import primitives as p
from index.query.compile import matching
from index.query.model import And, Either, Not, Or, QueryNode, Words

MOST_PRIMITIVES = 1_024
#: stems of a word that are kept, step by step; a word with more loses them before one with few does
_STEPS = (4, 3, 2, 1)
_STEMS = frozenset(map(stem, TEXT_COLUMNS))


class Afforded(NamedTuple):
    """What is asked of the engine."""

    primitive: p.Primitive
    #: other forms or names of the words were left out
    is_trimmed: bool


@lru_cache(maxsize=100)
def afforded(tree: QueryNode) -> Afforded:
    """The primitives of a tree, as far as one query may have them."""
    whole = matching(tree)
    for step in _candidates(whole, tree):
        if count(step) <= MOST_PRIMITIVES:
            return Afforded(step, step is not whole)
    return Afforded(_with_stems(matching(_as_words(tree)), 0), True)


def _candidates(whole: p.Primitive, tree: QueryNode) -> Iterator[p.Primitive]:
    yield whole
    yield from (_with_stems(whole, most) for most in _STEPS)
    words = matching(_as_words(tree))
    yield from (_with_stems(words, most) for most in _STEPS)


def count(primitive: p.Primitive) -> int:
    """The leaves of a primitive."""
    match primitive:
        case p.Bool(must=must, should=should, must_not=must_not):
            return sum(map(count, (*must, *should, *must_not)))
        case p.DisMax(of=parts):
            return sum(map(count, parts))
        case p.Boost(of=part) | p.Constant(of=part):
            return count(part)
    return 1


def _with_stems(primitive: p.Primitive, most: int) -> p.Primitive:
    """The primitive with at most so many stems of each word."""

    def all_of(parts: tuple[p.Primitive, ...]) -> tuple[p.Primitive, ...]:
        return tuple(_with_stems(part, most) for part in parts)

    match primitive:
        case p.Bool(must=must, should=should, must_not=must_not):
            return msgspec.structs.replace(
                primitive, must=all_of(must), should=all_of(should), must_not=all_of(must_not)
            )
        case p.DisMax(of=parts):
            stems = dict.fromkeys(text for part in parts if (text := _stem_of(part)))
            kept = {"", *list(stems)[:most]}
            return msgspec.structs.replace(
                primitive, of=all_of(tuple(each for each in parts if _stem_of(each) in kept))
            )
        case p.Boost(of=part) | p.Constant(of=part):
            return msgspec.structs.replace(primitive, of=_with_stems(part, most))
    return primitive


def _stem_of(primitive: p.Primitive) -> str:
    """The stem that a leaf looks for; empty of anything else."""
    match primitive:
        case p.Boost(of=p.Term(field=field, text=text)) if field in _STEMS:
            return text
    return ""


def _as_words(tree: QueryNode) -> QueryNode:
    """The tree without what its words were understood to mean."""
    match tree:
        case Either(text=text):
            return Words(text=text)
        case And(of=parts) | Or(of=parts):
            return msgspec.structs.replace(tree, of=tuple(map(_as_words, parts)))
        case Not(of=part):
            return Not(of=_as_words(part))
    return tree
