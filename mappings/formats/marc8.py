"""MARC-8 to text, by the code tables that pymarc ships.

Escape sequences choose the working sets G0 and G1 and hold to the end of the subfield; marks stand before their letter
and are put behind it; East Asian characters (EACC) take three bytes.
"""

from __future__ import annotations

from unicodedata import normalize

from pymarc.marc8_mapping import CODESETS, ODD_MAP

_ESCAPE = 0x1B
_LATIN, _ANSEL, _EACC = 0x42, 0x45, 0x31
#: ESC + one of these + a final byte choose a set; `$` before them announces three bytes a character
_G0, _G1 = frozenset(b"(,"), frozenset(b")-")
#: `ESC s` goes back to ASCII from the sets that one byte alone chooses (Greek symbols, sub- and superscript)
_BACK = 0x73
_REPLACEMENT = "\ufffd"


def decode_marc8(data: bytes) -> tuple[str, int]:
    """The text of one subfield in NFC, and how many characters no table knows (they are U+FFFD)."""
    if _ESCAPE not in data and data.isascii():
        return data.decode("ascii"), 0
    reader = _Reader(data)
    return normalize("NFC", reader.text()), reader.replaced


class _Reader:
    """The place in the bytes and the two working sets."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0
        self.g0, self.g1 = _LATIN, _ANSEL
        self.replaced = 0

    def text(self) -> str:
        found: list[str] = []
        marks: list[str] = []
        while self.place < len(self.data):
            if self.data[self.place] == _ESCAPE:
                self._escape()
                continue
            character, is_mark = self._character()
            if is_mark:
                marks.append(character)
                continue
            found.append(character)
            found += marks
            marks = []
        return "".join(found + marks)

    def _escape(self) -> None:
        """Takes one escape sequence; what is none is passed over."""
        sequence = self.data[self.place + 1 : self.place + 5]
        length = 1
        wide = sequence[:1] == b"$"
        rest = sequence[1:] if wide else sequence
        if rest[:1] and rest[0] in _G0 | _G1:
            final = rest[1:].lstrip(b"!")[:1]
            if final and final[0] in CODESETS:
                self.g0, self.g1 = (final[0], self.g1) if rest[0] in _G0 else (self.g0, final[0])
                length += 2 + wide + (rest[1:2] == b"!")
        elif rest[:1] and rest[0] in CODESETS:
            self.g0, length = rest[0], 2 + wide
        elif rest[:1] and rest[0] == _BACK:
            self.g0, length = _LATIN, 2
        self.place += length

    def _character(self) -> tuple[str, bool]:
        first = self.data[self.place]
        table = self.g1 if first > 0x80 else self.g0
        if first < 0x20 or 0x80 <= first < 0xA0:
            # control characters and non-sorting marks say nothing to a reader
            self.place += 1
            return "", False
        width = 3 if table == _EACC and first != 0x20 else 1
        code = int.from_bytes(self.data[self.place : self.place + width])
        complete = self.place + width <= len(self.data)
        self.place += width
        known = CODESETS[table].get(code & 0x7F7F7F if width == 3 else code) if complete else None
        if known is not None:
            return chr(known[0]), bool(known[1])
        if complete and code in ODD_MAP:
            return chr(ODD_MAP[code]), False
        if code == 0x20:
            return " ", False
        self.replaced += 1
        return _REPLACEMENT, False
