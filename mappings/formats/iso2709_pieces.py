"""Where the records of a file of ISO 2709 begin and end, whatever their leaders claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from mmap import mmap

import msgspec

from mappings.formats.iso2709 import ENTRY, FIELD_END, LEADER, RECORD_END
from mappings.schema.issue import Issue, issue

_RECORD_END, _FIELD_END = bytes((RECORD_END,)), bytes((FIELD_END,))
#: what may stand between two records
_BLANKS = b"\r\n \x00\x1a"
#: length, status and base address of a leader, and the lengths in its directory's entries (4.3)
_BEGINNING = re.compile(rb"\d{5}[^\d\x1d-\x1f][^\x1d-\x1f]{6}\d{5}[^\x1d-\x1f]{3}45")


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of one record of a file, and what was odd about where it ends."""

    data: bytes
    #: where it begins in the file
    offset: int = 0
    notes: tuple[Issue, ...] = ()


def pieces(file: bytes | mmap) -> Iterator[Piece]:
    """The records of a file, each of the length that its leader claims, else up to its own end; the last may have none.

    One that lacks its end, or is cut off, ends where the next begins; where nothing else is missing it is given one.
    """
    start = _past_blanks(file, 0)
    while start < len(file):
        end = file.find(_RECORD_END, start) + 1
        data = file[start:end] if end else b""
        if data[:5] == b"%05d" % len(data):
            yield Piece(data=data, offset=start)
        else:
            end = _odd_end(file, start, end or len(file))
            yield _odd(file[start:end], start, is_last=end == len(file))
        start = _past_blanks(file, end)


def _past_blanks(file: bytes | mmap, place: int) -> int:
    while place < len(file) and file[place] in _BLANKS:
        place += 1
    return place


def _odd_end(file: bytes | mmap, start: int, end: int) -> int:
    """Where a record ends whose first end mark, before `end`, is not where its leader claims it to be."""
    claimed = file[start : start + 5]
    stated = start + int(claimed) if claimed.isdigit() else 0
    if end < stated <= len(file) and file[stated - 1] == RECORD_END and not _begins(file, _past_blanks(file, end)):
        return stated
    place = start + 1
    while (found := _BEGINNING.search(file, place, end)) is not None:
        if _begins(file, found.start()):
            return found.start()
        place = found.start() + 1
    return end


def _odd(data: bytes, offset: int, *, is_last: bool) -> Piece:
    """A record that is not as long as its leader claims; the last of a file may have been cut off anywhere."""
    claimed = data[:5]
    last = int(claimed) - 1 if claimed.isdigit() else 0
    if not is_last and LEADER < last <= len(data) and data[last - 1] == FIELD_END and not data[last:].strip(_BLANKS):
        note = issue("record_cleaned", excerpt="no end of record")
        return Piece(data=data[:last] + _RECORD_END, offset=offset, notes=(note,))
    note = issue("record_cleaned", excerpt=f"length {claimed!r}, found {len(data)}")
    return Piece(data=data, offset=offset, notes=(note,))


def _begins(file: bytes | mmap, place: int) -> bool:
    """Whether a record stands here: a leader, and a directory that ends where this says."""
    if _BEGINNING.match(file, place) is None:
        return False
    base = int(file[place + 12 : place + 17])
    is_directory = base > LEADER and (base - LEADER - 1) % ENTRY == 0 and place + base <= len(file)
    return is_directory and file.find(_FIELD_END, place, place + base) == place + base - 1
