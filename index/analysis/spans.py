"""Words of a text with the place where each stands: for marking hits, and for reading what was typed.

The words are those of `mappings.schema.folding.words`, in the same order; spans are code points of the text given.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from index.analysis.stems import spelt_out
from mappings.schema.folding import stands_alone, words

#: one letter a character of the text: a word's character, one that is a word of its own, a joint, anything else
_WORD, _ALONE, _JOINT, _OTHER = "w", "a", "j", "o"
_JOINTS = frozenset(
    "'-\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u2032\u05f3\ua78b\ua78c\u2010\u2011\u2012"
)


class _Classes(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = found = _class(chr(code))
        return found


def _class(character: str) -> str:
    if character in _JOINTS:
        return _JOINT
    match unicodedata.category(character)[0]:
        case "L" if stands_alone(character):
            return _ALONE
        case "L" | "M" | "N":
            return _WORD
    # characters without a shape stand inside words
    return _WORD if unicodedata.category(character) == "Cf" else _OTHER


_CLASSES = _Classes()
_RUN = re.compile("a+|w+(?:jw+)*")
_PART = re.compile("w+")


class Piece(NamedTuple):
    """A run of one kind: characters that are words of their own, or a word with its joints."""

    start: int
    end: int
    alone: bool


class Placed(NamedTuple):
    """A folded word and the span that it was written in."""

    word: str
    start: int
    end: int
    #: as it is spelt without umlauts; empty where it has none
    spelt: str = ""


def pieces(text: str) -> list[Piece]:
    """The runs of a text, in order."""
    classes = text.translate(_CLASSES)
    return [Piece(found.start(), found.end(), found.group()[0] == _ALONE) for found in _RUN.finditer(classes)]


def placed_words(text: str) -> list[Placed]:
    """Every word of a text with its span; a compound stands joined before its parts."""
    found: list[Placed] = []
    for start, end, alone in pieces(text):
        if alone:
            found += [Placed(word, place, place + 1) for place in range(start, end) for word in _of_one(text[place])]
        else:
            found += [Placed(word, start + a, start + b, spelt) for word, a, b, spelt in _joined(text[start:end])]
    return found


@lru_cache(maxsize=20_000)
def _of_one(character: str) -> tuple[str, ...]:
    return tuple(words(character))


@lru_cache(maxsize=50_000)
def _joined(written: str) -> tuple[Placed, ...]:
    """The words of one run, placed from its beginning."""
    placed, other = _placed(written), spelt_out(written)
    if other == written:
        return placed
    spelt = [each.word for each in _placed(other)]
    return tuple(
        each._replace(spelt=word if word != each.word else "") for each, word in zip(placed, spelt, strict=False)
    )


def _placed(written: str) -> tuple[Placed, ...]:
    inside = words(written)
    if len(inside) < 2:
        return tuple(Placed(word, 0, len(written)) for word in inside)
    parts = tuple(
        Placed(word, part.start(), part.end())
        for part in _PART.finditer(written.translate(_CLASSES))
        for word in words(written[part.start() : part.end()])
    )
    return (Placed(inside[0], 0, len(written)), *parts) if len(inside) > len(parts) else parts
