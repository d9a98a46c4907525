"""Queries whose one answer is known, because they are made from it: what somebody types who has seen the thing before.

Drawn by a fixed seed. Things described alike answer alike: a query is judged by the title and names it was made of.
Four characters that stand side by side in titles of several things tell none of them, so nobody is asked for by them.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from index.query.asked import STOP_WORDS
from mappings.schema.folding import fold, is_han, words
from mappings.schema.unified import UnifiedRecord
from tests.relevance.collection import Judged, JudgedSet

#: of each set
QUERIES = 200
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SEED = 20_261_122


class Known(NamedTuple):
    """A thing somebody has seen before, and how they remember it."""

    record: UnifiedRecord
    chance: random.Random
    #: four folded Han characters -> how many things' titles they stand in
    shared: Mapping[str, int]


#: what they type; nothing where they would not
Remembers = Callable[[Known], str]


def known_items(records: Sequence[UnifiedRecord], queries: int = QUERIES) -> tuple[JudgedSet, ...]:
    """A set for each way of remembering; one that nothing lends itself to is left out."""
    alike = _alike(records)
    shared = Counter(four for likeness in alike for four in set(_fours(likeness.replace(" ", ""))))
    made = (_made(name, remembers, records, alike, shared, queries) for name, remembers in REMEMBERING.items())
    return tuple(each for each in made if each.queries)


def _made(
    name: str,
    remembers: Remembers,
    records: Sequence[UnifiedRecord],
    alike: dict[str, list[str]],
    shared: Mapping[str, int],
    most: int,
) -> JudgedSet:
    chance = random.Random(f"{_SEED} {name}")
    found: dict[str, Judged] = {}
    for record in chance.sample(records, len(records)):
        if len(found) == most:
            break
        if text := remembers(Known(record, chance, shared)):
            answers = [record.id] if remembers is _identifier else alike[_likeness(record)]
            found[text] = Judged(text=text, grades=dict.fromkeys(answers, 1))
    return JudgedSet(name=name, queries=tuple(found.values()))


def _alike(records: Iterable[UnifiedRecord]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for record in records:
        found.setdefault(_likeness(record), []).append(record.id)
    return found


def _likeness(record: UnifiedRecord) -> str:
    names = " ".join(sorted(agent.value.name.value for agent in record.agents[:1]))
    return " ".join(words(f"{_title(record)} {names}"))


def _title(record: UnifiedRecord) -> str:
    return record.title.value.value


def _rare(record: UnifiedRecord) -> list[str]:
    found = [word for word in words(_title(record)) if word.isalpha() and len(word) > 3 and word not in STOP_WORDS]
    return list(dict.fromkeys(found))


def _title_words(known: Known) -> str:
    """Three words of the title, in any order."""
    found = _rare(known.record)
    return " ".join(known.chance.sample(found, 3)) if len(found) >= 3 else ""


def _whole_title(known: Known) -> str:
    """The title as it stands."""
    return _title(known.record) if len(words(_title(known.record))) >= 2 else ""


def _name_and_year(known: Known) -> str:
    """A surname and the year."""
    record = known.record
    if not (record.agents and record.dates and record.dates[0].value.text[:4].isdecimal()):
        return ""
    surname = record.agents[0].value.name.value.partition(",")[0]
    return f"{surname} {record.dates[0].value.text[:4]} {' '.join(_rare(record)[:1])}".strip()


def _typo(known: Known) -> str:
    """Three words of the title, one of them with one letter wrong."""
    found = _title_words(known).split()
    if not found or len(found[0]) < 6:
        return ""
    place = known.chance.randrange(1, len(found[0]) - 1)
    wrong = known.chance.choice([letter for letter in _LETTERS if letter != found[0][place]])
    return " ".join([found[0][:place] + wrong + found[0][place + 1 :], *found[1:]])


def _han(known: Known) -> str:
    """Four characters side by side, as written, that no other thing's title has side by side."""
    runs = re.findall(r"[^\W\d_]+", _title(known.record))
    telling = [four for run in runs for four in _fours(run) if known.shared[fold(four)] == 1]
    return known.chance.choice(telling) if telling else ""


def _fours(run: str) -> Iterator[str]:
    """Every four Han characters side by side."""
    fours = (run[place : place + 4] for place in range(len(run) - 3))
    return (four for four in fours if all(map(is_han, four)))


def _simplified(known: Known) -> str:
    """Four characters of a traditional title, typed in simplified ones."""
    typed = _han(known)
    return fold(typed) if fold(typed) != typed else ""


def _identifier(known: Known) -> str:
    """The holder's own identifier."""
    return known.record.members[0].native_id


#: class -> what is typed
REMEMBERING: dict[str, Remembers] = {
    "title_words": _title_words,
    "whole_title": _whole_title,
    "name_and_year": _name_and_year,
    "typo": _typo,
    "han": _han,
    "simplified_for_traditional": _simplified,
    "identifier": _identifier,
}
