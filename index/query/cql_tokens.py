"""CQL text into tokens: brackets, comparison signs, strokes, quoted and bare words, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from index.errors import CqlInvalid

Kind = Literal["word", "string", "open", "close", "sign", "stroke", "end"]

_SIGNS = re.compile(r"==|<=|>=|<>|[=<>]")
#: a character, and that it was not escaped
_ANCHOR = ("^", True)
_BARE = re.compile(r'[^\s()=<>"/]+')


class CqlToken(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of the query and where it begins."""

    kind: Kind
    start: int
    #: of a string what stands between the quotation marks, escapes untouched
    text: str = ""

    @property
    def is_term(self) -> bool:
        """A word, bare or quoted."""
        return self.kind in ("word", "string")

    def says(self, *words: str) -> bool:
        """Whether it is one of these bare words, whatever its case."""
        return self.kind == "word" and self.text.lower() in words


def cql_tokens(text: str) -> list[CqlToken]:
    """The tokens of a query, the last of which is its end; raises CqlInvalid for a string that does not end."""
    return [*_tokens(text), CqlToken(kind="end", start=len(text))]


def _tokens(text: str) -> Iterator[CqlToken]:
    place = 0
    while place < len(text):
        character = text[place]
        if character.isspace():
            place += 1
        elif character == '"':
            token = _string(text, place)
            yield token
            place += len(token.text) + 2
        elif character in "()/":
            kind: Kind = "stroke" if character == "/" else "open" if character == "(" else "close"
            yield CqlToken(kind=kind, start=place, text=character)
            place += 1
        elif found := _SIGNS.match(text, place):
            yield CqlToken(kind="sign", start=place, text=found.group())
            place = found.end()
        else:
            found = _BARE.match(text, place)
            word = found.group() if found else character
            yield CqlToken(kind="word", start=place, text=word)
            place += len(word)


def _string(text: str, opener: int) -> CqlToken:
    place = opener + 1
    while place < len(text) and text[place] != '"':
        place += 2 if text[place] == "\\" else 1
    if place >= len(text):
        raise CqlInvalid(opener, 'a second "', "", diagnostic=14, details='"')
    return CqlToken(kind="string", start=opener, text=text[opener + 1 : place])


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """A search term, its escapes resolved (CQL 1.2, masking rules)."""

    text: str
    #: the text with blanks for escaped marks: no word holds one, and what is left of them masks
    sought: str
    #: has a `*` or `?` that masks
    masked: bool = False
    #: begins, ends with the anchor `^`, has one elsewhere
    first: bool = False
    last: bool = False
    inside: bool = False


def term_of(token: CqlToken) -> Term:
    """The term of a token."""
    pairs = re.findall(r"\\(.)|([^\\])", token.text, re.DOTALL)
    plain = [(escaped or bare, bool(bare)) for escaped, bare in pairs]
    first = len(plain) > 0 and plain[0] == _ANCHOR
    last = len(plain) > 1 and plain[-1] == _ANCHOR
    kept = plain[first : len(plain) - last]
    return Term(
        text="".join(character for character, _ in kept).strip(),
        sought="".join(character if bare or character not in "*?^" else " " for character, bare in kept).strip(),
        masked=any(bare and character in "*?" for character, bare in kept),
        first=first,
        last=last,
        inside=_ANCHOR in kept,
    )


def quoted(text: str) -> str:
    """A text as a string that stands for itself."""
    return '"' + re.sub(r'([\\"*?^])', r"\\\1", text) + '"'
