"""A row of a table as it is stored: its cells by column, and the sheet that it stands on, as canonical JSON.

Splitting a file into rows is the harvester's; here stands what a row is once it is one, and when two names of a column
are the same name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from mappings.schema.folding import fold

#: what a spreadsheet writes where a formula failed
CELL_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})


#: with these a spreadsheet begins a formula, in either width
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_GUARD = "'"


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row; blank cells are left out."""

    #: column as written, the second of one name as `name#2` -> text
    cells: dict[str, str]
    #: name of the sheet of a workbook
    sheet: str = ""


_decoder = msgspec.json.Decoder(Row)


def payload_of(row: Row) -> bytes:
    """The row as UTF-8 JSON, cells in the order of their columns."""
    return msgspec.json.encode(row)


def read_row(payload: str) -> Row:
    """The row that `payload_of` wrote.

    raises  msgspec.DecodeError
    """
    return _decoder.decode(payload)


@lru_cache(maxsize=4_096)
def column_key(name: str) -> str:
    """A column's name as it is compared: without white space, case, width and the difference of 檔號 and 档号."""
    return "".join(fold(name).split())


def guarded(text: str) -> str:
    """A cell that no spreadsheet runs: what begins as a formula, guarded or not, is given the guard `'`."""
    return f"{_GUARD}{text}" if _is_formula(text) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` was given."""
    return cell[1:] if cell.startswith(_GUARD) and _is_formula(cell) else cell


def csv_of(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    """A list for a spreadsheet: CSV (RFC 4180) in UTF-8 with its mark, nothing in it a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([guarded(str(cell)) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _is_formula(text: str) -> bool:
    return text.lstrip(_GUARD).startswith(_FORMULA)
