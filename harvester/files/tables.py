"""Rows of CSV, TSV and whatever else has columns: each row is a JSON object, its key column identifies it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from harvester.files.mapped import Mapped
from harvester.files.units import FileRefused, Found, Reading, Unit, digest, faulty
from mappings.errors import DocumentRefused
from mappings.formats.charset import decode

#: characters of one cell
_CELL = 1 << 20
_SAMPLE_BYTES = 1 << 18
_CHUNK_BYTES = 1 << 20
_DELIMITERS = ",\t;|"
#: columns that identify a row where the feed names none, the surest first
KEYS = ("档号", "dh", "identifier", "id", "record_id", "recordid", "reference_code", "objectid", "object_number", "001")
#: cells that a spreadsheet would take for a formula come guarded, and are written without their guard
_FORMULA = ("'=", "'+", "'-", "'@", "'\t", "'\r")

Row = tuple[int, Sequence[str]]


def units(file: Mapped, reading: Reading) -> Iterator[Found]:
    """The rows of a delimited file; the first that is not empty names the columns.

    raises  FileRefused: `no_key_column`, `charset_refused`, `table_broken`, `not_the_format`
    """
    encoding = _encoding(file)
    text = io.TextIOWrapper(io.BufferedReader(_Raw(file)), encoding=encoding, errors="replace", newline="")
    yield from row_units(_rows(text), reading)


def _encoding(file: Mapped) -> str:
    """Marked or strictly UTF-8, else the most plausible by a sample."""
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


def _rows(text: io.TextIOBase) -> Iterator[Row]:
    head = text.readline()
    while head and not head.strip():
        head = text.readline()
    if "\0" in head:
        raise FileRefused("not_the_format", "expected a table, found bytes that are no text", "line 1")
    csv.field_size_limit(_CELL)
    reader = csv.reader(_joined(head, text), delimiter=_delimiter(head))
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused("table_broken", str(error), f"line {reader.line_num}") from error
        yield reader.line_num, row


def _joined(head: str, rest: Iterable[str]) -> Iterator[str]:
    yield head
    yield from rest


def _delimiter(head: str) -> str:
    return max(_DELIMITERS, key=head.count)


def row_units(rows: Iterable[Row], reading: Reading) -> Iterator[Found]:
    """The rows of a table with their place; the first names the columns.

    raises  FileRefused `no_key_column`, `not_the_format`
    """
    lines = (line for line in rows if any(cell.strip() for cell in line[1]))
    first = next(lines, None)
    if first is None:
        raise FileRefused("not_the_format", "expected a row of column names, found nothing", "line 1")
    columns = _columns(first[1])
    key = _key(columns, reading)
    for place, cells in lines:
        yield _row(place, cells, columns, key)


def _columns(cells: Sequence[str]) -> list[str]:
    """Names of columns; the second of one name is `name#2`."""
    met: dict[str, int] = {}
    columns = []
    for place, cell in enumerate(cells, start=1):
        name = cell.strip() or f"#{place}"
        met[name] = met.get(name, 0) + 1
        columns.append(name if met[name] == 1 else f"{name}#{met[name]}")
    return columns


def _key(columns: Sequence[str], reading: Reading) -> int:
    wanted = (reading.key,) if reading.key else KEYS
    folded = [column.replace(" ", "").replace("\u3000", "").casefold() for column in columns]
    for name in wanted:
        if name.casefold() in folded:
            return folded.index(name.casefold())
    offered = ", ".join(columns[:20])
    raise FileRefused("no_key_column", f"expected a column {' or '.join(wanted)}, found {offered}", "line 1")


def _row(place: int, cells: Sequence[str], columns: Sequence[str], key: int) -> Found:
    if len(cells) > len(columns):
        extra = [cell for cell in cells[len(columns) :] if cell.strip()]
        if extra:
            return faulty("row_ragged", place, "\t".join(cells).encode("utf-8", "replace"))
    if len(cells) < len(columns):
        return faulty("row_ragged", place, "\t".join(cells).encode("utf-8", "replace"))
    values = {name: _unguarded(cell.strip()) for name, cell in zip(columns, cells, strict=False) if cell.strip()}
    payload = msgspec.json.encode(values)
    identifier = values.get(columns[key], "")
    if not identifier:
        return faulty("identifier_empty", place, payload)
    return Unit(payload=payload.decode(), sha256=digest(payload), identifier=identifier, position=place)


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith(_FORMULA) else cell
