"""Keys that put titles in order: A-Z, Han by pinyin, numbers by value."""

from __future__ import annotations

import re
from functools import lru_cache

from mappings.schema.folding import words

#: articles that are passed over at the start of a title
_ARTICLES = frozenset(
    ["a", "an", "the", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il", "lo", "gli", "de", "het"]
)
_DIGITS = re.compile(r"\d+")


@lru_cache(maxsize=30_000)
def _spoken(word: str) -> str:
    if word.isascii() or len(word) > 1:
        return word
    from pypinyin import lazy_pinyin  # its dictionaries take a while to load

    return str("".join(lazy_pinyin(word, errors="default")))


def title_sort_key(title: str) -> str:
    """A title's place in the alphabet."""
    found = words(title[:200])
    if len(found) > 1 and found[0] in _ARTICLES:
        found = found[1:]
    spoken = " ".join(map(_spoken, found))
    return _DIGITS.sub(lambda number: number.group().zfill(5), spoken) if _DIGITS.search(spoken) else spoken
