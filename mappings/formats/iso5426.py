"""ISO 5426 to text: the Latin set of UNIMARC records that are not in Unicode.

A mark stands before its letter and is put behind it. Bytes without a character become U+FFFD and are counted.
"""

from __future__ import annotations

from unicodedata import normalize

#: byte -> character, from 0xA1
_SIGNS = dict(
    zip(
        (*range(0xA1, 0xAC), 0xAD, 0xAE, 0xAF, 0xB0, 0xB1, 0xB2, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBD, 0xBE, 0xBF),
        "¡„£$¥†§′‘“«©℗®ʻʼ‚‡·″’”»ʹʺ¿",
        strict=True,
    )
)
_LETTERS = dict(
    zip(
        (0xE1, 0xE2, 0xE6, 0xE8, 0xE9, 0xEA, 0xEC, 0xF1, 0xF2, 0xF3, 0xF5, 0xF6, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC),
        "ÆĐĲŁØŒÞæđðıĳłøœßþ",
        strict=True,
    )
)
#: byte -> combining mark: hook, grave, acute, circumflex, tilde, macron, breve, dot, diaeresis, umlaut, ring …
_MARKS = dict(
    zip(
        (*range(0xC0, 0xCB), 0xCD, 0xCE, 0xCF, 0xD0, 0xD3, 0xD6, 0xD8),
        "\u0309\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0308\u030a\u030b\u031b\u030c\u0327\u0328\u0323\u0332",
        strict=True,
    )
)
#: bytes around what is left out in sorting (ISO 6630)
_NOT_SORTED = frozenset({0x88, 0x89})


def decode_iso5426(data: bytes) -> tuple[str, int]:
    """The text in NFC, and how many bytes could not be read; a mark without a letter is one."""
    text: list[str] = []
    marks: list[str] = []
    replaced = 0
    for byte in data:
        if byte in _MARKS:
            marks.append(_MARKS[byte])
            continue
        if byte in _NOT_SORTED:
            continue
        character = chr(byte) if byte < 0x80 else _SIGNS.get(byte) or _LETTERS.get(byte) or "\ufffd"
        replaced += character == "\ufffd"
        text += (character, *marks)
        marks.clear()
    return normalize("NFC", "".join(text)), replaced + len(marks)
