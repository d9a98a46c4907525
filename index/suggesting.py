"""What a word half typed may become: titles, names, subjects, places, institutions and codes that the reader may see.

Everything is read from documents that match under the reader's visibility, so nothing else can be offered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from index.analysis.codes import code_key, looks_like_code
from index.display import Display, unpack
from index.engine import Engine, Wanted
from index.fields import exact
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
#: things, or values, that are looked at for each kind
_LOOKED_AT = 40
_LONGEST = 100
#: text columns whose values are offered as a whole
_COLUMNS: tuple[SuggestionKind, ...] = ("creator", "subject", "place")


def suggest(engine: Engine, visibility: Visibility, text: str, limit: int = MOST) -> tuple[Suggestion, ...]:
    """At most `limit` ways to go on from a text as typed, of each kind a few; none before two letters or a Han word."""
    folded = words(text[:_LONGEST])
    if not folded or (len(folded) == 1 and len(folded[0]) < 2 and folded[0].isascii()):
        return ()
    base = SearchRequest(visibility=visibility)
    found = [
        *_titles(engine, base, folded),
        *(each for column in _COLUMNS for each in _values(engine, base, column, folded)),
        *_institutions(engine, base, folded),
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
    return p.Constant(p.Prefix("title_key", " ".join(folded)), 2.0)


def _going_on(column: str, folded: list[str]) -> p.Primitive:
    """All the words, the last of them as a beginning; Han stands one character a word and is sought in a row."""
    *whole, last = folded
    parts: list[p.Primitive] = [p.Constant(p.Prefix(column, last), 1.0)]
    if whole and all(len(word) == 1 and not word.isascii() for word in folded):
        parts = [p.Phrase(column, tuple(folded))]
    else:
        parts += [p.Term(column, word) for word in whole]
    return p.Bool(must=tuple(parts))


def _values(engine: Engine, base: SearchRequest, column: SuggestionKind, folded: list[str]) -> Iterator[Suggestion]:
    """Names, subjects or places that stand most often in the first things that have one that goes on so."""
    query = p.Bool(must=(_going_on(exact(column), folded), *narrowing(base)))
    found = [unpack(each) for each in engine.top(query, "relevance", 0, _LOOKED_AT).displays]
    labels = [each.text for thing in found for each in thing.texts if each.column == column]
    spelt = {tuple(sorted(words(label))): label for label in reversed(labels) if _goes_on(label, folded)}
    often = Counter(tuple(sorted(words(label))) for label in labels)
    for tokens in sorted(spelt, key=lambda each: (-often[each], each))[:_VALUES]:
        label = spelt[tokens]
        named = p.filtered(side_by_side(exact(column), tuple(words(label))))
        count = engine.count(p.Bool(must=(named, *narrowing(base))))
        asked = printed(canonical(Phrase(text=label, field=column)))
        yield Suggestion(kind=column, text=label, query=asked, count=count)


def _goes_on(label: str, folded: list[str]) -> bool:
    return f" {' '.join(folded)}" in f" {' '.join(words(label))}"


def _institutions(engine: Engine, base: SearchRequest, folded: list[str]) -> Iterator[Suggestion]:
    query = p.Bool(must=narrowing(base))
    found = engine.values_labelled(query, "institution", " ".join(folded), _LOOKED_AT)
    labels = engine.labels("institution", found)
    begun = [value for value in found if _goes_on(labels.get(value, value), folded)]
    wanted = Wanted(facets=("institution",), size=0, also=tuple(("institution", value) for value in begun))
    counts = engine.counts(query, wanted).facets["institution"] if begun else ()
    for value, count in sorted(counts, key=lambda each: (-each[1], each[0]))[:_VALUES]:
        asked = printed(Equals(field="institution", value=value))
        yield Suggestion(kind="institution", text=labels.get(value, value), query=asked, count=count)


def _codes(engine: Engine, base: SearchRequest, text: str) -> Iterator[Suggestion]:
    key = code_key(text)
    query = p.Bool(must=(p.filtered(p.Prefix("code", key)), *narrowing(base)))
    found = [unpack(each) for each in engine.top(query, "key", 0, _CODES).displays]
    codes = (holder.reference_code or "" for hit in found for holder in hit.institutions)
    for code in dict.fromkeys(code for code in codes if code_key(code).startswith(key)):
        yield Suggestion(kind="code", text=code, query=printed(Equals(field="code", value=code)))
