"""The tables of names as claims: places by all their names, kinds and languages by what they are called, concepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from index.analysis.number import in_the_singular
from index.analysis.stems import stems_of_word
from index.meanings.claims import Claim, key_of, name_node, one_of, valued
from index.query.model import Phrase, QueryNode, Words
from mappings.schema.folding import is_han
from mappings.schema.languages import languages
from mappings.schema.names import Names, concept_names, former_place_names, kinds_named, place_names

#: other names that are looked for
_MOST_NAMES = 6
#: letters that a language's bare name needs to be offered
_SHORTEST_LANGUAGE = 5
#: in Chinese the name of a language ends so
_TONGUES = ("文", "语")


@cache
def _places() -> dict[str, Names]:
    """Every name of a place -> all its names; those written by hand go before."""
    found: dict[str, Names] = {}
    today = {key_of(names[0]): names for names in place_names()}
    for names in former_place_names():
        joined = tuple(dict.fromkeys((*names, *today.get(key_of(names[0]), ()))))
        for name in names:
            found.setdefault(key_of(name), joined)
    for names in place_names():
        for name in names:
            found.setdefault(key_of(name), names)
    return found


def names_of_place(text: str) -> Names:
    """All names of the place that a name stands for; nothing of what names none."""
    return _places().get(key_of(text), ())


def place(text: str) -> Claim | None:
    """The place that words name."""
    names = names_of_place(text)
    others = _others(text, names)
    if not names:
        return None
    only = one_of(_of_place(name) for name in (text, *others))
    return Claim(kind="place", meaning=one_of(map(name_node, others)) if others else None, only=only, also=others)


def _of_place(name: str) -> QueryNode:
    """What has a place of this name, and none of its forms: the stem of Bergen is that of mountains."""
    return Words(text=name, field="place") if is_han(name[0]) else Phrase(text=name, field="place")


def _others(text: str, names: Iterable[str]) -> Names:
    """The names but the one that was typed, and such as are a single character."""
    spelt = {key: name for name in names if len(key := key_of(name)) > 1}
    spelt.pop(key_of(text), None)
    return tuple(spelt.values())[:_MOST_NAMES]


@cache
def _kinds() -> dict[str, Claim]:
    found: dict[str, Claim] = {}
    for facet, values, names, is_plain in kinds_named():
        node = valued(facet, values.split(","))
        claim = Claim(kind="type" if facet == "type" else "level", meaning=node if is_plain else None, only=node)
        for name in names:
            found.setdefault(_stemmed(name), claim)
    return found


def kind(text: str) -> Claim | None:
    """The type or level that words name."""
    return _kinds().get(_stemmed(text))


@cache
def _languages() -> dict[str, Claim]:
    found: dict[str, Claim] = {}
    for row in languages().values():
        node = valued("language", (row.code,))
        for name, says_language in _tongue_names(row.english, (row.chinese, *row.others), widely=bool(row.iso639_1)):
            claim = Claim(kind="language", meaning=node if says_language else None, only=node)
            found.setdefault(key_of(name), claim)
    return found


def _tongue_names(english: str, others: Iterable[str], *, widely: bool) -> Iterator[tuple[str, bool]]:
    """Names of a language, and whether a name can mean nothing but the language."""
    plain = english.partition(";")[0].partition("(")[0].strip()
    yield from ((f"in {plain}", True), (f"{plain} language", True))
    if widely and len(plain) >= _SHORTEST_LANGUAGE:
        yield plain, False
    for name in others:
        if name.endswith(_TONGUES) and len(name) > 1 and all(map(is_han, name)):
            yield name, True
            yield from ((name[:-1] + ending, True) for ending in _TONGUES if len(name) == 2)


def language(text: str) -> Claim | None:
    """The language that words name."""
    return _languages().get(key_of(text))


@cache
def _concepts() -> dict[str, Names]:
    found: dict[str, Names] = {}
    for names in concept_names():
        for name in names:
            found.setdefault(in_the_singular(name), names)
    return found


def synonym(text: str) -> Claim | None:
    """Other names of what words name, in either number; a stem tells too little: an executive is no execution."""
    asked = in_the_singular(text)
    others = _others(text, (name for name in _concepts().get(asked, ()) if in_the_singular(name) != asked))
    return Claim(kind="synonym", meaning=one_of(map(name_node, others)), also=others) if others else None


def _stemmed(name: str) -> str:
    """Words by their English stem, so that a plural is its singular."""
    return " ".join((stems_of_word(word, ("eng",)) or (word,))[0] for word in key_of(name).split())
