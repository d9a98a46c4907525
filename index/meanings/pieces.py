"""The words of an unquoted text as they are looked up: what stands between blanks, Han parted by a dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

import msgspec

from index.analysis.dictionary import han_words
from mappings.schema.folding import fold, is_han


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A word as typed."""

    text: str
    #: it follows the word before without a blank
    is_glued: bool = False


@lru_cache(maxsize=2_000)
def pieces_of(text: str) -> tuple[Piece, ...]:
    """The words in order."""
    return tuple(piece for word in text.split() for piece in _pieces(word))


def _pieces(word: str) -> Iterator[Piece]:
    glued = False
    for han, run in groupby(word, is_han):
        for part in _parted("".join(run)) if han else ("".join(run),):
            yield Piece(text=part, is_glued=glued)
            glued = True


def _parted(run: str) -> Iterator[str]:
    """A run of Han as the dictionary parts it; it knows simplified characters."""
    folded = fold(run)
    if len(folded) != len(run):
        yield run
        return
    place = 0
    for word in han_words(folded):
        yield run[place : place + len(word)]
        place += len(word)


def joined(pieces: Iterable[Piece]) -> str:
    """The words as they were typed."""
    return "".join(piece.text if piece.is_glued else f" {piece.text}" for piece in pieces).strip()
