"""The language of a text as far as centring asks: models hold texts of one language near each other."""

from __future__ import annotations

import unicodedata
from collections import Counter

_SCRIPTS = {
    "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CYRILLIC": "ru", "GREEK": "el",
    "ARABIC": "ar", "HEBREW": "he", "THAI": "th", "DEVANAGARI": "hi", "LATIN": "en",
}  # fmt: skip
#: a syllabic sign of Japanese among so many letters tells it from Chinese
_JAPANESE_SHARE = 0.1
#: letters looked at
_ENOUGH = 200
DEFAULT = "en"


def tongue_of(text: str, stated: str | None = None) -> str:
    """ISO 639-1 of the script's commonest language; among those of Latin script the one that is `stated`."""
    letters = Counter(_script(letter) for letter in text[:_ENOUGH] if letter.isalpha())
    if not letters:
        return DEFAULT
    if letters["ja"] > _JAPANESE_SHARE * letters.total():
        return "ja"
    found = letters.most_common(1)[0][0]
    return (stated or found).partition("-")[0].lower() if found == "en" and _is_latin(stated) else found


def _script(letter: str) -> str:
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], DEFAULT)


def _is_latin(stated: str | None) -> bool:
    return stated is None or stated.partition("-")[0].lower() not in set(_SCRIPTS.values()) - {"en"}
