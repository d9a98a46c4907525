"""What a query's leaves look for in a text as shown: the same words that the engines matched, found again with places.

Engines say which documents match; where and why is read here, from the display texts of the hits on the page, so that
both engines give the same marks and reasons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import msgspec
from msgspec.structs import replace
from rapidfuzz.distance import OSA

from index.analysis.pinyin import sounds_of
from index.analysis.romanised import Reading, readings
from index.analysis.spans import Placed
from index.analysis.stems import spelt_out, stem_set
from index.fields import SEARCHED, SPOKEN
from index.query.asked import Asked, asked_words, named_words
from index.query.model import And, Either, Fuzzy, Or, Pattern, Phrase, Prefix, QueryNode, Starts, Whole, Words
from index.results import Clause, How, Span
from mappings.schema.folding import fold, words


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is looked for."""

    #: as typed
    asked: str
    clause: Clause
    how: How = "exact"
    #: text columns in which it counts
    columns: frozenset[str]
    #: a word by itself; side by side with others it is `run`
    word: str = ""
    run: tuple[str, ...] = ()
    #: other words that may stand between those of the run
    slop: int = 0
    stems: frozenset[str] = frozenset()
    #: other forms of the word
    forms: frozenset[str] = frozenset()
    #: characters side by side that are spoken so
    sounds: Reading = ()
    #: judges a word of the text
    accepts: Callable[[str], bool] | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A place where it stands."""

    span: Span
    how: How


_EVERYWHERE = frozenset(SEARCHED)


@lru_cache(maxsize=500)
def sought_by(tree: QueryNode) -> tuple[Sought, ...]:
    """What the positive leaves of a tree look for."""
    return tuple(dict.fromkeys(_leaves(tree)))


def _leaves(node: QueryNode) -> Iterator[Sought]:
    match node:
        case And(of=parts) | Or(of=parts):
            for part in parts:
                yield from _leaves(part)
        case Either(text=text, meaning=meaning):
            yield from (_of_word(each, _EVERYWHERE) for each in asked_words(text))
            yield from _meant(text, meaning)
        case Words(text=text, field="pinyin") | Phrase(text=text, field="pinyin", slop=0):
            yield from _spelt(text, text)
        case Words(text=text, field=field):
            yield from (_of_word(each, _columns(field)) for each in asked_words(text))
        case Phrase(text=text, field=field, slop=slop):
            yield _of_run(text, field, slop)
            if not slop and (spelt := spelt_out(text)) != text:
                yield replace(_of_run(spelt, field, slop), asked=text)
        case Starts(text=text, field=field) | Whole(text=text, field=field):
            yield _of_run(text, field, 0)
        case Prefix(text=text, field=field):
            yield _judged(f"{text}*", field, "prefix", _begins(fold(text)))
        case Pattern(text=text, field=field):
            yield _judged(text, field, "pattern", _fits(text))
        case Fuzzy(text=text, field=field, edits=edits):
            yield _judged(text, field, "fuzzy", _near(fold(text), edits))


def _meant(text: str, meaning: QueryNode) -> Iterator[Sought]:
    """What the words were understood to mean: words that name nothing as themselves, other names for the words."""
    match meaning:
        case And(of=parts):
            for part in parts:
                yield from _leaves(part)
        case Or(of=parts):
            for part in parts:
                yield from _meant(text, part)
        case Phrase(text=name, field="pinyin"):
            yield from _spelt(text, name)
        case Words(text=name, field=None):
            yield from (_of_name(each, text) for each in named_words(name))
        case Words(text=name) | Phrase(text=name):
            yield Sought(asked=text, clause="words", how="synonym", columns=_EVERYWHERE, run=tuple(words(name)))


def _columns(field: str | None) -> frozenset[str]:
    return _EVERYWHERE if field is None else frozenset({field})


def _spelt(text: str, name: str) -> Iterator[Sought]:
    """What is spelt so in Latin letters."""
    for each in readings(name):
        yield Sought(asked=text, clause="words", how="pinyin", columns=frozenset(SPOKEN), sounds=each)


def _of_word(asked: Asked, columns: frozenset[str]) -> Sought:
    stems, forms = frozenset(asked.stems), frozenset(asked.forms)
    return Sought(
        asked=asked.text, clause="words", columns=columns, word=asked.word, run=asked.run, stems=stems, forms=forms
    )


def _of_name(asked: Asked, text: str) -> Sought:
    """A word of another name for what was typed."""
    return replace(_of_word(asked, _EVERYWHERE), asked=text, how="synonym")


def _of_run(text: str, field: str | None, slop: int) -> Sought:
    return Sought(asked=text, clause="phrase", columns=_columns(field), run=tuple(words(text)), slop=slop)


def _judged(text: str, field: str | None, how: How, accepts: Callable[[str], bool]) -> Sought:
    return Sought(asked=text, clause="words", how=how, columns=_columns(field), accepts=accepts)


def _begins(start: str) -> Callable[[str], bool]:
    return lambda word: word.startswith(start)


def _fits(mask: str) -> Callable[[str], bool]:
    parts = (part if part in ("*", "?") else re.escape(fold(part)) for part in re.split(r"([*?])", mask))
    pattern = re.compile("".join({"*": ".*", "?": "."}.get(part, part) for part in parts))
    return lambda word: pattern.fullmatch(word) is not None


def _near(asked: str, edits: int) -> Callable[[str], bool]:
    return lambda word: OSA.distance(asked, word, score_cutoff=edits) <= edits


def find(sought: Sought, placed: Sequence[Placed]) -> Iterator[Found]:
    """Every place in a text's words where it stands."""
    for place, each in enumerate(placed):
        if sought.accepts is not None:
            if sought.accepts(each.word) or (each.spelt and sought.accepts(each.spelt)):
                yield Found(span=(each.start, each.end), how=sought.how)
        elif sought.sounds:
            if _is_spoken(sought.sounds, placed[place : place + len(sought.sounds)]):
                yield Found(span=(each.start, placed[place + len(sought.sounds) - 1].end), how=sought.how)
        elif sought.word and (sought.word in (each.word, each.spelt) or each.word in sought.forms):
            yield Found(span=(each.start, each.end), how=sought.how)
        elif sought.run and sought.run[0] in (each.word, each.spelt):
            yield from (Found(span=found.span, how=sought.how) for found in _run(sought, placed, place))
        elif sought.stems and not sought.stems.isdisjoint(_forms(each)):
            yield Found(span=(each.start, each.end), how="stem" if sought.how == "exact" else sought.how)


def _is_spoken(sounds: Reading, placed: Sequence[Placed]) -> bool:
    pairs = zip(sounds, placed, strict=False)
    return len(placed) == len(sounds) and all(not set(may).isdisjoint(sounds_of(each.word)) for may, each in pairs)


def _forms(placed: Placed) -> frozenset[str]:
    """The stems of a word of the text, in each of its spellings."""
    return stem_set(placed.word) | stem_set(placed.spelt) if placed.spelt else stem_set(placed.word)


def _run(sought: Sought, placed: Sequence[Placed], place: int) -> Iterator[Found]:
    room, last = sought.slop, place
    for wanted in sought.run[1:]:
        following = next((n for n in range(last + 1, last + 2 + room) if _is_at(placed, n, wanted)), None)
        if following is None:
            return
        room -= following - last - 1
        last = following
    if sought.slop:
        yield from (
            Found(span=(each.start, each.end), how="exact")
            for each in placed[place : last + 1]
            if each.word in sought.run or each.spelt in sought.run
        )
    else:
        yield Found(span=(placed[place].start, placed[last].end), how="exact")


def _is_at(placed: Sequence[Placed], place: int, word: str) -> bool:
    return place < len(placed) and word in (placed[place].word, placed[place].spelt)
