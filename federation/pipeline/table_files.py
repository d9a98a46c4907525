"""The files in which lookup tables go in and out: CSV, workbooks, SSSOM; which one it is shows in its first bytes."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

from harvester.files.packages import check_workbook, is_workbook
from harvester.files.spreadsheets import lines_of_book
from harvester.files.units import FileRefused, PackageLimits
from mappings.errors import DocumentRefused
from mappings.formats.charset import decode
from mappings.tables.columns import lines_of, read_lines, write_csv
from mappings.tables.rows import TableRow
from mappings.tables.sssom import is_sssom, read_sssom, write_sssom

TableFormat = Literal["csv", "xlsx", "sssom.tsv"]
TABLE_FORMATS: tuple[TableFormat, ...] = get_args(TableFormat)
CONTENT_TYPES: dict[TableFormat, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sssom.tsv": "text/tab-separated-values",
}
MOST_BYTES = 8 << 20
_BOOK = PackageLimits(entries=200, unpacked_bytes=64 << 20)
_DELIMITERS = ",\t;|"


def read_table(body: bytes) -> tuple[TableRow, ...]:
    """The rows in a file.

    raises  DocumentRefused
    """
    if len(body) > MOST_BYTES:
        raise DocumentRefused("too_large", f"expected at most {MOST_BYTES} bytes, found {len(body)}")
    with tempfile.NamedTemporaryFile(prefix="exchange-table-") as kept:
        kept.write(body)
        kept.flush()
        path = Path(kept.name)
        if is_workbook(path):
            return _of_book(path)
    text = decode(body).text.removeprefix("\ufeff")
    if "\0" in text:
        raise DocumentRefused("not_the_format", "expected a table, found bytes that are no text")
    return read_sssom(text) if is_sssom(text) else read_lines(_lines(text))


def _of_book(path: Path) -> tuple[TableRow, ...]:
    try:
        check_workbook(path, _BOOK)
        with path.open("rb") as file:
            return read_lines(lines_of_book(file))
    except FileRefused as refused:
        raise DocumentRefused(refused.reason, refused.message) from refused


def _lines(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    head = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=head.count))
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise DocumentRefused("table_broken", str(error), reader.line_num) from error
        yield reader.line_num, row


def write_table(rows: Sequence[TableRow], form: TableFormat, *, uri: str, version: int) -> bytes:
    """The rows as a file; the same rows come out of it again.

    uri   names the table in SSSOM
    """
    match form:
        case "csv":
            return write_csv(rows)
        case "xlsx":
            return _book(rows)
        case "sssom.tsv":
            return write_sssom(rows, mapping_set=uri, version=version)


def _book(rows: Sequence[TableRow]) -> bytes:
    import openpyxl  # takes a while to load, and few tables are workbooks

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("table")
    for line in lines_of(rows):
        sheet.append([_cell(text) for text in line])
    body = io.BytesIO()
    book.save(body)
    book.close()
    return body.getvalue()


def _cell(text: str) -> str:
    """Without the control characters that no workbook holds."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")
