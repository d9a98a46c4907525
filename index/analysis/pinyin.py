"""How runs of Chinese characters are spoken: syllables of pinyin without tones, for titles, names, subjects and places.

A run is read as a whole, so that a character of several readings gets the one that it has among its neighbours. What
has kana or Hangul beside Han is not Chinese and is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from index.fields import ANCHOR
from mappings.schema.folding import fold, is_han

#: characters of a run that are read; a single one is spoken like too many others
SHORTEST, LONGEST = 2, 40
#: letters that the initials of one run have
INITIALS = 12
_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+")
_NOT_CHINESE = re.compile("[\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u1100-\u11ff\uac00-\ud7a3]")


class _Spoken(dict[str, str]):
    """Character -> its only syllable; empty where it has several, or none."""

    def __missing__(self, character: str) -> str:
        found = sounds_of(character)
        self[character] = only = found[0] if len(found) == 1 else ""
        return only


_SPOKEN = _Spoken()


@lru_cache(maxsize=30_000)
def sounds_of(character: str) -> tuple[str, ...]:
    """Every syllable that a character may stand for; none of what is no Han."""
    if len(character) != 1 or not is_han(character):
        return ()
    from pypinyin import Style, pinyin  # its dictionaries take a while to load

    (found,) = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore") or ([],)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=50_000)
def syllables(run: str) -> tuple[str, ...]:
    """The syllables of a folded run of Han, one a character; a character that nobody knows stands for itself."""
    found = tuple(map(_SPOKEN.__getitem__, run))
    if all(found):
        return found
    from pypinyin import lazy_pinyin

    spoken = tuple(lazy_pinyin(run))
    # characters that nobody knows come joined
    return spoken if len(spoken) == len(run) else tuple((sounds_of(each) or (each,))[0] for each in run)


def spoken_runs(text: str) -> Iterator[tuple[str, ...]]:
    """The syllables of each run of Han of a text."""
    if text.isascii() or _NOT_CHINESE.search(text):
        return
    for found in _RUN.finditer(fold(text)):
        if len(run := found.group()[:LONGEST]) >= SHORTEST:
            yield syllables(run)


def pinyin_tokens(values: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """The column's string, runs parted by the anchor, and the initials of each run."""
    runs = tuple(dict.fromkeys(run for value in values for run in spoken_runs(value)))
    if not runs:
        return ANCHOR, ()
    spoken = f"{ANCHOR} {f' {ANCHOR} '.join(map(' '.join, runs))} {ANCHOR}"
    return spoken, tuple(dict.fromkeys(map(initials, runs)))


def initials(run: Iterable[str]) -> str:
    """The first letter of each syllable."""
    return "".join(syllable[:1] for syllable in run)[:INITIALS]
