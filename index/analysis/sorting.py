"""Keys that put titles, names and codes in order: A-Z, Han by pinyin, numbers by value; without one a thing is last."""

from __future__ import annotations

import re
from functools import lru_cache

from index.analysis.codes import SEPARATOR, code_key
from mappings.schema.folding import words

#: articles that are passed over at the start of a title
_ARTICLES = frozenset(
    ["a", "an", "the", "der", "die", "das", "le", "la", "les", "el", "los", "las", "il", "lo", "gli", "de", "het"]
)
_DIGITS = re.compile(r"\d+")
#: digits of a number of a title, and of a code: barcodes are codes too
_DIGITS_OF_TITLE, _DIGITS_OF_CODE = 5, 12
#: behind every character that is used
_LAST = "\U0010ffff"


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
    return _numbered(" ".join(map(_spoken, found)), _DIGITS_OF_TITLE)


def name_sort_key(name: str | None) -> str:
    """A name's place in the alphabet, as it is written: catalogues write what it is ordered by first."""
    found = words(name[:200]) if name else []
    return _numbered(" ".join(map(_spoken, found)), _DIGITS_OF_TITLE) if found else _LAST


def code_sort_key(code: str | None) -> str:
    """A reference code's place among codes: a unit before what is below it, part 9 before part 10."""
    key = SEPARATOR.sub(" ", code_key(code)).strip() if code else ""
    return _numbered(key, _DIGITS_OF_CODE) if key else _LAST


def _numbered(key: str, digits: int) -> str:
    return _DIGITS.sub(lambda number: number.group().zfill(digits), key) if _DIGITS.search(key) else key
