"""Stems by Snowball: the case-folded word with its marks is stemmed, then folded; for documents and queries alike.

A word with umlauts has the stems of its spelling without them too, so that Müller and Mueller find each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

import Stemmer

from mappings.schema.folding import fold, plain_joints, words_of_folded

#: ISO 639-3 -> Snowball's name
LANGUAGES: dict[str, str] = {
    "eng": "english",
    "deu": "german",
    "fra": "french",
    "spa": "spanish",
    "ita": "italian",
    "nld": "dutch",
    "por": "portuguese",
    "rus": "russian",
}
DEFAULT_LANGUAGE = "eng"
#: a query word is sought by at most so many distinct stems
STEMS_PER_WORD = 4


_UMLAUTS = {ord(umlaut): spelt for umlaut, spelt in zip("äöüÄÖÜ", ("ae", "oe", "ue", "Ae", "Oe", "Ue"), strict=True)}
_CYRILLIC = re.compile("[\u0400-\u04ff]")
#: words that each language keeps with their stems
_KEPT = 200_000


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(LANGUAGES[language], 0)


class _Stems(dict[str, str]):
    """Cased word -> stem of one language, filled as words are met."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._stem = _stemmer(language).stemWord

    def __missing__(self, word: str) -> str:
        if len(self) >= _KEPT:
            self.clear()
        found: str = self._stem(word)
        self[word] = found
        return found


@cache
def _stems(language: str) -> _Stems:
    return _Stems(language)


def stems_of_text(text: str, language: str | None, folded: list[str]) -> list[str]:
    """Stems of a value in its language, the default one where it has none of ours.

    folded   the value's folded words, which are the cased words too where the text is ASCII
    """
    stems = _stems(language if language in LANGUAGES else _usual(text))
    if text.isascii():
        return list(map(stems.__getitem__, folded))
    return [stem for word in words_of_folded(_cased(text)) if _stemmable(word) for stem in _with_umlauts(word, stems)]


def spelt_out(text: str) -> str:
    """The text as it is spelt where there are no umlauts: `Mueller` of Müller."""
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(_UMLAUTS)


def _with_umlauts(word: str, stems: _Stems) -> Iterable[str]:
    """The stem of a cased word, and of one with umlauts those of its other spelling, as any query has them."""
    spelt = spelt_out(word)
    if spelt == word:
        return (fold(stems[word]),)
    return dict.fromkeys((fold(stems[word]), fold(stems[spelt]), fold(_stems(DEFAULT_LANGUAGE)[spelt])))


def _usual(text: str) -> str:
    """The language whose stems a text gets that names none: its script may tell."""
    return "rus" if _CYRILLIC.search(text) else DEFAULT_LANGUAGE


@lru_cache(maxsize=20_000)
def stems_of_word(word: str, languages: tuple[str, ...] = tuple(LANGUAGES)) -> tuple[str, ...]:
    """Distinct stems of one typed word in the configured languages, at most `STEMS_PER_WORD`."""
    cased = _cased(word)
    if not _stemmable(cased):
        return ()
    found = dict.fromkeys(fold(_stemmer(language).stemWord(cased)) for language in languages)
    return tuple(found)[:STEMS_PER_WORD]


@lru_cache(maxsize=50_000)
def stem_set(word: str) -> frozenset[str]:
    """All stems that a document's word may have been indexed under, whatever its language."""
    return frozenset(stems_of_word(word)) if word.isascii() else frozenset(_all_stems(word))


def _all_stems(word: str) -> Iterable[str]:
    cased = _cased(word)
    return (fold(_stemmer(language).stemWord(cased)) for language in LANGUAGES)


def _cased(text: str) -> str:
    return plain_joints(unicodedata.normalize("NFKC", text).casefold())


def _stemmable(word: str) -> bool:
    """Whether stems make sense: more than one character, so that Han and its like stay out."""
    return len(word) > 1
