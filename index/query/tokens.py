"""Typed text into tokens: brackets, quotes, operators, words. Full-width marks and Chinese quotes count as ASCII's."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

Kind = Literal["word", "quote", "open", "close", "and", "or", "not"]

_SAME = str.maketrans("：（）～＊？－＂", ':()~*?-"')
_CLOSERS = {'"': '"', "“": "”", "「": "」", "„": "“", "«": "»"}
#: written between terms, or before one, as a word of their own
OPERATORS: dict[str, Kind] = {
    "AND": "and", "且": "and", "&": "and", "OR": "or", "或": "or", "|": "or", "NOT": "not", "非": "not",
}  # fmt: skip
_SLOP = re.compile(r"~(\d{1,2})")
_NOTHING = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of the query and where it begins."""

    kind: Kind
    start: int
    text: str
    #: of a quote: other words allowed between
    slop: int = 0
    closed: bool = True


def tokens(text: str) -> list[Token]:
    """The tokens of a query; control characters part words."""
    clean = _NOTHING.sub(" ", text.translate(_SAME))
    found: list[Token] = []
    place = 0
    while place < len(clean):
        character = clean[place]
        if character.isspace():
            place += 1
        elif character in "()":
            found.append(Token(kind="open" if character == "(" else "close", start=place, text=character))
            place += 1
        elif character in _CLOSERS:
            place = _quote(clean, place, found)
        elif character == "-" and place + 1 < len(clean) and not clean[place + 1].isspace():
            found.append(Token(kind="not", start=place, text="-"))
            place += 1
        else:
            place = _word(clean, place, found)
    return found


def _quote(text: str, place: int, found: list[Token]) -> int:
    end = text.find(_CLOSERS[text[place]], place + 1)
    if end < 0:
        found.append(Token(kind="quote", start=place, text=text[place + 1 :], closed=False))
        return len(text)
    slop = _SLOP.match(text, end + 1)
    inner = text[place + 1 : end]
    found.append(Token(kind="quote", start=place, text=inner, slop=min(int(slop.group(1)), 5) if slop else 0))
    return slop.end() if slop else end + 1


def _word(text: str, place: int, found: list[Token]) -> int:
    end = place
    while end < len(text) and not text[end].isspace() and text[end] not in "()" and text[end] not in _CLOSERS:
        end += 1
    word = text[place:end]
    found.append(Token(kind=OPERATORS.get(word, "word"), start=place, text=word))
    return end
