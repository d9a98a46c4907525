"""Why a hit is there, in words: each part of the query with the column where it stands best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from index.analysis.codes import code_key, looks_like_code
from index.analysis.words import title_key
from index.display import Display
from index.fields import TEXT_COLUMNS
from index.highlight import Marked
from index.query.model import All, And, Dates, Either, Equals, Not, Or, Phrase, QueryNode, Under, Words
from index.ranking.sought import Found, Sought
from index.results import How, Reason

_STRICTEST: tuple[How, ...] = ("exact", "stem", "prefix", "pattern", "fuzzy", "synonym", "pinyin")


def reasons(tree: QueryNode, display: Display, marked: Sequence[Marked]) -> tuple[Reason, ...]:
    """The reasons of one hit: codes and titles as a whole first, then words, then conditions."""
    found = [*_whole(tree, display), *_of_words(marked), *_conditions(tree)]
    asked = {text for each in found for text in each.asked}
    found += [each for each in _meant(tree) if not asked.issuperset(" ".join(each.asked).split())]
    return tuple(dict.fromkeys(found))


def _whole(tree: QueryNode, display: Display) -> Iterator[Reason]:
    if not isinstance(tree, Words | Phrase | Either):
        return
    text, field = tree.text, None if isinstance(tree, Either) else tree.field
    if field not in (None, "title"):
        return
    if title_key(text) and title_key(text) == title_key(display.title):
        yield Reason(clause="title", field="title", words=(display.title,), asked=(text,))
    if field is None and looks_like_code(text):
        yield from _as_code(text, display)


def _as_code(text: str, display: Display) -> Iterator[Reason]:
    key = code_key(text)
    codes = [holder.reference_code for holder in display.institutions if holder.reference_code]
    same = [code for code in codes if code_key(code) == key or code_key(code).startswith(key)]
    if same:
        yield Reason(clause="code", field="code", words=(same[0],), asked=(text,))
    elif key in map(code_key, _identifiers(display)):
        yield Reason(clause="id", field="identifier", words=(text,), asked=(text,))


def _identifiers(display: Display) -> Iterator[str]:
    yield display.id
    if display.record:
        yield display.record
    yield from (shown.text for shown in display.texts if shown.column == "code_text")


def _of_words(marked: Sequence[Marked]) -> Iterator[Reason]:
    best: dict[Sought, tuple[Marked, Found]] = {}
    for text in marked:
        for sought, found in text.found:
            if sought not in best or _rank(text, found) < _rank(*best[sought]):
                best[sought] = (text, found)
    for sought, (text, found) in best.items():
        words = (text.text[slice(*found.span)],)
        how: How = "context" if text.column == "context" else found.how
        yield Reason(clause=sought.clause, field=text.column, words=words, asked=(sought.asked,), how=how)


def _rank(text: Marked, found: Found) -> tuple[int, float]:
    return _STRICTEST.index(found.how), -TEXT_COLUMNS[text.column]


def _meant(tree: QueryNode) -> Iterator[Reason]:
    """Conditions that words were understood to mean, of a hit that need not have the words."""
    match tree:
        case And(of=parts) | Or(of=parts):
            for part in parts:
                yield from _meant(part)
        case Either(text=text, meaning=Dates() | Equals() | Or() as meaning):
            yield from _named(text, meaning)
        case Either(meaning=And(of=parts)):
            for part in parts:
                yield from _conditions(part) if isinstance(part, Dates | Equals) else _meant(part)


def _named(text: str, meaning: QueryNode) -> Iterator[Reason]:
    parts = meaning.of if isinstance(meaning, Or) else (meaning,)
    values = tuple(part.value for part in parts if isinstance(part, Equals))
    fields = {part.field for part in parts if isinstance(part, Equals)}
    yield from (Reason(clause="filter", field=field, words=values, asked=(text,), how="named") for field in fields)
    yield from (each for part in parts if isinstance(part, Dates) for each in _conditions(part))


def _conditions(node: QueryNode) -> Iterable[Reason]:
    match node:
        case And(of=parts) if all(isinstance(part, Not) for part in parts):
            yield Reason(clause="all", field="")
        case And(of=parts):
            for part in parts:
                if not isinstance(part, Not | Or):
                    yield from _conditions(part)
        case All():
            yield Reason(clause="all", field="")
        case Equals(field=field, value=value) | Under(field=field, value=value):
            yield Reason(clause="filter", field=field, words=(value,), asked=(value,))
        case Dates(start=start, end=end):
            asked = tuple(dict.fromkeys(each for each in (start, end) if each))
            yield Reason(clause="date", field="date", asked=asked, how="date")
