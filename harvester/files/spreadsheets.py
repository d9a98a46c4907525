"""XLSX: each sheet is a table with a heading row; values only, formulas as last computed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile  # noqa: TID251  only the error is named here

from harvester.files.packages import check_workbook
from harvester.files.tables import Line, row_units
from harvester.files.units import FileRefused, Found, Reading, faulty

#: rows that a sheet may have; a file may number them as it likes
_LAST_ROW = 1 << 20
#: rows without a value in a workbook: styled ones may reach to the last possible row of a sheet or two
_MOST_BLANK = 4 << 20


def units(path: Path, reading: Reading) -> Iterator[Found]:
    """The rows of every sheet that holds any; a sheet without a heading is a fault, unless there is no other.

    raises  FileRefused: `package_bomb`, `header_missing`, `no_key_column`, `table_broken`, `file_empty`
    """
    check_workbook(path)
    with path.open("rb") as file:
        yield from _of_book(file, reading)


def _of_book(file: IO[bytes], reading: Reading) -> Iterator[Found]:
    with _opened(file) as book:
        yield from _of_sheets(book.worksheets, reading)


def lines_of_book(file: IO[bytes]) -> Iterator[Line]:
    """The rows of the first sheet that holds any, with their places; `check_workbook` must have seen the file.

    raises  FileRefused `table_broken`
    """
    with _opened(file) as book:
        blank = _blank_rows()
        for sheet in book.worksheets:
            lines = _lines(sheet, blank)
            first = next(lines, None)
            if first is not None:
                yield first
                yield from lines
                return


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[Any]:
    import openpyxl  # takes a while to load, and few feeds are workbooks

    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (KeyError, ValueError, BadZipFile, OSError) as error:
        raise FileRefused("table_broken", f"the workbook cannot be opened: {error}") from error
    try:
        yield book
    finally:
        book.close()


def _of_sheets(sheets: Sequence[Any], reading: Reading) -> Iterator[Found]:
    read, refusals, blank = 0, [], _blank_rows()
    for sheet in sheets:
        lines = _lines(sheet, blank)
        first = next(lines, None)
        if first is None:
            continue
        try:
            for found in row_units(chain((first,), lines), reading, sheet=sheet.title, padded=True):
                read += 1
                yield found
        except FileRefused as refused:
            refusals.append((sheet.title, refused))
    if not read:
        raise refusals[0][1] if refusals else FileRefused("file_empty", "expected rows, found an empty workbook")
    for title, refusal in refusals:
        yield faulty(refusal.reason, 0, str(refusal).encode(), where=f"sheet {title}")


def _blank_rows() -> Iterator[int]:
    """One for each row without a value that a workbook may have."""
    return iter(range(_MOST_BLANK))


def _lines(sheet: Any, blank: Iterator[int]) -> Iterator[Line]:
    """Rows that hold something, without the blank cells at their end, however far apart they stand.

    raises  FileRefused `table_broken`
    """
    sheet.reset_dimensions()  # what a sheet says of its size is often that of an earlier state of it
    for place, row in enumerate(_rows(sheet), start=1):
        texts = [_text(cell) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield place, texts
        elif place > _LAST_ROW or next(blank, None) is None:
            message = (
                f"expected {_LAST_ROW} rows in a sheet and {_MOST_BLANK} blank ones in a workbook at most, found more"
            )
            raise FileRefused("table_broken", message, f"row {place}")


def _rows(sheet: Any) -> Iterator[tuple[object, ...]]:
    try:
        yield from sheet.iter_rows(values_only=True)
    except (SyntaxError, ValueError, LookupError, TypeError, BadZipFile, OSError) as error:
        raise FileRefused("table_broken", f"the sheet cannot be read on: {error}") from error


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
