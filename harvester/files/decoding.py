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


def text_of(file: Mapped) -> io.TextIOWrapper:
    """The file's text, line ends as they are; what cannot be read is U+FFFD.

    raises  FileRefused `charset_refused`
    """
    raw = io.BufferedReader(_Raw(file))
    return io.TextIOWrapper(raw, encoding=_encoding(file), errors="replace", newline="")


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
