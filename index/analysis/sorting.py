"""Keys that put titles in order: A-Z, Han by pinyin, numbers by value; and their first letters as one integer.

An engine sorts by a whole number only; `sort_number` packs the first twelve characters, and equal ones are put right
by the whole key.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import lazy_pinyin

from mappings.schema.folding import words

_ALPHABET = {character: place for place, character in enumerate(" 0123456789abcdefghijklmnopqrstuvwxyz", 1)}
_OTHER = len(_ALPHABET) + 1
_BASE = _OTHER + 1
_PACKED = 11
#: articles that are passed over at the start of a title
_ARTICLES = frozenset(
    ["a", "an", "the", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il", "lo", "gli", "de", "het"]
)
_DIGITS = re.compile(r"\d+")


@lru_cache(maxsize=30_000)
def _spoken(word: str) -> str:
    if word.isascii() or len(word) > 1:
        return word
    return str("".join(lazy_pinyin(word, errors="default")))


def title_sort_key(title: str) -> str:
    """A title's place in the alphabet."""
    found = words(title[:200])
    if len(found) > 1 and found[0] in _ARTICLES:
        found = found[1:]
    spoken = " ".join(map(_spoken, found))
    return _DIGITS.sub(lambda number: number.group().zfill(5), spoken) if _DIGITS.search(spoken) else spoken


def sort_number(key: str) -> int:
    """The first characters of a sort key, as a number that keeps their order."""
    number = 0
    for character in key[:_PACKED].ljust(_PACKED, "\0"):
        number = number * _BASE + (0 if character == "\0" else _ALPHABET.get(character, _OTHER))
    return number
