"""XLSX: each sheet is a table whose first row names the columns; values only, formulas as last computed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import BadZipFile  # noqa: TID251  only the error is named here

import openpyxl

from harvester.files.packages import check_workbook
from harvester.files.tables import Row, row_units
from harvester.files.units import FileRefused, Found, Reading

#: rows without a value after which a sheet counts as ended: styled columns may reach to the last possible row
_MOST_BLANK = 1_000


def units(path: Path, reading: Reading) -> Iterator[Found]:
    """The rows of every sheet that holds any.

    raises  FileRefused: `package_bomb`, `no_key_column`, `table_broken`
    """
    check_workbook(path)
    with path.open("rb") as file:
        yield from _of_book(file, reading)


def _of_book(file: IO[bytes], reading: Reading) -> Iterator[Found]:
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError, BadZipFile, OSError) as error:
        raise FileRefused("table_broken", f"the workbook cannot be opened: {error}") from error
    try:
        found = False
        for sheet in book.worksheets:
            rows = _rows(sheet.iter_rows(values_only=True))
            first = next(rows, None)
            if first is not None:
                found = True
                yield from row_units(_again(first, rows), reading)
    finally:
        book.close()
    if not found:
        raise FileRefused("file_empty", "expected rows, found an empty workbook")


def _again(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _rows(cells: Iterator[tuple[object, ...]]) -> Iterator[Row]:
    """Rows that hold something, as wide as the first of them."""
    blank, width = 0, 0
    for place, row in enumerate(cells, start=1):
        texts = [_text(cell) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        blank = 0 if texts else blank + 1
        if blank > _MOST_BLANK:
            return
        if texts:
            width = width or len(texts)
            yield place, texts + [""] * (width - len(texts))


def _text(cell: object) -> str:
    """A cell as text: days without their midnight, whole numbers without a point."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case datetime.datetime():
            return cell.isoformat(sep="T").removesuffix("T00:00:00")
        case datetime.date() | datetime.time():
            return cell.isoformat()
        case float() if cell.is_integer():
            return str(int(cell))
    return str(cell).strip()
