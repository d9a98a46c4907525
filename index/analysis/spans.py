"""Words of a text with the place where each stands: for marking hits, and for reading what was typed.

The words are those of `mappings.schema.folding.words`, in the same order; spans are code points of the text given.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

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


def pieces(text: str) -> list[Piece]:
    """The runs of a text, in order."""
    classes = text.translate(_CLASSES)
    return [Piece(found.start(), found.end(), found.group()[0] == _ALONE) for found in _RUN.finditer(classes)]


def placed_words(text: str) -> list[Placed]:
    """Every word of a text with its span; a compound stands joined before its parts."""
    found: list[Placed] = []
    for piece in pieces(text):
        found += _alone(text, piece) if piece.alone else _joined(text, piece)
    return found


def _alone(text: str, piece: Piece) -> list[Placed]:
    return [Placed(word, place, place + 1) for place in range(*piece[:2]) for word in _words_of_one(text[place])]


@lru_cache(maxsize=20_000)
def _words_of_one(character: str) -> tuple[str, ...]:
    return tuple(words(character))


def _joined(text: str, piece: Piece) -> list[Placed]:
    written = text[piece.start : piece.end]
    inside = words(written)
    if len(inside) < 2:
        return [Placed(word, piece.start, piece.end) for word in inside]
    parts = [
        Placed(word, piece.start + part.start(), piece.start + part.end())
        for part in _PART.finditer(written.translate(_CLASSES))
        for word in words(written[part.start() : part.end()])
    ]
    whole = [Placed(inside[0], piece.start, piece.end)] if len(inside) > len(parts) else []
    return whole + parts
