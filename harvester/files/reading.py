"""A file of any kind as units: which reader reads it shows in its first bytes, not in its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from harvester.files import json_values, marc, packages, spreadsheets, tables, xml_records
from harvester.files.mapped import Mapped, mapped
from harvester.files.units import FileRefused, Found, Reading, Unit, faulty

Reader = Callable[[Mapped, Reading], Iterator[Found]]

READERS: dict[str, Reader] = {
    "iso2709": marc.units,
    "xml": xml_records.units,
    "json": json_values.units,
    "table": tables.units,
}
#: kinds of file that a format's records may stand in
_OF_WALK: dict[str, tuple[str, ...]] = {
    "marc": ("iso2709", "xml"),
    "xml": ("xml",),
    "row": ("table", "workbook"),
    "json": ("json",),
}
#: formats of which a file is one record, which may leave out its number
_DOCUMENTS = frozenset({"ead2002", "ead3"})
#: the compound file of spreadsheets before 2007
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BLANK = b" \t\r\n\xef\xbb\xbf"


def kind_of(path: Path) -> str:
    """`package`, `workbook`, `xls`, or the name of the reader that the first bytes ask for; empty for an empty file."""
    if packages.is_workbook(path):
        return "workbook"
    if packages.is_package(path):
        return "package"
    head = packages.first_bytes(path)
    if head.startswith(_OLD_WORKBOOK):
        return "xls"
    shown = head.replace(b"\0", b"").lstrip(_BLANK + b"\xff\xfe")
    if shown.startswith(b"<"):
        return "xml"
    if shown.startswith((b"{", b"[")):
        return "json"
    if len(shown) > 24 and shown[:5].isdigit() and (shown[10:12] == b"22" or b"\x1e" in head):
        return "iso2709"
    return "table" if shown else ""


def units_of(path: Path, reading: Reading) -> Iterator[Found]:
    """The units of a file, of those inside of a package one file after the other.

    raises  FileRefused
    """
    if kind_of(path) == "package":
        yield from _of_package(path, reading)
    else:
        yield from _of_file(path, reading, reading.file_name)


def _of_file(path: Path, reading: Reading, file_name: str) -> Iterator[Found]:
    kind = kind_of(path)
    if not kind:
        raise FileRefused("file_empty", "expected records, found an empty file")
    if kind not in _OF_WALK[reading.format.walk]:
        expected = f"expected {reading.format.name} records, which the feed's crosswalk reads"
        raise FileRefused("not_the_format", f"{expected}, found a file of the kind {kind}")
    if kind == "workbook":
        yield from spreadsheets.units(path, reading)
        return
    with mapped(path) as file:
        found = READERS[kind](file, reading)
        yield from _called_as_the_file(found, file_name) if reading.format.name in _DOCUMENTS else found


def _called_as_the_file(units: Iterator[Found], file_name: str) -> Iterator[Found]:
    """The only unit of a file goes by the file's name where it states no identifier of its own."""
    first = next(units, None)
    if first is None:
        return
    following = next(units, None)
    if following is not None:
        yield from (first, following)
        yield from units
    elif isinstance(first, Unit) and not first.identifier:
        yield msgspec.structs.replace(first, file_name=file_name)
    else:
        yield first


def _of_package(path: Path, reading: Reading) -> Iterator[Found]:
    """A member that cannot be read is a fault among the others; a package of such alone is refused."""
    read, last = 0, None
    for member in packages.members(path, reading.packages):
        try:
            if packages.is_package(member.path) and not packages.is_workbook(member.path):
                raise FileRefused("package_nested", "a package inside of a package is not read", member.name)
            for found in _of_file(member.path, reading, member.name or reading.file_name):
                read += 1
                yield found
        except FileRefused as refused:
            last = refused
            yield faulty(refused.reason, 0, f"{member.name}: {refused}".encode(), member.name, where=member.name)
    if not read:
        raise last or FileRefused("file_empty", "expected files, found an empty package")
