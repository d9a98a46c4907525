"""The bytes of a text file as text, read as it goes: marked or strictly UTF-8, else the most plausible by a sample."""

from __future__ import annotations

import codecs
import io

from harvester.files.mapped import Mapped
from harvester.files.units import FileRefused
from mappings.errors import DocumentRefused
from mappings.formats.charset import decode

_SAMPLE_BYTES = 1 << 18
_CHUNK_BYTES = 1 << 20
#: a file that is decoded at once may have this many bytes
DECODED_BYTES = 256 << 20
#: character sets whose bytes must not be taken one by one, and those of them that are only guessed
_MIXED = frozenset({"gb18030", "big5"})
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be"}) | _MIXED
#: more of the characters that are not ASCII may not be unreadable in a file that still is UTF-8
_MOST_REPLACED = 0.05


def text_of(file: Mapped) -> io.TextIOWrapper:
    """The file's text, line ends as they are; what cannot be read is U+FFFD.

    raises  FileRefused `charset_refused`
    """
    raw = io.BufferedReader(_Raw(file))
    return io.TextIOWrapper(raw, encoding=_encoding(file), errors="replace", newline="")


def in_utf8(file: Mapped) -> Mapped:
    """The file, made UTF-8 where bytes of its characters may look like brackets or quotes: UTF-16, GB18030, Big5.

    One that is UTF-8 but for some bytes stays as it is.
    raises  FileRefused `charset_refused`, `too_large`
    """
    head = bytes(file[:_SAMPLE_BYTES])
    encoding = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be" if head[:1] == b"\0" else _encoding(file)
    if encoding not in _WIDE or (encoding in _MIXED and _is_mostly_utf8(head)):
        return file
    if len(file) > DECODED_BYTES:
        raise FileRefused("too_large", f"a file in another character set than UTF-8 of more than {DECODED_BYTES} bytes")
    return bytes(file[:]).decode(encoding, "replace").encode("utf-8", "replace")


def _is_mostly_utf8(head: bytes) -> bool:
    text = head.decode("utf-8", "replace")
    return text.count("\ufffd") <= _MOST_REPLACED * sum(not character.isascii() for character in text)


def _encoding(file: Mapped) -> str:
    head = bytes(file[:_SAMPLE_BYTES])
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(file), _CHUNK_BYTES):
            decoder.decode(file[start : start + _CHUNK_BYTES], start + _CHUNK_BYTES >= len(file))
    except UnicodeDecodeError:
        try:
            return decode(head).charset
        except DocumentRefused as refused:
            raise FileRefused(refused.code, str(refused)) from refused
    return "utf-8"


class _Raw(io.RawIOBase):
    """Mapped bytes as a stream."""

    def __init__(self, file: Mapped) -> None:
        self._file, self._place = file, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """Up to a buffer of bytes."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        part = self._file[self._place : self._place + len(view)]
        view[: len(part)] = part
        self._place += len(part)
        return len(part)
