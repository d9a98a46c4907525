"""Bytes to text: which character set a document is in, and what could not be read.

A byte order mark, the XML declaration, what HTTP said and strict UTF-8 are asked in this order, and the first that
decodes strictly is believed; then what the feed taught before; then windows-1252, GB18030 and Big5 by plausibility.
UTF-7, UTF-32 and EBCDIC are refused: no catalogue needs them and filters are tricked with them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import msgspec

from mappings.errors import DocumentRefused

_DECLARATION = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:\-]{1,40})[\"']")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"+/v8", "utf-7"),
    (b"+/v9", "utf-7"),
)
#: first bytes of a document without a mark (XML 1.0, appendix F)
_STARTS = (
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"\x00\x00\x00<", "utf-32"),
    (b"<\x00\x00\x00", "utf-32"),
    (b"Lo\xa7\x94", "ebcdic"),
)
#: web practice: these names mean windows-1252 and GB18030, their supersets
_WIDER = {
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "utf-8-sig": "utf-8",
}
_REFUSED = re.compile(r"utf-?7|utf-?32|ucs-?4|ebcdic|cp0?37$|cp500|cp1047|cp1140|cp273|cp875|cp1026|cp424")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
#: what windows-1252 makes of the second byte of a UTF-8 sequence
_SECOND = bytes(range(0x80, 0xC0)).decode("cp1252", "ignore") + "\x81\x8d\x8f\x90\x9d"
_DOUBLED = re.compile(f"[\u00c2-\u00f4][{re.escape(_SECOND)}]")
#: the same in the bytes of UTF-8, found ten times as fast
_MAYBE_DOUBLED = re.compile(rb"\xc3[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]")
_REPLACEMENT = "\ufffd"


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """Text and how it was read."""

    text: str
    #: Python's name of the character set
    charset: str
    #: how many characters could not be read and are U+FFFD
    replaced: int = 0
    #: the text looks like UTF-8 that was read as windows-1252 and encoded once more at its source
    double_encoded: bool = False


def decode(body: bytes, *, declared: str | None = None, learned: str | None = None) -> Decoded:
    """The text of `body`; never fails but for refused character sets.

    declared  the `charset` of the Content-Type header
    learned   what the feed's earlier pages turned out to be
    raises    DocumentRefused `charset_refused` for UTF-7, UTF-32 and EBCDIC
    """
    for name, start in _stated(body, declared):
        text = _strictly(body[start:], name)
        if text is not None:
            doubled = (name != "utf-8" or _MAYBE_DOUBLED.search(body) is not None) and is_double_encoded(text)
            return Decoded(text=text, charset=name, double_encoded=doubled)
    return _guessed(body, learned)


def is_double_encoded(text: str) -> bool:
    """Whether `text` holds sequences such as `Ã©` that decode as UTF-8 once more, and no bad ones."""
    found = _DOUBLED.search(text)
    if found is None:
        return False
    window = text[max(0, found.start() - 40) : found.end() + 200]
    runs = re.findall(r"[^\x00-\x7f]+", window)
    return any(_undone(run) is not None for run in runs)


def undouble(text: str) -> str:
    """`text` with each doubly encoded run read once more; other runs are kept."""
    return re.sub(r"[^\x00-\x7f]+", lambda run: _undone(run[0]) or run[0], text)


def _undone(run: str) -> str | None:
    try:
        return run.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def _stated(body: bytes, declared: str | None) -> Iterator[tuple[str, int]]:
    """Character sets in the order in which they are believed, each with the length of its mark."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            yield _canonical(name), len(mark)
            break
    for start, name in _STARTS:
        if body.startswith(start):
            yield _canonical(name), 0
    declaration = _DECLARATION.match(body[:400])
    if declaration is not None:
        yield from _known(declaration[1].decode("ascii"))
    if declared:
        yield from _known(declared)
    yield "utf-8", 0


def _known(name: str) -> Iterator[tuple[str, int]]:
    """The named character set, if Python knows it; UTF-16 without its zero bytes is a false claim."""
    canonical = _canonical(name)
    if canonical and not canonical.startswith("utf-16"):
        yield canonical, 0


def _canonical(name: str) -> str:
    """Python's name, widened by web practice; empty where unknown."""
    if _REFUSED.search(name.strip().lower().replace("_", "-")):
        raise DocumentRefused("charset_refused", f"the character set {name} is not read")
    try:
        found = codecs.lookup(name.strip()).name
    except LookupError:
        return ""
    if _REFUSED.search(found):
        raise DocumentRefused("charset_refused", f"the character set {name} is not read")
    return _WIDER.get(found, found)


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeError, LookupError):
        return None


def _guessed(body: bytes, learned: str | None) -> Decoded:
    """No claim held: mostly-UTF-8 with marks, else the learned set, else the most plausible of three."""
    mostly = _mostly_utf8(body)
    if learned and not mostly and (name := _canonical(learned)):
        text = _strictly(body, name)
        if text is not None:
            return Decoded(text=text, charset=name)
    name = "utf-8" if mostly else _plausible(body)
    text = body.decode(name, "replace")
    return Decoded(text=text, charset=name, replaced=text.count(_REPLACEMENT))


def _mostly_utf8(body: bytes) -> bool:
    """Whether well-formed sequences outnumber the bad bytes ten to one."""
    text = body.decode("utf-8", "replace")
    bad = text.count(_REPLACEMENT)
    good = sum(1 for character in text if character > "\x7f") - bad
    return good >= 10 * bad


def _plausible(body: bytes) -> str:
    """windows-1252 where high bytes stand alone, else the Chinese set with the more frequent characters."""
    runs = _HIGH_RUN.findall(body)
    alone = sum(1 for run in runs if len(run) == 1)
    if alone * 2 >= sum(map(len, runs)):
        return "cp1252"
    common, name = max((_common(body, name, first, last), name) for name, first, last in _CHINESE)
    return name if common > 0.5 else "cp1252"


#: rows of the frequent characters: GB 2312 level 1, Big5 level 1
_CHINESE = (("gb18030", 0xB0, 0xD7), ("big5", 0xA4, 0xC6))


def _common(body: bytes, name: str, first: int, last: int) -> float:
    """Share of frequent characters among those that are not ASCII; 0 where the set cannot be.

    What cannot be read counts as not frequent: one bad line of a small file speaks against no set.
    """
    text = body.decode(name, "replace")
    wide = [character for character in text if character > "\x7f"]
    if not wide or text.count(_REPLACEMENT) * 4 > len(wide):
        return 0.0
    leads = (character.encode(name, "replace")[0] for character in wide if character != _REPLACEMENT)
    return sum(1 for lead in leads if first <= lead <= last) / len(wide)
