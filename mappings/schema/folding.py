"""Folding: one spelling for what readers take to be the same word. Linkage and index share it.

NFKC and case folding; marks removed in Latin, Greek, Cyrillic, Arabic and Hebrew; Han to simplified characters by
OpenCC's character table, one by one, so that a character never depends on its neighbours; apostrophes and hyphens of
all kinds as `'` and `-`; characters without a shape of their own left out. What a word is stands here too.

`fold` never guesses a language: `ä` becomes `a`. Where `Müller` and `Mueller` must meet, `fold_umlauts` takes both to
`muller`; it is too coarse to show or to search a phrase with and serves keys alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import opencc

#: words are cut at this many characters
WORD_LENGTH = 64

_APOSTROPHES = "\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u2032\u05f3\ua78b\ua78c"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u05be\u2e3a\u2e3b"
#: letters whose stroke or ligature Unicode does not decompose
_PLAIN = {
    "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ƶ": "z",
    "ɨ": "i", "ʉ": "u", "ə": "e", "ƀ": "b", "ǥ": "g", "ɖ": "d", "ȷ": "j", "ĸ": "k",
}  # fmt: skip

#: one character a token: no spaces divide words in these scripts, or a syllable is what readers search by
_ALONE = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1100, 0x11FF),  # Hangul jamo
    (0x1780, 0x17FF),  # Khmer
    (0x19E0, 0x19FF),  # Khmer symbols
    (0x2E80, 0x2FDF),  # Han radicals
    (0x3005, 0x3007),  # Han iteration mark, closing mark, zero
    (0x3021, 0x3029),  # Hangzhou numerals
    (0x3038, 0x303C),  # Hangzhou numerals, iteration mark
    (0x3041, 0x318F),  # kana, bopomofo, Hangul compatibility jamo
    (0x31A0, 0x31BF),  # bopomofo
    (0x31F0, 0x31FF),  # kana
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),  # Han
    (0xA960, 0xA97F),  # Hangul jamo
    (0xA9E0, 0xA9FF),  # Burmese
    (0xAA60, 0xAA7F),  # Burmese
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),  # Han
    (0x1B000, 0x1B16F),  # kana
    (0x20000, 0x323AF),  # Han
)
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))

#: marks that fold away wherever they stand: those of Latin, Greek, Cyrillic, Arabic and Hebrew
_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5),
    (0x05C7, 0x05C7), (0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC),
    (0x06DF, 0x06E8), (0x06EA, 0x06ED), (0x0898, 0x089F), (0x08CA, 0x08FF), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF), (0x2DE0, 0x2DFF), (0xA66F, 0xA672), (0xA674, 0xA67D), (0xA69E, 0xA69F), (0xFE20, 0xFE2F),
)  # fmt: skip
#: characters without a shape: soft hyphen, joiners, direction marks, variation selectors, byte order mark
_SHAPELESS = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xE0000, 0xE0FFF),
)  # fmt: skip


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _plain(character: str) -> str:
    """One NFKC character without its marks, in lower case, simplified."""
    code = ord(character)
    if _within(code, _MARKS) or _within(code, _SHAPELESS):
        return ""
    if _within(code, _HAN):
        return str(_to_simplified().convert(character))
    if character in _APOSTROPHES:
        return "'"
    if character in _HYPHENS:
        return "-"
    return _PLAIN.get(character, character)


class _Folded(dict[int, str]):
    """Code point -> what it folds to, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        cased = unicodedata.normalize("NFKC", chr(code)).casefold()
        # Hangul and Han compositions come back by NFC; what `_plain` drops is gone before
        apart = "".join([_plain(part) for part in unicodedata.normalize("NFKD", cased)])
        self[code] = folded = unicodedata.normalize("NFC", apart)
        return folded


class _Separated(dict[int, str]):
    """Folded code point -> itself, itself between spaces, or a space: where words end."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        match unicodedata.category(character)[0]:
            case "L" if _within(code, _ALONE):
                spaced = f" {character} "
            case "L" | "M" | "N":
                spaced = character
            case _:
                spaced = " "
        self[code] = spaced
        return spaced


_FOLDED = _Folded()
_SEPARATED = _Separated()


def fold(text: str) -> str:
    """`text` as it is compared: two spellings that readers take to be the same give the same."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).translate(_FOLDED))


#: two or more words of letters, joined by apostrophes or hyphens; scripts that give one character a token stand aside
_ASIDE = "".join(f"{chr(first)}-{chr(last)}" for first, last in _ALONE)
_JOINED = re.compile(rf"(?<![^\W_])[^\W\d_{_ASIDE}]+(?:['-][^\W\d_{_ASIDE}]+)+(?![^\W_])")


_PLAIN_JOINTS = {ord(each): "'" for each in _APOSTROPHES} | {ord(each): "-" for each in _HYPHENS}


def plain_joints(text: str) -> str:
    """`text` with apostrophes and hyphens of all kinds as `'` and `-`."""
    return text.translate(_PLAIN_JOINTS)


def stands_alone(character: str) -> bool:
    """Whether a letter is a word by itself: no spaces divide words in its script."""
    return _within(ord(character), _ALONE)


def is_han(character: str) -> bool:
    """Whether a character is Han, so that a dictionary can part a run of them into words."""
    return _within(ord(character), _HAN)


def _joined_and_split(match: re.Match[str]) -> str:
    compound = match.group()
    return f"{compound.replace('-', '').replace(chr(39), '')} {compound}"


def words(text: str) -> list[str]:
    """The folded words of `text`, in order.

    Runs of letters, marks and digits; Han, kana, Hangul, Thai, Lao, Khmer and Burmese give one character a word. A
    compound stands joined before its parts: `O'Brien` gives `obrien`, `o`, `brien`.
    """
    return words_of_folded(fold(text))


def words_of_folded(folded: str) -> list[str]:
    """`words` of a text that `fold` has made."""
    if "'" in folded or "-" in folded:
        folded = _JOINED.sub(_joined_and_split, folded)
    found = folded.translate(_SEPARATED).split()
    if len(folded) > WORD_LENGTH:
        return [word[:WORD_LENGTH] for word in found]
    return found


_UMLAUTS = re.compile("([aou])e")


def fold_umlauts(text: str) -> str:
    """`fold`, with ae, oe and ue as a, o and u: Müller, Mueller and Muller are one. For linkage keys alone."""
    return _UMLAUTS.sub(r"\1", fold(text))


class FoldedText(NamedTuple):
    """A folded text that still knows where it comes from."""

    text: str
    #: for each folded character the index of its cluster's first character in the original; one more for the end
    starts: tuple[int, ...]
    #: for each folded character the index behind its cluster's last character in the original
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that the folded characters `start` to `end` (exclusive, more than `start`) cover."""
        return self.starts[start], self.ends[end - 1]


def _continues(character: str) -> bool:
    """Whether a character belongs to the cluster of the one before it."""
    first = unicodedata.normalize("NFKD", character)[0]
    if unicodedata.category(first)[0] == "M" or unicodedata.combining(first):
        return True
    # Hangul vowels and finals compose with what stands before them
    return "\u1160" <= first <= "\u11ff" or _within(ord(first), _SHAPELESS)


def _clusters(text: str) -> list[str]:
    found: list[str] = []
    for character in text:
        if found and not character.isascii() and _continues(character):
            found[-1] += character
        else:
            found.append(character)
    return found


def fold_with_offsets(text: str) -> FoldedText:
    """`fold(text)` with, for each folded character, the span of the original that it stands for."""
    if text.isascii():
        size = len(text)
        return FoldedText(text.lower(), tuple(range(size + 1)), tuple(range(1, size + 1)))
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for cluster in _clusters(text):
        folded = fold(cluster)
        parts.append(folded)
        starts.extend([position] * len(folded))
        position += len(cluster)
        ends.extend([position] * len(folded))
    return FoldedText("".join(parts), (*starts, position), tuple(ends))
