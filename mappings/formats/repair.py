"""Repairs that make almost-XML readable: each is counted, and nothing that is legal is touched.

Illegal characters and references become U+FFFD (or the character that two surrogate references spell), a bare `&` is
escaped and HTML's entity names are resolved. CDATA sections keep their ampersands. The raw bytes stay as they came.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.entities import html5

import msgspec

from mappings.schema.issue import Issue, issue


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """The text after repair, and one issue a kind of repair with its count as excerpt."""

    text: str
    repairs: tuple[Issue, ...] = ()


_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]+")
#: an ampersand that does not begin one of XML's own five names
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_REFERENCES = re.compile(r"(?:&#(?:x[0-9A-Fa-f]{1,8}|[0-9]{1,10});)+")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
_SUSPECT = re.compile(
    r"(?:&#(?:x[0-9A-Fa-f]{1,8}|[0-9]{1,10});)+|&(?!(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,31});)?"
)
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_REPLACEMENT = "\ufffd"


def clean(text: str) -> Cleaned:
    """`text` with what no XML parser would take repaired; the very same string where nothing has to be done."""
    found: Counter[str] = Counter()
    repaired = _characters(text, found)
    if _AMPERSAND.search(repaired):
        repaired = "".join(_ampersands(repaired, found))
    repairs = tuple(issue(code, excerpt=str(count)) for code, count in sorted(found.items()))
    return Cleaned(text=repaired if repairs else text, repairs=repairs)


def _characters(text: str, found: Counter[str]) -> str:
    """`text` without illegal characters; surrogates are joined where two make a character."""
    if not text.isascii() and _SURROGATE.search(text):
        found["surrogates_joined"] += 1
        text = _SURROGATE.sub(lambda run: _joined(run[0]), text)
    if _ILLEGAL.search(text):
        text, count = _ILLEGAL.subn(_REPLACEMENT, text)
        found["illegal_character"] += count
    return text


def _joined(run: str) -> str:
    """Surrogates as the characters they spell; a lone one is U+FFFD."""
    return run.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _ampersands(text: str, found: Counter[str]) -> Iterator[str]:
    """`text` piece by piece, repaired outside of its CDATA sections."""
    position = 0
    while position < len(text):
        start = text.find(_CDATA, position)
        end = text.find(_CDATA_END, start) if start >= 0 else -1
        if end < 0:
            start = end = len(text)
        yield _SUSPECT.sub(lambda suspect: _resolved(suspect, found), text[position:start])
        yield text[start:end]
        position = end


def _resolved(suspect: re.Match[str], found: Counter[str]) -> str:
    """A run of character references, an entity name or a bare ampersand, in legal form."""
    source = suspect[0]
    if source.startswith("&#") and source.endswith(";"):
        return _references(source, found)
    name = suspect[1]
    value = html5.get(f"{name};") if name else None
    if value is not None:
        found["entity_resolved"] += 1
        return "".join(_MARKUP.get(character, character) for character in value)
    found["bare_ampersand"] += 1
    return "&amp;" + source[1:]


def _references(run: str, found: Counter[str]) -> str:
    """The run as it stands where every reference is legal, else its characters."""
    numbers = [int(digits, 16) if digits else int(decimal) for digits, decimal in _REFERENCE.findall(run)]
    if all(map(_legal, numbers)):
        return run
    found["illegal_reference"] += 1
    spelt = "".join(chr(number) if _legal(number) or _surrogate(number) else _REPLACEMENT for number in numbers)
    return "".join(_written(character) for character in _SURROGATE.sub(lambda part: _joined(part[0]), spelt))


def _written(character: str) -> str:
    """Line ends and markup stay references, else a parser would normalise or read them."""
    return f"&#{ord(character)};" if character in "&<>\"'\r\n\t" else character


def _surrogate(number: int) -> bool:
    return 0xD800 <= number <= 0xDFFF


def _legal(number: int) -> bool:
    """XML 1.0, production 2."""
    if number < 0x20:
        return number in (9, 10, 13)
    return number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or 0x10000 <= number <= 0x10FFFF
