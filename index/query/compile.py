"""A query tree, and what narrows it, as primitives: what matches. What ranks beside it is `index.ranking.clauses`.

`narrowing` compiles the reader's `Visibility` into every query: no function here makes a whole query without one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from index import centuries
from index.analysis.codes import code_key
from index.analysis.romanised import MOST_PHRASES, phrases, readings
from index.analysis.stems import spelt_out
from index.days import FIRST, LAST
from index.fields import ANCHOR, FACETS, PINYIN, SEARCHED, STEM_WEIGHT, TEXT_COLUMNS, exact, facet, stem
from index.query import primitives as p
from index.query.asked import Asked, asked_words, named_words, required
from index.query.model import (
    All,
    And,
    Dates,
    Either,
    Equals,
    Fuzzy,
    Not,
    Or,
    Pattern,
    Phrase,
    Prefix,
    QueryNode,
    Starts,
    Under,
    Whole,
    Words,
)
from index.query.values import days_of, readings_of
from index.query.whole_values import in_one_spelling
from index.ranking.clauses import beside, whole_text
from index.request import FacetFilter, SearchRequest
from mappings.schema.access import Visibility
from mappings.schema.folding import fold, words
from mappings.schema.languages import language

#: from so many words on, one in five may be missing
_FORGIVING = 5
#: what a chip's meaning adds, and how much another name counts of the word itself
_MEANING, _OTHER_NAME = 5.0, 0.4
_MASKS = re.compile(r"([*?])")
#: a column's leaf
Leaf = Callable[[str], p.Primitive]


def narrowing(request: SearchRequest, *, without: str | None = None) -> tuple[p.Primitive, ...]:
    """What every hit has to fulfil whatever was typed: visibility, view, filters.

    without   a facet whose own choices are left out, for its own counts
    """
    filters = [_chosen(each) for each in request.filters if each.facet != without]
    return (*_visible(request.visibility), p.filtered(p.Term("shown_as", request.view)), *map(p.filtered, filters))


def _visible(visibility: Visibility) -> tuple[p.Primitive, ...]:
    tokens = visibility.tokens
    return (p.filtered(p.Bool(must=(p.Terms("audience", tokens),), must_not=(p.Terms("hidden_from", tokens),))),)


def _chosen(choice: FacetFilter) -> p.Primitive:
    match choice.mode:
        case "any":
            return _having(choice.facet, choice.values)
        case "all":
            return p.Bool(must=tuple(p.filtered(_having(choice.facet, (value,))) for value in choice.values))
        case "none":
            return p.Bool(must=(p.All(),), must_not=(_having(choice.facet, choice.values),))


def _having(field: str, values: tuple[str, ...]) -> p.Primitive:
    """What has one of these values of a facet, an identifier or a record above it."""
    match field:
        case centuries.FACET:
            numbers = [number for value in values if (number := centuries.number_of(value)) is not None]
            return p.any_of(tuple(p.Range(field, number, number) for number in numbers)) if numbers else p.Nothing()
        case "identifier":
            return p.Terms(field, tuple(dict.fromkeys(code_key(in_one_spelling(value)) for value in values)))
        case "ancestors":
            return p.Terms(field, values)
    return p.Terms(facet(field), values)


def matching(node: QueryNode) -> p.Primitive:
    """The primitives of a tree, scored."""
    match node:
        case All():
            return p.filtered(p.All())
        case And(of=parts):
            return _together(parts)
        case Or(of=parts):
            return p.any_of(tuple(map(matching, parts)))
        case Not(of=part):
            return p.Bool(must=(p.filtered(p.All()),), must_not=(matching(part),))
        case Either(text=text, meaning=meaning):
            return _either(_words(text, None), meaning)
        case Words(text=text, field="pinyin") | Phrase(text=text, field="pinyin", slop=0):
            return _spelt(text)
        case Words(text=text, field=field):
            return _words(text, field)
        case Phrase(text=text, field=field, slop=slop):
            return _phrase(text, field, slop)
        case Starts(text=text, field=field):
            return _over(field, lambda column: side_by_side(exact(column), (ANCHOR, *words(text))))
        case Whole(text=text, field=field):
            return _over(field, lambda column: side_by_side(exact(column), (ANCHOR, *words(text), ANCHOR)))
        case Prefix(text=text, field=field):
            return _constant(field, lambda column: p.Prefix(exact(column), _one_word(text)))
        case Pattern(text=text, field=field):
            return _constant(field, lambda column: p.Pattern(exact(column), _mask(text)))
        case Fuzzy(text=text, field=field, edits=edits):
            return _constant(field, lambda column: p.Fuzzy(exact(column), _one_word(text), edits))
        case Equals(field=field, value=value):
            return p.filtered(_equal(field, value))
        case Under(field=field, value=value):
            return p.filtered(_under(field, value))
        case Dates():
            return p.filtered(dated(node))


def _either(asked: p.Primitive, meaning: QueryNode) -> p.Primitive:
    """The words or their meaning: what is as the words name it is lifted, what has another name is not."""
    parts = (asked, _meaning(meaning))
    return p.any_of(parts) if any(_conditions(meaning)) else p.DisMax(parts, 0.0)


def _conditions(meaning: QueryNode) -> Iterator[QueryNode]:
    match meaning:
        case Dates() | Equals() | Under():
            yield meaning
        case And(of=parts) | Or(of=parts):
            for part in parts:
                yield from _conditions(part)
        case Either(meaning=inner):
            yield from _conditions(inner)


def _meaning(meaning: QueryNode) -> p.Primitive:
    """What words were understood to mean: a condition is a constant, another name counts less."""
    match meaning:
        case And(of=parts):
            return p.Bool(must=tuple(map(_beside, parts)))
        case Or(of=parts):
            return p.DisMax(tuple(map(_meaning, parts)))
        case Dates() | Equals() | Under():
            return p.Constant(matching(meaning), _MEANING)
    return p.Boost(_named(meaning), _OTHER_NAME)


def _beside(part: QueryNode) -> p.Primitive:
    """One of several parts of a meaning; only the whole query lifts a title that begins with it."""
    match part:
        case Words(text=text):
            return _all_words(text, None)
        case Either(text=text, meaning=meaning):
            return _either(_all_words(text, None), meaning)
        case Dates() | Equals() | Under():
            return matching(part)
    return _meaning(part)


def _named(name: QueryNode) -> p.Primitive:
    """Another name, without what lifts a title that begins with what was typed."""
    match name:
        case Words(text=text, field=None):
            return _all_of(named_words(text), None)
        case Phrase(text=text, field=None) if tokens := tuple(words(text)):
            return _over(None, lambda column: side_by_side(exact(column), tokens))
    return matching(name)


def _together(parts: Iterable[QueryNode]) -> p.Primitive:
    wanted: list[QueryNode] = []
    unwanted: list[QueryNode] = []
    for part in parts:
        (unwanted if isinstance(part, Not) else wanted).append(part)
    must = tuple(map(matching, wanted)) or (p.filtered(p.All()),)
    return p.Bool(must=must, must_not=tuple(matching(part.of) for part in unwanted if isinstance(part, Not)))


def half_matching(node: QueryNode) -> p.Primitive:
    """The tree, of whose unquoted words, or what they were understood to mean, half suffice."""
    match node:
        case Words(field=None) | Either():
            leaves = tuple(sought(node))
            return p.Bool(should=leaves, minimum=-(-len(leaves) // 2)) if leaves else p.Nothing()
        case And(of=parts):
            wanted = tuple(half_matching(part) for part in parts if not isinstance(part, Not))
            unwanted = tuple(matching(part.of) for part in parts if isinstance(part, Not))
            return p.Bool(must=wanted or (p.filtered(p.All()),), must_not=unwanted)
    return matching(node)


def sought(node: QueryNode) -> Iterator[p.Primitive]:
    """What unquoted words ask for one by one: each word, and as one thing those that were understood together."""
    match node:
        case Words(text=text, field=None):
            yield from (_word(each, None) for each in required(asked_words(text)))
        case Either(meaning=And(of=parts)):
            for part in parts:
                yield from sought(part)
        case Either():
            yield _beside(node)
        case Dates() | Equals() | Under():
            yield matching(node)


def _columns(field: str | None) -> dict[str, float]:
    return SEARCHED if field is None else {field: TEXT_COLUMNS[field]}


def _words(text: str, field: str | None) -> p.Primitive:
    found = _all_words(text, field)
    return found if isinstance(found, p.Nothing) else _ranked(text, field, found)


def _all_words(text: str, field: str | None) -> p.Primitive:
    return _all_of(asked_words(text), field)


def _all_of(asked: tuple[Asked, ...], field: str | None) -> p.Primitive:
    counted = required(asked)
    needed = len(counted) - len(counted) // _FORGIVING if len(counted) >= _FORGIVING else len(counted)
    leaves = tuple(_word(each, field) for each in counted)
    optional = tuple(_word(each, field) for each in asked if each.optional) if len(counted) < len(asked) else ()
    if not leaves:
        return p.Nothing()
    if needed == len(leaves):
        return p.Bool(must=leaves, should=optional)
    return p.Bool(must=(p.Bool(should=leaves, minimum=needed),), should=optional)


def _ranked(text: str, field: str | None, found: p.Primitive) -> p.Primitive:
    """The words, or the whole text as a code; and what lifts a title that has them together."""
    known = whole_text(text) if field is None else ()
    lifted = beside(text) if field in (None, "title") else ()
    return p.Bool(must=(p.any_of((found, *known)),), should=lifted)


def _word(asked: Asked, field: str | None) -> p.Primitive:
    """One flat DisMax over column x {exact, each stem}."""
    leaves: list[p.Primitive] = []
    for column, weight in _columns(field).items():
        if asked.word:
            leaves.append(p.Boost(p.Term(exact(column), asked.word), weight))
        if asked.run:
            leaves.append(p.Boost(p.Phrase(exact(column), asked.run), weight))
        leaves += [p.Boost(p.Term(exact(column), each), weight * STEM_WEIGHT) for each in asked.forms]
        leaves += [p.Boost(p.Term(stem(column), each), weight * STEM_WEIGHT) for each in asked.stems]
    return p.DisMax(tuple(leaves))


def _spelt(text: str) -> p.Primitive:
    """Latin letters as the syllables that they spell; as a word of the column where they spell none."""
    spelt = [each for reading in readings(text) for each in phrases(reading)] or [tuple(words(text))]
    found = tuple(side_by_side(exact(PINYIN), each) for each in dict.fromkeys(spelt) if each)
    return p.Constant(p.any_of(found[:MOST_PHRASES]), TEXT_COLUMNS[PINYIN]) if found else p.Nothing()


def side_by_side(field: str, tokens: tuple[str, ...], slop: int = 0) -> p.Primitive:
    """A phrase, of a single word the word."""
    return p.Term(field, tokens[0]) if len(tokens) == 1 else p.Phrase(field, tokens, slop)


def _phrase(text: str, field: str | None, slop: int) -> p.Primitive:
    tokens = tuple(words(text))
    if not tokens:
        return p.Nothing()
    if slop and 2 <= len(tokens) <= 4:
        return _constant(field, lambda column: p.Phrase(exact(column), tokens, slop))
    spelt = dict.fromkeys((tokens, tuple(words(spelt_out(text)))))
    return _ranked(text, field, _over(field, lambda column: _either_spelling(exact(column), *spelt)))


def _either_spelling(field: str, *spelt: tuple[str, ...]) -> p.Primitive:
    """A phrase as it is typed, and with umlauts as they are spelt without."""
    found = tuple(side_by_side(field, tokens) for tokens in spelt)
    return found[0] if len(found) == 1 else p.DisMax(found)


def _over(field: str | None, leaf: Leaf) -> p.Primitive:
    return p.DisMax(tuple(p.Boost(leaf(column), weight) for column, weight in _columns(field).items()))


def _constant(field: str | None, leaf: Leaf) -> p.Primitive:
    return p.DisMax(tuple(p.Constant(leaf(column), weight) for column, weight in _columns(field).items()))


def _one_word(text: str) -> str:
    return (words(text) or [""])[0]


def _mask(text: str) -> str:
    """A masked word folded part by part."""
    return "".join(part if part in ("*", "?") else fold(part) for part in _MASKS.split(text))


def _equal(field: str, value: str) -> p.Primitive:
    if field not in FACETS:
        return p.Term(field, code_key(value))
    spelt = [value, value.lower(), value.capitalize(), " ".join(fold(value).split())]
    if field == "language":
        spelt += filter(None, [language(value)])
    return p.Terms(facet(field), tuple(dict.fromkeys(spelt)))


def _under(field: str, value: str) -> p.Primitive:
    if field == "ancestors":
        return p.Term(field, value)
    key = code_key(value)
    return p.any_of((p.Term("code", key), p.Term("code_path", key)))


def dated(dates: Dates) -> p.Primitive:
    """Material of a time, of several that it may be any; a bound that cannot be read is open."""
    several = readings_of(dates.start) if dates.start and dates.start == dates.end else ()
    if several:
        return p.any_of(tuple(_between(Dates(start=each, end=each, mode=dates.mode)) for each in several))
    return _between(dates)


def _between(dates: Dates) -> p.Primitive:
    first, last = _bound(dates.start, 0), _bound(dates.end, 1)
    if dates.mode == "within":
        return p.Bool(
            must=(
                p.Range("first_day", FIRST + 1 if first is None else first, None),
                p.Range("last_day", None, LAST - 1 if last is None else last),
            )
        )
    touching = (p.Range("last_day", first, None), p.Range("first_day", None, last))
    return p.Bool(must=touching)


def _bound(text: str | None, side: int) -> int | None:
    days = days_of(text) if text else None
    return None if days is None or days[side] in (FIRST, LAST) else days[side]
