"""Typed text into tokens: brackets, quotes, operators, words. Full-width marks and Chinese quotes count as ASCII's."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

Kind = Literal["word", "quote", "open", "close", "and", "or", "not"]

_SAME = str.maketrans("：（）～＊？－＂＜＞＝＾｜＆", ':()~*?-"<>=^|&')
#: opening quote -> its closing one
QUOTES = {'"': '"', "“": "”", "”": "”", "「": "」", "„": "“", "«": "»"}
#: before a quote: what begins with it, what is all of it
MARKS = ("^", "=")
#: written between terms, or before one, as a word of their own
OPERATORS: dict[str, Kind] = {
    "AND": "and", "且": "and", "&": "and", "OR": "or", "或": "or", "|": "or", "NOT": "not", "非": "not",
}  # fmt: skip
_SLOP = re.compile(r"~(\d+)")
#: control characters but tab and the ends of lines, and halves of characters
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of the query and where it begins."""

    kind: Kind
    start: int
    #: behind its last character
    end: int
    #: of a quote what stands inside, as typed
    text: str
    #: of a quote: other words allowed between; None where nothing is said
    slop: int | None = None
    closed: bool = True


def plain_marks(text: str) -> str:
    """The text with ASCII's marks for full-width ones, each in its place."""
    return text.translate(_SAME)


def tokens(text: str) -> list[Token]:
    """The tokens of a query; control characters part words."""
    typed = CONTROLS.sub(" ", text)
    plain = plain_marks(typed)
    found: list[Token] = []
    place = 0
    while place < len(plain):
        if plain[place].isspace():
            place += 1
            continue
        found.append(_token(typed, plain, place))
        place = found[-1].end
    return found


def _token(typed: str, plain: str, place: int) -> Token:
    character, following = plain[place], plain[place + 1 : place + 2]
    if character in "()":
        return Token(kind="open" if character == "(" else "close", start=place, end=place + 1, text=character)
    if character in QUOTES:
        return _quote(typed, plain, place)
    if character == "-" and following and not following.isspace():
        return Token(kind="not", start=place, end=place + 1, text="-")
    return _word(plain, place)


def _quote(typed: str, plain: str, place: int) -> Token:
    end = plain.find(QUOTES[plain[place]], place + 1)
    if end < 0:
        return Token(kind="quote", start=place, end=len(plain), text=typed[place + 1 :], closed=False)
    slop = _SLOP.match(plain, end + 1)
    return Token(
        kind="quote",
        start=place,
        end=slop.end() if slop else end + 1,
        text=typed[place + 1 : end],
        slop=int(slop.group(1)) if slop else None,
    )


def _word(plain: str, place: int) -> Token:
    end = place
    while end < len(plain) and not plain[end].isspace() and plain[end] not in "()" and plain[end] not in QUOTES:
        end += 1
    word = plain[place:end]
    return Token(kind=OPERATORS.get(word, "word"), start=place, end=end, text=word)
