"""Unquoted words of a query, each as it is sought: a word by itself and its stems, a Han word as a phrase.

Nothing is guessed of the query's language: a word searches its stems in all configured languages. Only a query is
parted by a dictionary; documents hold Han one character a word, so a run is found inside longer ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import msgspec

from index.analysis.dictionary import han_words
from index.analysis.number import singular
from index.analysis.spans import pieces
from index.analysis.stems import spelt_out, stems_of_word
from mappings.schema.folding import is_han, words

#: words so common that a query may be answered without them; short lists of the languages that have stems, and Chinese
_COMMON = (
    "a an and are as at by for from in is it of on or the to with "
    "der die das den dem des ein eine und von zu im am "
    "le la les un une du de et en au aux "
    "el los las y del il lo gli di e da het een van o os do dos em "
    "и в на с по 的 了 和 与 及"
)
STOP_WORDS = frozenset(_COMMON.split())


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One word that has to stand somewhere."""

    #: as typed
    text: str
    #: the folded word: of a compound the joined form, of a Han word none
    word: str = ""
    #: side by side they stand for the word too: a compound's parts, a Han word's characters
    run: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    #: other forms that stand for the word
    forms: tuple[str, ...] = ()

    @property
    def optional(self) -> bool:
        """A stop word."""
        return (self.word or "".join(self.run)) in STOP_WORDS


@lru_cache(maxsize=2_000)
def asked_words(text: str) -> tuple[Asked, ...]:
    """The words of an unquoted text, each once, in order."""
    found = [each for piece in pieces(text) for each in _asked(text[piece.start : piece.end], piece.alone)]
    return tuple({(each.word, each.run): each for each in reversed(found)}.values())[::-1]


@lru_cache(maxsize=2_000)
def named_words(name: str) -> tuple[Asked, ...]:
    """The words of another name for what was typed: a common one in the singular too, one with a capital as it is.

    Stems have no part in it: they are for words that somebody typed, and one of them may be a plain word's.
    """
    return tuple(_named(each, is_proper=name[:1].isupper()) for each in asked_words(name))


def _named(asked: Asked, *, is_proper: bool) -> Asked:
    other = singular(asked.word)
    return msgspec.structs.replace(asked, stems=(), forms=() if is_proper or other == asked.word else (other,))


def required(asked: tuple[Asked, ...]) -> tuple[Asked, ...]:
    """The words that count: all but stop words, and these too where there are no others."""
    return tuple(each for each in asked if not each.optional) or asked


def _asked(written: str, alone: bool) -> Iterator[Asked]:
    inside = words(written)
    if alone or (len(inside) > 1 and all(len(word) == 1 for word in inside)):
        yield from _characters("".join(inside), written)
    elif len(inside) > 2 and inside[0] == "".join(inside[1:]):
        stems = _stems(inside[0], words(spelt_out(written))[0])
        yield Asked(text=written, word=inside[0], run=tuple(inside[1:]), stems=stems)
    else:
        for word, spelt in zip(inside, words(spelt_out(written)), strict=True):
            yield Asked(text=written if len(inside) == 1 else word, word=word, stems=_stems(word, spelt))


def _stems(word: str, spelt: str) -> tuple[str, ...]:
    """Stems of a word, and of its spelling without umlauts."""
    found = stems_of_word(word)
    return found if spelt == word else tuple(dict.fromkeys((*found, *stems_of_word(spelt))))


def _characters(folded: str, written: str) -> Iterator[Asked]:
    """Han by the dictionary's words; of other scripts a run is one word."""
    place = 0
    for word in _parted(folded):
        text = written[place : place + len(word)] if len(written) == len(folded) else word
        place += len(word)
        yield Asked(text=text, word=word) if len(word) == 1 else Asked(text=text, run=tuple(word))


def _parted(folded: str) -> Iterator[str]:
    for han, characters in groupby(folded, is_han):
        run = "".join(characters)
        yield from han_words(run) if han else (run,)
