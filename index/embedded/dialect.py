"""Primitives in tantivy's own queries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations_with_replacement

from tantivy import FieldType, Occur, Query

from index.embedded.schema import schema
from index.query import primitives as p

#: more values than this are sought as a set
_FEW = 8
#: words, and words with masks, whose queries are kept: one search asks for the same ones many times over
_KEPT_WORDS, _KEPT_MASKS = 1_000, 100


def spoken(primitive: p.Primitive) -> Query:
    """The query that tantivy runs."""
    match primitive:
        case p.Term(field, text):
            return Query.term_query(schema(), field, text)
        case p.Boost(of, by):
            return Query.boost_query(spoken(of), by)
        case p.DisMax():
            return _best_of(primitive)
        case p.Bool():
            return _boolean(primitive)
        case p.Constant(of, score):
            return Query.const_score_query(spoken(of), score)
        case p.Phrase(field, texts, slop):
            return _phrase(field, texts, slop)
        case p.Terms(field, texts):
            return _terms(field, texts)
        case p.Range(field, low, high):
            return _range(field, low, high)
        case p.Prefix(field, text):
            return _regular(field, f"{re.escape(text)}.*") if text else Query.empty_query()
        case p.Pattern(field, text):
            return _regular(field, _mask(text))
        case p.Fuzzy(field, text, edits):
            return Query.fuzzy_term_query(schema(), field, text, distance=edits)
        case p.All():
            return Query.all_query()
        case p.Nothing():
            return Query.empty_query()


@lru_cache(maxsize=_KEPT_WORDS)
def _best_of(word: p.DisMax) -> Query:
    """One word in every column."""
    return Query.disjunction_max_query(list(map(spoken, word.of)), word.tie)


@lru_cache(maxsize=_KEPT_MASKS)
def _regular(field: str, expression: str) -> Query:
    return Query.regex_query(schema(), field, expression)


def _boolean(wanted: p.Bool) -> Query:
    parts = [(Occur.Must, spoken(each)) for each in wanted.must]
    should = [(Occur.Should, spoken(each)) for each in wanted.should]
    if wanted.minimum and parts:
        parts.append((Occur.Must, Query.boolean_query(should, wanted.minimum)))
    else:
        parts += should
    parts += [(Occur.MustNot, spoken(each)) for each in wanted.must_not]
    minimum = wanted.minimum if wanted.minimum and not wanted.must else None
    return Query.boolean_query(parts, minimum)


def _terms(field: str, texts: tuple[str, ...]) -> Query:
    if len(texts) > _FEW:
        return Query.term_set_query(schema(), field, list(texts))
    parts = [(Occur.Should, Query.term_query(schema(), field, text, "basic")) for text in texts]
    return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)


def _range(field: str, low: int | None, high: int | None) -> Query:
    if low is None and high is None:
        return Query.exists_query(field)
    return Query.range_query(schema(), field, FieldType.Integer, low, high)


def _phrase(field: str, texts: tuple[str, ...], slop: int) -> Query:
    """In order, with gaps: the engine's own slop lets words change places, so every offset is its own phrase."""
    if len(texts) < 2:
        return Query.term_query(schema(), field, texts[0])
    if not slop:
        return Query.phrase_query(schema(), field, list(texts))
    phrases = [Query.phrase_query(schema(), field, placed) for placed in _offsets(texts, slop)]
    return Query.boolean_query([(Occur.Should, each) for each in phrases])


def _offsets(texts: tuple[str, ...], slop: int) -> Iterable[list[str | tuple[int, str]]]:
    for shifts in combinations_with_replacement(range(slop + 1), len(texts) - 1):
        yield [(place + shift, text) for place, (shift, text) in enumerate(zip((0, *shifts), texts, strict=True))]


def _mask(text: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(character) or re.escape(character) for character in text)
