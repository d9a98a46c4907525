"""Latin letters as Chinese syllables: `honglou`, `hong lou`, `Hónglóu`, `xi'an`, and in Wade-Giles `hung lou`, `ts'ao`.

What is typed is read wholly in one of the two ways or not at all; a place of a reading holds the syllables of pinyin
that it may stand for, as Wade-Giles is written without its apostrophes as often as with them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, product

from mappings.schema.folding import fold

#: at each place the syllables that may stand there
Reading = tuple[tuple[str, ...], ...]
#: ways to part one word, and readings of a text, that are followed
_PARTED, _MOST = 4, 4
#: phrases that a text comes to
MOST_PHRASES = 24
#: letters that are read
_LONGEST = 60
_LETTERS = re.compile("[a-z']+(?:[ -][a-z']+)*")
#: Wade-Giles as it is written beside what the rule gives
_ALSO = {
    "ge": ("ko",), "ke": ("k'o",), "he": ("ho",), "guo": ("kuo",), "luo": ("lo",), "duo": ("to",), "tuo": ("t'o",),
    "nuo": ("no",), "zuo": ("tso",), "cuo": ("ts'o",), "suo": ("so",), "zhuo": ("cho",), "chuo": ("ch'o",),
    "ruo": ("jo",), "si": ("szu", "ssu"), "er": ("erh",), "e": ("o",), "yi": ("i",), "yan": ("yen",), "jie": ("chieh",),
    "qie": ("ch'ieh",), "xie": ("hsieh",), "you": ("yu",), "yu": ("yv",), "rong": ("jung",), "yong": ("yung",),
}  # fmt: skip
#: of pinyin, without tones, `v` for u with two dots
_SYLLABLES = tuple(files("index.analysis").joinpath("syllables.txt").read_text(encoding="ascii").split())

#: spelling -> syllables of pinyin
Spellings = Mapping[str, tuple[str, ...]]


@cache
def _pinyin() -> Spellings:
    plain = {each: (each,) for each in _SYLLABLES}
    return plain | {"lu": ("lu", "lv"), "nu": ("nu", "nv"), "lue": ("lve",), "nue": ("nve",)}


@cache
def _wade_giles() -> Spellings:
    from pypinyin.style.wadegiles import to_wade_glides

    found: dict[str, dict[str, None]] = {}
    for syllable in _SYLLABLES:
        for spelt in (str(to_wade_glides(syllable)), *_ALSO.get(syllable, ())):
            for written in {spelt, spelt.replace("'", ""), spelt.replace("v", "u"), _plainest(spelt)}:
                found.setdefault(written, {})[syllable] = None
    return {spelt: tuple(meant) for spelt, meant in found.items()}


def _plainest(spelt: str) -> str:
    return spelt.replace("v", "u").replace("'", "")


def _typed(text: str) -> str:
    """The letters without tones; `v` for u with two dots."""
    apart = unicodedata.normalize("NFD", text[: 2 * _LONGEST].lower()).replace("u\u0308", "v")
    return re.sub(r"\s+", " ", fold(apart)).strip()[:_LONGEST]


@lru_cache(maxsize=2_000)
def readings(text: str) -> tuple[Reading, ...]:
    """What a text of two syllables or more may spell, pinyin first; nothing where a part of it is no syllable."""
    found = (each for each in _readings(_typed(text), unfinished=False) if len(each) > 1)
    return tuple(islice(dict.fromkeys(found), _MOST))


@lru_cache(maxsize=2_000)
def spells_syllables(word: str) -> bool:
    """Whether a word is one syllable or more, and nothing besides."""
    return next(_readings(_typed(word), unfinished=False), None) is not None


@lru_cache(maxsize=2_000)
def unfinished_readings(text: str) -> tuple[Reading, ...]:
    """The same of a text half typed, whose last syllable may go on; one syllable suffices, if something follows it."""
    found = _readings(_typed(text), unfinished=True)
    return tuple(islice(dict.fromkeys(found), 2 * _MOST))


def phrases(reading: Reading) -> tuple[tuple[str, ...], ...]:
    """The syllables side by side that a reading stands for."""
    return tuple(islice(product(*reading), MOST_PHRASES))


def is_initials(text: str) -> bool:
    """Whether letters may be the initials of a run."""
    return 2 <= len(text) <= 12 and text.isascii() and text.isalpha()


def _readings(typed: str, *, unfinished: bool) -> Iterator[Reading]:
    if not _LETTERS.fullmatch(typed):
        return
    for spellings, parts in ((_pinyin(), re.split("[ '-]+", typed)), (_wade_giles(), re.split("[ -]+", typed))):
        words = [word for word in parts if word.strip("'")]
        last = len(words) - 1
        ways = [list(_parted(word, spellings, unfinished and n == last, last > 0)) for n, word in enumerate(words)]
        for chosen in islice(product(*ways), _PARTED):
            if chosen:
                yield tuple(place for word in chosen for place in word)


def _parted(word: str, spellings: Spellings, unfinished: bool, apart: bool) -> Iterator[Reading]:
    """Ways to part one word into syllables, those with longer first syllables first.

    apart   it stands beside others, so that a word which is a syllable is nothing else
    """
    if apart and not unfinished and word in spellings:
        yield (spellings[word],)
    else:
        yield from islice(_ways(word, spellings, unfinished, set()), _PARTED)


def _ways(rest: str, spellings: Spellings, unfinished: bool, hopeless: set[str]) -> Iterator[Reading]:
    if not rest:
        yield ()
        return
    if rest in hopeless:
        return
    some = False
    if unfinished and (begun := _begun(rest, spellings)):
        some = True
        yield (begun,)
    for length in range(min(7, len(rest)), 0, -1):
        meant = spellings.get(rest[:length])
        if meant is None or (unfinished and length == len(rest)):
            continue
        for following in _ways(rest[length:], spellings, unfinished, hopeless):
            some = True
            yield (meant, *following)
    if not some:
        hopeless.add(rest)


def _begun(rest: str, spellings: Spellings) -> tuple[str, ...]:
    """Syllables whose spelling begins so; the finished one first."""
    going_on = (each for spelt, meant in spellings.items() if spelt.startswith(rest) for each in meant)
    return tuple(dict.fromkeys((*spellings.get(rest, ()), *going_on)))
