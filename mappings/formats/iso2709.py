"""ISO 2709: one MARC record by its directory, only the wanted fields decoded.

The leader says where the data begin and how they are written; the directory says where each field stands. What does
not hold is noted and read as far as it can be: a directory entry that points outside leaves its field out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mappings.formats.iso5426 import decode_iso5426
from mappings.formats.marc8 import decode_marc8
from mappings.formats.marc_fields import MarcField, MarcRecord, paired
from mappings.schema.issue import Issue, issue

RECORD_END, FIELD_END, SUBFIELD = 0x1D, 0x1E, "\x1f"
#: bytes of a leader, and of a directory entry: tag (3), length (4) and place (5) (4.4)
LEADER, ENTRY = 24, 12
#: an 880 by the tag of the field that it stands beside
_BESIDE = re.compile(rb"[^\x1f]{2}\x1f6(\d{3})-")
#: how the character set of UNIMARC is named
ISO5426 = "iso5426"
#: more of a record's characters than this share may not be lost
MOST_LOST = 0.05


class Tags:
    """The tags that are wanted, by how a directory writes them; what is wanted is asked once a tag."""

    __slots__ = ("_known", "wanted")

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.wanted = wanted
        self._known: dict[bytes, str] = {}

    def of(self, written: bytes) -> str:
        """The tag; empty where it is not wanted."""
        found = self._known.get(written)
        return self._asked(written) if found is None else found

    def _asked(self, written: bytes) -> str:
        if len(self._known) >= MOST_TAGS:
            self._known.clear()
        tag = written.decode("latin-1")
        found = self._known[written] = tag if tag == "880" or self.wanted(tag) else ""
        return found

    def clear(self) -> None:
        """Forgets what was asked."""
        self._known.clear()


#: a hostile file may name any three bytes
MOST_TAGS = 2_000
#: all of them
EVERY_TAG = Tags(lambda _: True)


class Iso2709Refused(Exception):
    """Bytes that hold no record; carries the issue."""

    def __init__(self, found: Issue) -> None:
        super().__init__(found.code)
        self.issue = found


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
    for tag, start, stop in reader.entries(EVERY_TAG):
        if tag < "010" and tag.isdigit():
            fields.append((tag, reader.text(start, stop)))
        elif start < stop:
            fields.append((tag, reader.field(tag, start, stop)))
    return data[:LEADER].decode("latin-1"), fields


class _Reader:
    """One record: where its data begin and how its bytes become text."""

    def __init__(self, data: bytes, charset: str) -> None:
        self.data = data
        self.end = len(data) - (data[-1:] == b"\x1d")
        self.notes: list[Issue] = []
        self.replaced = self.read = 0
        self.base = self._base()
        #: the record as text, of which fields are slices; None where a character is not a byte
        self.plain: str | None = None
        self.decode = self._decoder(charset)

    def record(self, tags: Tags) -> tuple[MarcRecord, tuple[Issue, ...]]:
        """The record, 880 fields with the fields that they stand beside."""
        control: dict[str, list[str]] = {}
        plain: list[MarcField] = []
        linked: list[MarcField] = []
        for tag, start, stop in self.entries(tags):
            if tag < "010" and tag.isdigit():
                control.setdefault(tag, []).append(self.text(start, stop))
            elif start < stop:
                (linked if tag == "880" else plain).append(self.field(tag, start, stop))
        if self.replaced > MOST_LOST * self.read:
            raise Iso2709Refused(issue("undecodable", excerpt=f"{self.replaced} characters"))
        if self.replaced:
            self.notes.append(issue("characters_replaced", excerpt=str(self.replaced)))
        leader = self.data[:LEADER].decode("latin-1")
        fields, dangling = paired(plain, linked, tags.wanted) if linked else (plain, [])
        return MarcRecord(leader, control, fields, dangling), tuple(self.notes)

    def _base(self) -> int:
        """Where the data begin: as the leader says, else behind the first field end."""
        if self.end == len(self.data) and self.data[:5].isdigit():
            raise Iso2709Refused(issue("truncated", excerpt=f"{len(self.data)} bytes and no end of record"))
        first = self.data.find(FIELD_END)
        if len(self.data) < LEADER + 1 or first < 0:
            raise Iso2709Refused(issue("not_the_format", excerpt=self.data[:40].decode("latin-1")))
        claimed = self.data[12:17]
        if claimed.isdigit() and int(claimed) == first + 1:
            return first + 1
        self.notes.append(issue("marc_directory", excerpt=f"base address {claimed!r}, found {first + 1}"))
        return first + 1

    def entries(self, tags: Tags) -> list[tuple[str, int, int]]:
        """Wanted tags with where their fields stand, in the order of the directory; of 880s those beside such."""
        data, base, end = self.data, self.base, self.end
        found: list[tuple[str, int, int]] = []
        directory = data[LEADER : base - 1]
        directory += b"?" * (-len(directory) % ENTRY)
        for at in range(0, len(directory), ENTRY):
            tag = tags.of(directory[at : at + 3])
            if not tag:
                continue
            length, place = _number(directory, at + 3, at + 7), _number(directory, at + 7, at + ENTRY)
            start = base + place
            stop = start + length
            if length == _NONE or place == _NONE or start == stop:
                entry = directory[at : at + ENTRY].decode("latin-1")
                self.notes.append(issue("marc_directory", excerpt=f"{entry}: no entry"))
            elif not base <= start < stop <= end:
                self.notes.append(issue("marc_directory", excerpt=f"{tag}: outside of the record"))
            elif tag != "880" or self._is_beside(start, stop, tags):
                found.append((tag, start, stop - (data[stop - 1] == FIELD_END)))
        return found

    def _is_beside(self, start: int, stop: int, tags: Tags) -> bool:
        """Whether an 880 stands beside a field that is wanted, or beside none."""
        beside = _BESIDE.match(self.data, start, stop)
        return beside is None or bool(tags.of(beside[1]))

    def text(self, start: int, stop: int) -> str:
        """The text of these bytes."""
        return self.decode(self.data[start:stop]) if self.plain is None else self.plain[start:stop]

    def field(self, tag: str, start: int, stop: int) -> MarcField:
        """A variable field of these bytes."""
        parts = self.text(start, stop).split(SUBFIELD)
        head = parts[0]
        subfields = [(part[0], part[1:]) for part in parts[1:] if part]
        return MarcField(tag, head if len(head) == 2 else head.ljust(2)[:2], tuple(subfields))

    # --- text -----------------------------------------------------------------------------------------------------

    def _decoder(self, charset: str) -> Callable[[bytes], str]:
        """How bytes become text; what is strictly UTF-8 is that, whatever the leader says."""
        text = self.data[self.base : self.end]
        if b"\x1b" not in text:
            if text.isascii():
                self.read = 1
                # a directory may be written in anything; what it says is read by place alone
                self.plain = self.data.decode("latin-1")
                return _utf8
            try:
                text.decode("utf-8")
                self.read = 1
                return _utf8
            except UnicodeDecodeError:
                pass
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


#: of bytes that are no number
_NONE = -1 << 30


def _number(data: bytes, start: int, stop: int) -> int:
    """The number in some bytes of a directory, as Python reads one; `_NONE` where they hold none."""
    number = 0
    for at in range(start, stop):
        digit = data[at] - 48
        if digit < 0 or digit > 9:
            return _odd_number(data[start:stop])
        number = number * 10 + digit
    return number


def _odd_number(written: bytes) -> int:
    try:
        return int(written)
    except ValueError:
        return _NONE


def _utf8(part: bytes) -> str:
    # a directory may cut a character in two
    return part.decode("utf-8", "replace")
