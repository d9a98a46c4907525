"""What a word half typed may become: titles, names, subjects, places, institutions and codes that the reader may see.

Latin letters may spell Chinese ones: `honglou`, `hung lou` and `hlm` go on to 红楼梦.

Everything is read from documents that match under the reader's visibility, so nothing else can be offered.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from index.analysis.codes import code_key, looks_like_code
from index.display import Display, unpack
from index.engine import Engine
from index.errors import BackendUnavailable
from index.fields import SPOKEN, exact, facet
from index.found import SOFT_SECONDS, Found, found
from index.holders import holders_of
from index.query import primitives as p
from index.query.canonical import canonical, printed
from index.query.compile import narrowing, side_by_side
from index.query.model import Equals, Phrase
from index.query.tokens import CONTROLS
from index.request import SearchRequest
from index.results import Suggestion, SuggestionKind
from index.suggesting_sounds import spelt, spoken_so
from mappings.schema.access import Visibility
from mappings.schema.folding import words

MOST = 10
#: of one kind
_TITLES, _VALUES, _CODES = 4, 3, 3
#: things, or values, that are looked at for each kind
_LOOKED_AT = 16
_LONGEST = 100
#: text columns whose values are offered as a whole
_COLUMNS: tuple[SuggestionKind, ...] = ("creator", "subject", "place")

#: the reader's visibility, as every query has it
Narrowing = tuple[p.Primitive, ...]
_HOLDER = facet("institution")


def suggest(
    engine: Engine,
    visibility: Visibility,
    text: str,
    limit: int = MOST,
    clock: Callable[[], float] = time.monotonic,
) -> Found[Suggestion]:
    """At most `limit` ways to go on from a text as typed, of each kind a few; none before two letters or a Han word.

    Where the engine does not give them all in time, those that it gave. Raises BackendUnavailable where there are none.
    """
    text = CONTROLS.sub(" ", text[:_LONGEST])
    folded = words(text)
    if not folded or (len(folded) == 1 and len(folded[0]) < 2 and folded[0].isascii()):
        return Found()
    engine.take_parts()
    base = narrowing(SearchRequest(visibility=visibility))
    kinds = (
        _titles(engine, base, folded),
        *(_values(engine, base, column, folded) for column in _COLUMNS),
        _spelt(engine, base, text),
        _institutions(engine, visibility, folded),
        *((_codes(engine, base, text),) if looks_like_code(text) else ()),
    )
    offered, in_time = _in_time(kinds, clock)
    unlike = list({(each.kind, each.text): each for each in offered}.values())
    return found(unlike[:limit], is_whole=in_time and engine.is_whole)


def _in_time(kinds: Iterable[Iterator[Suggestion]], clock: Callable[[], float]) -> tuple[list[Suggestion], bool]:
    """What the kinds give before time is up or the engine goes away, and whether that is all."""
    offered: list[Suggestion] = []
    until = clock() + SOFT_SECONDS
    for kind in kinds:
        if clock() > until:
            return offered, False
        try:
            offered += kind
        except BackendUnavailable:
            if not offered:
                raise
            return offered, False
    return offered, True


def _titles(engine: Engine, base: Narrowing, folded: list[str]) -> Iterator[Suggestion]:
    """Those that begin so come first."""
    whole = p.filtered(engine.begun("title_key", " ".join(folded)))
    inside = p.filtered(_going_on(engine, exact("title"), folded))
    found = [*_first(engine, p.Bool(must=(whole, *base)), _TITLES)]
    if len(found) < _TITLES:
        found += _first(engine, p.Bool(must=(inside, *base)), _TITLES)
    for hit in list({hit.id: hit for hit in found}.values())[:_TITLES]:
        yield _title(hit)


def _title(hit: Display) -> Suggestion:
    return Suggestion(kind="title", text=hit.title, query=_whole_title(hit), cluster=hit.id)


def _spelt(engine: Engine, base: Narrowing, text: str) -> Iterator[Suggestion]:
    """Chinese titles, names, subjects and places that are spoken as was typed."""
    asked = spelt(text)
    if asked is None:
        return
    found: list[Display] = []
    for at_the_start in (True, False):
        for query in spoken_so(engine, asked, at_the_start=at_the_start):
            found += _first(engine, p.Bool(must=(p.filtered(query), *base)), _LOOKED_AT)
    things = list({each.id: each for each in found}.values())
    yield from [_title(each) for each in things if asked.goes_on(each.title)][:_TITLES]
    for column in (column for column in _COLUMNS if column in SPOKEN):
        labels = Counter(each.text for thing in things for each in thing.texts if each.column == column)
        spoken = [label for label, _ in labels.most_common() if asked.goes_on(label)]
        yield from (_value(engine, base, column, label) for label in spoken[:_VALUES])


def _first(engine: Engine, query: p.Primitive, limit: int) -> list[Display]:
    return [unpack(each) for each in engine.top(query, "key", 0, limit).displays]


def _whole_title(hit: Display) -> str:
    return printed(canonical(Phrase(text=hit.title[:_LONGEST])))


def _going_on(engine: Engine, column: str, folded: list[str]) -> p.Primitive:
    """All the words, the last of them as a beginning; Han stands one character a word and is sought in a row."""
    *whole, last = folded
    if whole and all(len(word) == 1 and not word.isascii() for word in folded):
        return p.Phrase(column, tuple(folded))
    return p.Bool(must=(p.filtered(engine.begun(column, last)), *(p.filtered(p.Term(column, word)) for word in whole)))


def _values(engine: Engine, base: Narrowing, column: SuggestionKind, folded: list[str]) -> Iterator[Suggestion]:
    """Names, subjects or places that stand most often in the first things that have one that goes on so."""
    found = _first(engine, p.Bool(must=(p.filtered(_going_on(engine, exact(column), folded)), *base)), _LOOKED_AT)
    labels = Counter(each.text for thing in found for each in thing.texts if each.column == column)
    begun = [label for label in labels if _goes_on(label, folded)]
    often: Counter[tuple[str, ...]] = Counter()
    for label in begun:
        often[tuple(sorted(_words_of(label)))] += labels[label]
    spelt = {tuple(sorted(_words_of(label))): label for label in reversed(begun)}
    for tokens in sorted(spelt, key=lambda each: (-often[each], each))[:_VALUES]:
        label = spelt[tokens]
        yield _value(engine, base, column, label)


def _value(engine: Engine, base: Narrowing, column: SuggestionKind, label: str) -> Suggestion:
    named = p.filtered(side_by_side(exact(column), _words_of(label)))
    asked = printed(canonical(Phrase(text=label, field=column)))
    return Suggestion(kind=column, text=label, query=asked, count=engine.count(p.Bool(must=(named, *base))))


@lru_cache(maxsize=20_000)
def _words_of(label: str) -> tuple[str, ...]:
    return tuple(words(label))


def _goes_on(label: str, folded: list[str]) -> bool:
    return f" {' '.join(folded)}" in f" {' '.join(_words_of(label))}"


def _institutions(engine: Engine, visibility: Visibility, folded: list[str]) -> Iterator[Suggestion]:
    """Holders whose names go on so; they are few and known, so that only what is offered is counted anew."""
    known = holders_of(engine, visibility)
    begun = [value for name, value in known.items() if f" {' '.join(folded)}" in f" {name}"]
    base = narrowing(SearchRequest(visibility=visibility))
    held = ((value, p.filtered(p.Term(_HOLDER, value))) for value in begun[:_VALUES])
    counts = {value: engine.count(p.Bool(must=(each, *base))) for value, each in held}
    labels = engine.labels("institution", list(counts))
    for value, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        if count:
            asked = printed(Equals(field="institution", value=value))
            yield Suggestion(kind="institution", text=labels.get(value, value), query=asked, count=count)


def _codes(engine: Engine, base: Narrowing, text: str) -> Iterator[Suggestion]:
    key = code_key(text)
    found = _first(engine, p.Bool(must=(p.filtered(engine.begun("code", key)), *base)), _CODES)
    codes = (holder.reference_code or "" for hit in found for holder in hit.institutions)
    for code in dict.fromkeys(code for code in codes if code_key(code).startswith(key)):
        yield Suggestion(kind="code", text=code, query=printed(Equals(field="code", value=code)))
