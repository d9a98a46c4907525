"""Unquoted words that also name a time: the words stay, and what they were understood to mean stands beside them.

A reading widens and lifts; it cannot lose a record that has the words. Only dates are read so far: a year, a decade, a
century, a range of years, a reign year or period in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from index.query.canonical import all_of
from index.query.model import And, Dates, Either, Phrase, QueryNode, Words
from index.query.values import days_of
from mappings.schema.folding import is_han

_YEARS = re.compile(r"(c\.?)?[1-2]\d{3}(s|年|年代)?|[1-2]\d{3}[-–](\d{2}|[1-2]\d{3})", re.IGNORECASE)
_CENTURY = re.compile(r"\d{1,2}(st|nd|rd|th) century", re.IGNORECASE)
#: a single character is far more often a word than a dynasty
_SHORTEST_PERIOD = 2


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a query that name a time."""

    #: as typed
    text: str
    #: the query with the words as a time alone, and with them as words alone
    only: QueryNode
    off: QueryNode


def recognised(tree: QueryNode) -> QueryNode:
    """The tree in which unquoted words may mean what they name."""
    match tree:
        case Words(field=None):
            return _either(tree)
        case And(of=parts):
            return And(of=tuple(_either(part) if _is_open(part) else part for part in parts))
        case _:
            return tree


def readings(tree: QueryNode) -> Iterator[Reading]:
    """What of a tree was recognised, each with the query that settles it one way or the other."""
    parts = tree.of if isinstance(tree, And) else (tree,)
    for place, part in enumerate(parts):
        named = _named(part.text) if isinstance(part, Words) and _is_open(part) else None
        if named is not None:
            before, after = parts[:place], parts[place + 1 :]
            rest = _rest(part, named) if isinstance(part, Words) else ()
            yield Reading(
                text=named,
                only=all_of((*before, *rest, _time(named), *after)),
                off=all_of((*before, *rest, Phrase(text=named), *after)),
            )


def _is_open(part: QueryNode) -> bool:
    return isinstance(part, Words) and part.field is None


def _either(part: QueryNode) -> QueryNode:
    named = _named(part.text) if isinstance(part, Words) else None
    if not isinstance(part, Words) or named is None:
        return part
    return Either(text=part.text, meaning=all_of((*_rest(part, named), _time(named))))


def _time(named: str) -> Dates:
    return Dates(start=named, end=named)


def _rest(part: Words, named: str) -> tuple[Words, ...]:
    """The words but those that name the time."""
    before, _, after = f" {part.text} ".partition(f" {named} ")
    kept = " ".join(f"{before} {after}".split())
    return (Words(text=kept),) if kept else ()


def _named(text: str) -> str | None:
    """The one time that words name; none where they name several, as one thing is seldom of both."""
    typed = text.split()
    pairs = [" ".join(pair) for pair in pairwise(typed) if _CENTURY.fullmatch(" ".join(pair))]
    found = [*pairs, *(word for word in typed if _is_time(word))]
    return found[0] if len(found) == 1 and days_of(found[0]) is not None else None


def _is_time(word: str) -> bool:
    if _YEARS.fullmatch(word):
        return True
    return len(word) >= _SHORTEST_PERIOD and all(map(is_han, word)) and days_of(word) is not None
