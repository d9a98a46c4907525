"""What a file is made of: units that can be mapped, and faults that stand where a unit should.

A file is refused whole only where nothing in it can be trusted; one bad unit is a fault, and the rest goes on.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from harvester.errors import HarvestError
from mappings.engine.compiled import Compiled
from mappings.engine.inputs import Format
from mappings.engine.tables import Table
from mappings.schema.issue import Issue, issue
from mappings.schema.raw import RawRecord

#: hexadecimal digits of a unit's digest that stand for an identifier
_DIGEST_LENGTH = 32
#: bytes of a faulty unit that are kept to be looked at
MOST_KEPT = 1 << 20


class FileRefused(HarvestError):
    """A file that cannot be read as a feed.

    reason     snake_case: `not_the_format`, `header_missing`, `no_key_column`, `package_bomb`, `package_name` …
    position   where: a byte, a line, a member's name; empty where the whole file is meant
    """

    def __init__(self, reason: str, message: str, position: str = "") -> None:
        #: what was expected and found, and where, without the reason
        self.message = f"{message}, {position}" if position else message
        super().__init__(f"{self.message} [{reason}]")
        self.reason, self.position = reason, position


class PackageLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What a package may hold."""

    entries: int = 100_000
    unpacked_bytes: int = 20 << 30
    #: unpacked over packed
    ratio: int = 200
    name_characters: int = 1_000


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How a feed's files are read."""

    #: what its crosswalk reads
    format: Format
    #: columns or paths that identify a row or an object: the first entry that is there, several together are one key;
    #: none = one of the usual names
    keys: tuple[tuple[str, ...], ...] = ()
    #: columns whose blank cells say the same as the row above
    fill_down: tuple[str, ...] = ()
    #: other names of columns
    columns: Table | None = None
    packages: PackageLimits = PackageLimits()
    #: metadataPrefix of the list that is read of a static repository; empty = the whole file
    section: str = ""
    #: a list without a record is an answer, not a file in another format
    may_be_empty: bool = False
    #: what whoever brought the file calls it; empty where its name says nothing
    file_name: str = ""

    @property
    def manner(self) -> str:
        """What makes other units of the same bytes, once it changes; empty where nothing does."""
        return " ".join(sorted(self.fill_down))


def reading_by(
    crosswalk: Compiled,
    *,
    key: str = "",
    section: str = "",
    may_be_empty: bool = False,
    file_name: str = "",
    packages: PackageLimits = PackageLimits(),  # noqa: B008
) -> Reading:
    """How files are read that a crosswalk maps; `key` is the feed's own column or path, the rest as in `Reading`."""
    written = crosswalk.crosswalk
    return Reading(
        format=crosswalk.format,
        keys=((key,),) if key else written.key,
        fill_down=written.fill_down,
        columns=crosswalk.columns,
        packages=packages,
        section=section,
        may_be_empty=may_be_empty,
        file_name=file_name,
    )


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One record of a file."""

    payload: str
    #: of the unit's bytes as they stand in the file
    sha256: str
    #: empty where the unit states none
    identifier: str = ""
    #: its file's name, of a document that states no identifier and is alone in its file
    file_name: str = ""
    datestamp: str = ""
    set_specs: tuple[str, ...] = ()
    deleted: bool = False
    charset: str = "utf-8"
    namespaces: dict[str, str] = {}
    notes: tuple[Issue, ...] = ()
    #: byte, line or row where it begins
    position: int = 0

    @property
    def name(self) -> str:
        """The identifier, else the file's, else the digest: the same unit has the same name in the next file too."""
        return self.identifier or self.file_name or f"sha256:{self.sha256[:_DIGEST_LENGTH]}"


class FaultyUnit(msgspec.Struct, frozen=True, kw_only=True):
    """What stands where a unit should, and cannot be read."""

    reason: str
    #: byte, line or row where it begins
    position: int
    body: bytes
    identifier: str = ""
    #: the place in words where a number is not enough: sheet, row, member of a package
    where: str = ""


Found = Unit | FaultyUnit


def faulty(reason: str, position: int, body: bytes, identifier: str = "", *, where: str = "") -> FaultyUnit:
    """A fault that keeps at most `MOST_KEPT` bytes of what is wrong."""
    return FaultyUnit(reason=reason, position=position, body=body[:MOST_KEPT], identifier=identifier, where=where)


def digest(data: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def raw_record(unit: Unit, *, feed: str, format_: Format, received: datetime) -> RawRecord:
    """The unit as a raw record; one without a date of its own changed when the file came."""
    by = "id_by_file" if unit.file_name else "id_by_content"
    named = unit.notes if unit.identifier else (*unit.notes, issue(by, excerpt=unit.name))
    return RawRecord(
        feed=feed,
        identifier=unit.name,
        datestamp=unit.datestamp or received.strftime("%Y-%m-%dT%H:%M:%SZ"),
        set_specs=unit.set_specs,
        deleted=unit.deleted,
        payload_sha256=unit.sha256,
        payload=unit.payload,
        charset=unit.charset,
        namespaces=unit.namespaces,
        format=format_.name,
        quality="cleaned" if unit.notes else "strict",
        repairs=named,
    )
