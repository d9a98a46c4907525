"""Runs of Chinese characters that sound alike: an input method that was told one sound and gave another character."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from mappings.schema.folding import is_han

#: characters that a run has
SHORTEST, LONGEST = 2, 6
#: runs that are tried
_MOST = 120
#: the first plane of GB 2312-80: the 3,755 common characters, by sound
_COMMON = range(0xB0, 0xD8)


def is_run(run: str) -> bool:
    """Whether others may sound like it."""
    return SHORTEST <= len(run) <= LONGEST and all(map(is_han, run))


def sounding_alike(run: str) -> Iterator[str]:
    """Runs with one character exchanged for a common one of the same sound, tones apart; `run` is folded."""
    if not is_run(run):
        return
    tried = 0
    for place, character in enumerate(run):
        for other in _alike(character):
            if other != character and tried < _MOST:
                tried += 1
                yield run[:place] + other + run[place + 1 :]


def _alike(character: str) -> Iterator[str]:
    for sound in _sounds(character):
        yield from _by_sound().get(sound, ())


def _sounds(character: str) -> list[str]:
    from pypinyin import Style, pinyin  # its dictionaries take a while to load

    (found,) = pinyin(character, style=Style.NORMAL, heteronym=True)
    return list(dict.fromkeys(found))


@cache
def _by_sound() -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for first in _COMMON:
        for second in range(0xA1, 0xFF):
            character = bytes((first, second)).decode("gb2312", errors="ignore")
            for sound in _sounds(character) if character else ():
                found[sound].append(character)
    return dict(found)
