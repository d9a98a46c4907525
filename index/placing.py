"""Hits at any depth of the order of `id`, by their number alone: nothing is held open, and no hit before is read.

Order keys are the beginnings of hashes, so they lie evenly: where the key of a hit's number must be is guessed, what
lies below the guess is counted, and after a few counts the hit is near.
"""

from __future__ import annotations

from index.engine import Engine, Top
from index.query import primitives as p

#: order keys are smaller
_KEYS = 1 << 48
#: hits that an engine may skip by itself
NEAR = 1_000
#: guesses, before the rest is halved: only keys that do not lie evenly need as many
_GUESSES = 12


def placed(engine: Engine, query: p.Primitive, offset: int, limit: int) -> Top:
    """`limit` hits from `offset` on in the order of the order key, and how many there are in all."""
    total = engine.count(query)
    if offset >= total:
        return Top(total=total, displays=())
    key, skipped = _near(engine, query, offset, total)
    top = engine.top(_above(query, key), "key", offset - skipped, limit)
    return Top(total=total, displays=top.displays, last=top.last)


def _near(engine: Engine, query: p.Primitive, offset: int, total: int) -> tuple[int, int]:
    """A key below that of the hit at `offset`, and how many hits have it or a smaller one: `NEAR` less at most."""
    low, below, high, above = -1, 0, _KEYS, total
    guesses = 0
    while offset - below > NEAR and high - low > 1:
        guess = _between(low, below, high, above, offset) if guesses < _GUESSES else (low + high) // 2
        counted = engine.count(p.Bool(must=(query, p.filtered(p.Range("order_key", None, guess)))))
        if counted <= offset:
            low, below = guess, counted
        else:
            high, above = guess, counted
        guesses += 1
    return low, below


def _between(low: int, below: int, high: int, above: int, offset: int) -> int:
    """Where the key of the hit a little before `offset` lies if keys lie evenly, inside the bounds."""
    wanted = offset - NEAR // 2 - below
    guess = low + (high - low) * wanted // max(above - below, 1)
    return min(max(guess, low + 1), high - 1)


def _above(query: p.Primitive, key: int) -> p.Primitive:
    return p.Bool(must=(query, p.filtered(p.Range("order_key", key + 1, None))))
