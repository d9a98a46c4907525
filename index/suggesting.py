"""What a word half typed may become: titles, names, subjects, places, institutions and codes that the reader may see.

Everything is read from documents that match under the reader's visibility, so nothing else can be offered.
"""

from __future__ import annotations

from collections.abc import Iterator

from index.analysis.codes import code_key, looks_like_code
from index.display import Display, unpack
from index.engine import Engine, Wanted
from index.fields import ANCHOR, exact
from index.query import primitives as p
from index.query.canonical import canonical, printed
from index.query.compile import narrowing, side_by_side
from index.query.model import Equals, Phrase
from index.request import SearchRequest
from index.results import Suggestion, SuggestionKind
from mappings.schema.access import Visibility
from mappings.schema.folding import words

MOST = 10
#: of one kind
_TITLES, _VALUES, _CODES = 4, 3, 3
#: values whose label holds the text somewhere; only those with it at the beginning of a word are offered
_LOOKED_AT = 40
_LONGEST = 100
#: facets whose values are offered; a name before a colon can ask for three of them as words
_FACETS: tuple[SuggestionKind, ...] = ("creator", "subject", "place", "institution")


def suggest(engine: Engine, visibility: Visibility, text: str, limit: int = MOST) -> tuple[Suggestion, ...]:
    """At most `limit` ways to go on from a text as typed, of each kind a few; none before two letters or a Han word."""
    folded = words(text[:_LONGEST])
    if not folded or (len(folded) == 1 and len(folded[0]) < 2 and folded[0].isascii()):
        return ()
    base = SearchRequest(visibility=visibility)
    found = [
        *_titles(engine, base, folded),
        *(each for facet in _FACETS for each in _values(engine, base, facet, folded)),
        *(_codes(engine, base, text[:_LONGEST]) if looks_like_code(text[:_LONGEST]) else ()),
    ]
    return tuple({(each.kind, each.text): each for each in found}.values())[:limit]


def _titles(engine: Engine, base: SearchRequest, folded: list[str]) -> Iterator[Suggestion]:
    query = p.Bool(must=(_going_on(exact("title"), folded), *narrowing(base)), should=(_from_the_start(folded),))
    for display in engine.top(query, "relevance", 0, _TITLES).displays:
        hit = unpack(display)
        yield Suggestion(kind="title", text=hit.title, query=_whole_title(hit), cluster=hit.id)


def _whole_title(hit: Display) -> str:
    return printed(canonical(Phrase(text=hit.title[:_LONGEST])))


def _from_the_start(folded: list[str]) -> p.Primitive:
    """Titles that begin so come first."""
    whole = (ANCHOR, *folded[:-1])
    return p.Constant(side_by_side(exact("title"), whole), 2.0 if len(whole) > 1 else 0.0)


def _going_on(column: str, folded: list[str]) -> p.Primitive:
    """All the words, the last of them as a beginning; Han stands one character a word and is sought in a row."""
    *whole, last = folded
    parts: list[p.Primitive] = [p.Constant(p.Prefix(column, last), 1.0)]
    if whole and all(len(word) == 1 and not word.isascii() for word in folded):
        parts = [p.Phrase(column, tuple(folded))]
    else:
        parts += [p.Term(column, word) for word in whole]
    return p.Bool(must=tuple(parts))


def _values(engine: Engine, base: SearchRequest, facet: SuggestionKind, folded: list[str]) -> Iterator[Suggestion]:
    column = _going_on(exact(facet), folded) if facet != "institution" else p.All()
    query = p.Bool(must=(p.filtered(column), *narrowing(base)))
    typed = " ".join(folded)
    found = engine.values_labelled(query, facet, typed, _LOOKED_AT)
    labels = engine.labels(facet, found)
    begun = [value for value in found if f" {typed}" in f" {' '.join(words(labels.get(value, value)))}"]
    wanted = Wanted(facets=(facet,), size=0, also=tuple((facet, value) for value in begun))
    counts = engine.counts(query, wanted).facets[facet] if begun else ()
    for value, count in sorted(counts, key=lambda each: (-each[1], each[0]))[:_VALUES]:
        if count:
            label = labels.get(value, value)
            yield Suggestion(kind=facet, text=label, query=_query(facet, value, label), count=count)


def _query(facet: SuggestionKind, value: str, label: str) -> str:
    if facet == "institution":
        return printed(Equals(field="institution", value=value))
    return printed(canonical(Phrase(text=label, field=facet)))


def _codes(engine: Engine, base: SearchRequest, text: str) -> Iterator[Suggestion]:
    key = code_key(text)
    query = p.Bool(must=(p.filtered(p.Prefix("code", key)), *narrowing(base)))
    found = [unpack(each) for each in engine.top(query, "key", 0, _CODES).displays]
    codes = (holder.reference_code or "" for hit in found for holder in hit.institutions)
    for code in dict.fromkeys(code for code in codes if code_key(code).startswith(key)):
        yield Suggestion(kind="code", text=code, query=printed(Equals(field="code", value=code)))
