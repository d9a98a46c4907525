"""A lookup table as lines of named columns: what CSV and workbooks share. People edit these by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from mappings.errors import DocumentRefused
from mappings.formats.table import guarded, unguarded
from mappings.tables.rows import TableRow, judged, match_of

COLUMNS = ("key", "value", "label_en", "label_zh", "match", "note")
#: further names of the columns, as people and the shipped tables write them
_SYNONYMS = {
    "en": "label_en",
    "zh": "label_zh",
    "label": "label_en",
    "键": "key",
    "原词": "key",
    "值": "value",
    "代码": "value",
    "英文": "label_en",
    "中文": "label_zh",
    "匹配": "match",
    "备注": "note",
}


def read_lines(lines: Iterable[tuple[int, Sequence[str]]]) -> tuple[TableRow, ...]:
    """The table in lines with their numbers; the first that is not blank names the columns.

    raises  DocumentRefused `header_missing`, and what `judged` refuses
    """
    filled = ((number, cells) for number, cells in lines if any(cell.strip() for cell in cells))
    number, head = next(filled, (1, ()))
    columns = [_column(cell) for cell in head]
    if not {"key", "value"} <= set(columns):
        found = ", ".join(head) or "nothing"
        raise DocumentRefused("header_missing", f"expected columns key and value, found {found}", number)
    return judged(_rows(filled, columns))


def _column(cell: str) -> str:
    name = cell.strip().casefold().replace(" ", "_")
    return _SYNONYMS.get(name, name)


def _rows(lines: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str]) -> Iterator[tuple[int, TableRow]]:
    for number, cells in lines:
        said = {name: unguarded(cell).strip() for name, cell in zip(columns, cells, strict=False)}
        yield (
            number,
            TableRow(
                key=said.get("key", ""),
                value=said.get("value", ""),
                label_en=said.get("label_en", ""),
                label_zh=said.get("label_zh", ""),
                match=match_of(said.get("match", ""), number),
                note=said.get("note", ""),
            ),
        )


def lines_of(rows: Sequence[TableRow]) -> Iterator[tuple[str, ...]]:
    """The table as lines of cells, the names of the columns first; nothing in them is a formula."""
    yield COLUMNS
    for row in rows:
        yield tuple(guarded(getattr(row, name)) for name in COLUMNS)


def write_csv(rows: Sequence[TableRow]) -> bytes:
    """The table as CSV (RFC 4180) in UTF-8 with a mark, which spreadsheets need to read it rightly."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines_of(rows))
    return text.getvalue().encode("utf-8-sig")
