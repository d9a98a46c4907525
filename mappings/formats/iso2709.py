"""ISO 2709: MARC records by their directory, only the wanted fields decoded.

The leader says where the data begin and how they are written; the directory says where each field stands. What does
not hold is noted and read as far as it can be: a directory entry that points outside leaves its field out.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from mmap import mmap

import msgspec

from mappings.formats.iso5426 import decode_iso5426
from mappings.formats.marc8 import decode_marc8
from mappings.formats.marcxml import MarcField, MarcRecord, paired
from mappings.schema.issue import Issue, issue

RECORD_END, FIELD_END, SUBFIELD = 0x1D, 0x1E, "\x1f"
_RECORD_END, _FIELD_END = bytes((RECORD_END,)), bytes((FIELD_END,))
_LEADER = 24
#: what may stand between two records
_BLANKS = b"\r\n \x00\x1a"
#: length, status and base address of a leader, and the lengths in its directory's entries (4.3)
_BEGINNING = re.compile(rb"\d{5}[^\d\x1d-\x1f][^\x1d-\x1f]{6}\d{5}[^\x1d-\x1f]{3}45")
#: an 880 by the tag of the field that it stands beside
_BESIDE = re.compile(rb"[^\x1f]{2}\x1f6(\d{3})-")
#: tag, length and place of a directory entry (4.4)
_ENTRY = struct.Struct("3s4s5s")
#: how the character set of UNIMARC is named
ISO5426 = "iso5426"
#: more of a record's characters than this share may not be lost
MOST_LOST = 0.05


class Tags(dict[bytes, str]):
    """Tags as a directory writes them -> the tag, empty where it is not wanted; what is wanted is asked once a tag."""

    #: a hostile file may name any three bytes
    MOST = 2_000

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        super().__init__()
        self.wanted = wanted

    def __missing__(self, written: bytes) -> str:
        if len(self) >= self.MOST:
            self.clear()
        tag = written.decode("latin-1")
        found = self[written] = tag if tag == "880" or self.wanted(tag) else ""
        return found


class Iso2709Refused(Exception):
    """Bytes that hold no record; carries the issue."""

    def __init__(self, found: Issue) -> None:
        super().__init__(found.code)
        self.issue = found


#: all of them
EVERY_TAG = Tags(lambda _: True)


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
    if not is_last and _LEADER < last <= len(data) and data[last - 1] == FIELD_END and not data[last:].strip(_BLANKS):
        note = issue("record_cleaned", excerpt="no end of record")
        return Piece(data=data[:last] + _RECORD_END, offset=offset, notes=(note,))
    note = issue("record_cleaned", excerpt=f"length {claimed!r}, found {len(data)}")
    return Piece(data=data, offset=offset, notes=(note,))


def _begins(file: bytes | mmap, place: int) -> bool:
    """Whether a record stands here: a leader, and a directory that ends where this says."""
    if _BEGINNING.match(file, place) is None:
        return False
    base = int(file[place + 12 : place + 17])
    is_directory = base > _LEADER and (base - _LEADER - 1) % _ENTRY.size == 0 and place + base <= len(file)
    return is_directory and file.find(_FIELD_END, place, place + base) == place + base - 1


def read_iso2709(data: bytes, tags: Tags, *, charset: str = "") -> tuple[MarcRecord, tuple[Issue, ...]]:
    """The fields of one record whose tags are wanted, and what was odd.

    charset  Python's name or `ISO5426` in UNIMARC and CNMARC; in MARC 21 the leader says UTF-8 or MARC-8 (place 09)
    raises   Iso2709Refused: `not_the_format`, `truncated`, `undecodable`
    """
    return _Reader(data, charset).record(tags)


def all_fields(data: bytes, *, charset: str = "") -> tuple[str, list[tuple[str, str | MarcField]]]:
    """The leader and every field in the order of the directory, 880 fields where they stand.

    charset, raises   as `read_iso2709`
    """
    reader = _Reader(data, charset)
    fields: list[tuple[str, str | MarcField]] = []
    for tag, content in reader.entries(EVERY_TAG):
        if tag < "010" and tag.isdigit():
            fields.append((tag, reader.decode(content)))
        elif content:
            fields.append((tag, reader.field(tag, content)))
    return data[:_LEADER].decode("latin-1"), fields


class _Reader:
    """One record: where its data begin and how its bytes become text."""

    def __init__(self, data: bytes, charset: str) -> None:
        self.data = data
        self.end = len(data) - (data[-1:] == b"\x1d")
        self.notes: list[Issue] = []
        self.replaced = self.read = 0
        self.base = self._base()
        self.decode = self._decoder(charset)

    def record(self, tags: Tags) -> tuple[MarcRecord, tuple[Issue, ...]]:
        """The record, 880 fields with the fields that they stand beside."""
        control: dict[str, list[str]] = {}
        plain: list[MarcField] = []
        linked: list[MarcField] = []
        for tag, content in self.entries(tags):
            if tag < "010" and tag.isdigit():
                control.setdefault(tag, []).append(self.decode(content))
            elif content:
                (linked if tag == "880" else plain).append(self.field(tag, content))
        if self.replaced > MOST_LOST * self.read:
            raise Iso2709Refused(issue("undecodable", excerpt=f"{self.replaced} characters"))
        if self.replaced:
            self.notes.append(issue("characters_replaced", excerpt=str(self.replaced)))
        leader = self.data[:_LEADER].decode("latin-1")
        fields, dangling = paired(plain, linked, tags.wanted) if linked else (plain, [])
        return MarcRecord(leader, control, fields, dangling), tuple(self.notes)

    def _base(self) -> int:
        """Where the data begin: as the leader says, else behind the first field end."""
        if self.end == len(self.data) and self.data[:5].isdigit():
            raise Iso2709Refused(issue("truncated", excerpt=f"{len(self.data)} bytes and no end of record"))
        first = self.data.find(FIELD_END)
        if len(self.data) < _LEADER + 1 or first < 0:
            raise Iso2709Refused(issue("not_the_format", excerpt=self.data[:40].decode("latin-1")))
        claimed = self.data[12:17]
        if claimed.isdigit() and int(claimed) == first + 1:
            return first + 1
        self.notes.append(issue("marc_directory", excerpt=f"base address {claimed!r}, found {first + 1}"))
        return first + 1

    def entries(self, tags: Tags) -> Iterator[tuple[str, bytes]]:
        """Wanted tags with the bytes of their fields, in the order of the directory; of 880s those beside such."""
        data, base, end = self.data, self.base, self.end
        directory = data[_LEADER : base - 1]
        directory += b"?" * (-len(directory) % _ENTRY.size)
        for written, length, place in _ENTRY.iter_unpack(directory):
            tag = tags[written]
            if not tag:
                continue
            try:
                start = base + int(place)
                stop = start + int(length)
            except ValueError:
                stop = start = -1
            if base <= start < stop <= end:
                if tag == "880" and (beside := _BESIDE.match(data, start, stop)) and not tags[beside[1]]:
                    continue
                yield tag, data[start : stop - (data[stop - 1] == FIELD_END)]
            elif start != stop:
                self.notes.append(issue("marc_directory", excerpt=f"{tag}: outside of the record"))
            else:
                entry = (written + length + place).decode("latin-1")
                self.notes.append(issue("marc_directory", excerpt=f"{entry}: no entry"))

    def field(self, tag: str, content: bytes) -> MarcField:
        """A variable field of these bytes."""
        head, *parts = self.decode(content).split(SUBFIELD)
        return MarcField(tag, head.ljust(2)[:2], tuple([(part[0], part[1:]) for part in parts if part]))

    # --- text -----------------------------------------------------------------------------------------------------

    def _decoder(self, charset: str) -> Callable[[bytes], str]:
        """How bytes become text; what is strictly UTF-8 is that, whatever the leader says."""
        text = self.data[self.base : self.end]
        if text.isascii() and b"\x1b" not in text:
            self.read = 1
            return _ascii
        try:
            text.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            if b"\x1b" not in text:
                self.read = 1
                return _utf8
        if charset == ISO5426:
            return self._iso5426
        if charset:
            return lambda part: self._counted(part.decode(charset, "replace"))
        if self.data[9:10] == b"a":
            return lambda part: self._counted(part.decode("utf-8", "replace"))
        return self._marc8

    def _counted(self, text: str) -> str:
        self.read += len(text)
        self.replaced += text.count("\ufffd")
        return text

    def _marc8(self, content: bytes) -> str:
        """A field; the working sets hold to the end of a subfield alone."""
        found = [decode_marc8(part) for part in content.split(SUBFIELD.encode())]
        self.read += sum(len(text) for text, _ in found)
        self.replaced += sum(replaced for _, replaced in found)
        return SUBFIELD.join(text for text, _ in found)

    def _iso5426(self, content: bytes) -> str:
        text, replaced = decode_iso5426(content)
        self.read += len(text)
        self.replaced += replaced
        return text


def _ascii(part: bytes) -> str:
    return part.decode("ascii")


def _utf8(part: bytes) -> str:
    # a directory may cut a character in two
    return part.decode("utf-8", "replace")
