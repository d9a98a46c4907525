"""The Chinese reference code 档号: its parts read out of it, and the code composed of its parts.

`dat22` is DA/T 22-2015 (全宗号-门类·年度-保管期限-机构-件号; the office may be missing, and `·` may stand before the
retention period), `dat13` DA/T 13-1994 (全宗号-目录号-案卷号-件号).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import normalize

from mappings.schema.holding import ReferenceParts

#: code of a retention period (保管期限) -> the words of tables
_RETENTION = {"Y": "永久", "C": "长期", "D": "短期"}
_WORDS = {words: code for code, words in _RETENTION.items()}
_YEARS_CODE, _YEARS_WORDS = re.compile(r"D(\d{1,3})"), re.compile(r"(\d{1,3})年?")
_DOTS = re.compile("[.•・‧∙．]")
_LINES = re.compile("[‐‑‒–—―−－]")
_SHAPES = {
    "dat22": (
        r"(?P<fonds>[^-·]+)-(?P<category>[^-·]+)·(?P<year>\d{4})[-·](?P<retention>Y|C|D\d{0,3}|永久|长期|短期|\d{1,3}年)"
        r"(?:-(?P<department>[^-·]+))?-(?P<item>\d+)"
    ),
    "dat13": r"(?P<fonds>[^-·]+)-(?P<catalogue>\d+)-(?P<file>\d+)(?:-(?P<item>\d+))?",
}
_PATTERNS = {profile: re.compile(shape) for profile, shape in _SHAPES.items()}
PROFILES = tuple(_SHAPES)


def reference_parts(code: str, profile: str = "") -> ReferenceParts | None:
    """The parts of a code, by one profile or by the first that fits; None where none does."""
    written = _LINES.sub("-", _DOTS.sub("·", "".join(code.split())))
    for pattern in (_PATTERNS[profile],) if profile else _PATTERNS.values():
        if found := pattern.fullmatch(written):
            parts = {name: part for name, part in found.groupdict().items() if part}
            if "retention" in parts:
                parts["retention"] = retention_words(parts["retention"])
            return ReferenceParts(**parts)
    return None


def reference_code(parts: ReferenceParts) -> str | None:
    """The code that the parts compose; None where too little is known of them.

    An office without a code stands there by its name: left out, two offices that count their items alike would be one.
    """
    return next(filter(None, (compose(parts) for compose in _COMPOSED)), None)


def _dat22(parts: ReferenceParts) -> str | None:
    if not (parts.fonds and parts.category and parts.year and parts.retention and parts.item):
        return None
    after = "-".join(part for part in (retention_code(parts.retention), parts.department, parts.item) if part)
    return f"{parts.fonds}-{parts.category}·{parts.year}-{after}"


def _dat13(parts: ReferenceParts) -> str | None:
    if not (parts.fonds and parts.catalogue and parts.file):
        return None
    return "-".join(part for part in (parts.fonds, parts.catalogue, parts.file, parts.item) if part)


_COMPOSED: tuple[Callable[[ReferenceParts], str | None], ...] = (_dat22, _dat13)


def retention_words(text: str) -> str:
    """A retention period in words: `Y` is 永久, `D30` 30年; other words as they are."""
    found = _YEARS_CODE.fullmatch(text)
    return f"{found[1]}年" if found else _RETENTION.get(text, text)


def retention_code(words: str) -> str:
    """A retention period as codes write it: 永久 is `Y`, 30年 `D30`; other words as they are."""
    found = _YEARS_WORDS.fullmatch(words)
    return f"D{found[1]}" if found else _WORDS.get(words, words)


def same_part(one: str, other: str) -> bool:
    """Whether two writings are of one part: `0001` is `1`, `Y` is 永久."""
    if one.isdecimal() and other.isdecimal():
        return _plain(one) == _plain(other)
    return retention_words(one) == retention_words(other)


def _plain(digits: str) -> str:
    """A number as long as may be, without the zeros in front of it."""
    return normalize("NFKC", digits).lstrip("0")
