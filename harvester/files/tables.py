"""Rows of CSV, TSV and whatever else has columns: each row is a JSON object, its key columns identify it.

The heading is the first row that holds the key's columns; what stands above it (a table's title, a date) is no data.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice

import msgspec

from harvester.files.decoding import text_of
from harvester.files.mapped import Mapped
from harvester.files.units import FileRefused, Found, Reading, Unit, digest, faulty
from mappings.formats.table import CELL_ERRORS, Row, column_key, payload_of, read_row, unguarded
from mappings.schema.issue import Issue, issue

#: characters of one cell
_CELL = 1 << 20
_DELIMITERS = ",\t;|"
#: columns that identify a row where neither feed nor crosswalk names any, the surest first
KEYS = ("档号", "dh", "identifier", "id", "record_id", "recordid", "reference_code", "objectid", "object_number", "001")
#: rows from the first that holds anything, among which the heading is looked for
_HEADING_ROWS = 20
#: more of a row's characters than this share may not be unreadable
_MOST_REPLACED = 0.05
_REPLACEMENT = "\ufffd"

#: a row's number, from 1, and its cells
Line = tuple[int, Sequence[str]]


class _Heading(msgspec.Struct, frozen=True, kw_only=True):
    """The names of a table's columns, and where in them the key stands."""

    sheet: str
    columns: tuple[str, ...]
    #: cells of the heading as they stand in the file
    cells: tuple[str, ...]
    #: places of the columns that identify a row, in the order in which they are asked
    keys: tuple[tuple[int, ...], ...]
    #: places of columns whose blank cells say the same as the row above
    fill_down: tuple[int, ...]

    def place(self, line: int, column: int | None = None) -> str:
        """Sheet, row and column in words."""
        parts = [f"sheet {self.sheet}"] if self.sheet else []
        parts.append(f"row {line}")
        if column is not None:
            parts.append(f"column {self.columns[column]}")
        return ", ".join(parts)


def units(file: Mapped, reading: Reading) -> Iterator[Found]:
    """The rows of a delimited file.

    raises  FileRefused: `header_missing`, `no_key_column`, `charset_refused`, `table_broken`, `not_the_format`
    """
    yield from row_units(_lines(text_of(file), reading), reading)


def _lines(text: io.TextIOBase, reading: Reading) -> Iterator[Line]:
    head = list(islice(text, _HEADING_ROWS))
    if any("\0" in line for line in head):
        raise FileRefused("not_the_format", "expected a table, found bytes that are no text", "row 1")
    csv.field_size_limit(_CELL)
    source, delimiter = _Source(chain(head, text)), _delimiter(head, reading)
    reader = csv.reader(source, delimiter=delimiter)
    while True:
        number = source.begin()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused("table_broken", str(error), f"row {number}") from error
        if source.is_open:
            # a quote that nothing closes is a character: the lines behind it are rows of their own
            row = next(csv.reader([source.first()], delimiter=delimiter, quoting=csv.QUOTE_NONE))
        yield number, row


class _Source:
    """The lines of a file as a reader of tables takes them, which may give back those behind the first of a row."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._back = lines, deque[str]()
        #: of the row in hand
        self._taken: list[str] = []
        self._number = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self._taken.append(line)
        return line

    def begin(self) -> int:
        """A new row; gives the number of its first line."""
        self._number += len(self._taken)
        self._taken = []
        return self._number

    @property
    def is_open(self) -> bool:
        """Whether the row in hand has taken lines for a quote that none of them closes."""
        return len(self._taken) > 1 and sum(line.count('"') for line in self._taken) % 2 == 1

    def first(self) -> str:
        """The first line of the row in hand; the others are given back."""
        self._back.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]
        return self._taken[0]


def _delimiter(head: Sequence[str], reading: Reading) -> str:
    """A tab in every line; else the one that parts a heading, into the most columns.

    Where no line is a heading it is the most frequent one of the first line that is parted, as a title above is not.
    """
    if all("\t" in line for line in head if line.strip()):
        return "\t"
    widths = {delimiter: _heading_width(head, delimiter, reading) for delimiter in _DELIMITERS}
    if max(widths.values()) > 1:
        return max(_DELIMITERS, key=widths.__getitem__)
    parted = (line for line in head if any(line.count(delimiter) > 1 for delimiter in _DELIMITERS))
    return max(_DELIMITERS, key=next(parted, "".join(head[:1])).count)


def _heading_width(head: Sequence[str], delimiter: str, reading: Reading) -> int:
    """How many columns the first line has that is a heading where this delimiter parts it; 0 where none is."""
    for line in head:
        with suppress(csv.Error, StopIteration):
            found = _heading_of(next(csv.reader([line], delimiter=delimiter)), reading, "")
            if found is not None:
                return len(found.columns)
    return 0


def row_units(lines: Iterable[Line], reading: Reading, *, sheet: str = "", padded: bool = False) -> Iterator[Found]:
    """The rows of a table below its heading.

    sheet   name of the sheet of a workbook
    padded  blank cells at the end of a row may be missing
    raises  FileRefused: `header_missing`, `no_key_column`, `not_the_format`
    """
    filled = (line for line in lines if any(cell.strip() for cell in line[1]))
    heading = _heading(filled, reading, sheet)
    above: dict[int, str] = {}
    for place, cells in filled:
        if tuple(cells[: len(heading.cells)]) != heading.cells:
            yield _unit(place, list(cells), heading, above, padded=padded)


# --- the heading ------------------------------------------------------------------------------------------------------


def _heading(lines: Iterator[Line], reading: Reading, sheet: str) -> _Heading:
    looked_at: list[Line] = []
    for place, cells in islice(lines, _HEADING_ROWS):
        found = _heading_of(cells, reading, sheet)
        if found is not None:
            return found
        looked_at.append((place, cells))
    raise _without_key(looked_at, reading, sheet)


def _heading_of(cells: Sequence[str], reading: Reading, sheet: str) -> _Heading | None:
    """The heading that a row is; None where it does not hold the key's columns."""
    columns = _columns(cells)
    places = _places(columns, reading)
    keys = []
    for entry in reading.keys or tuple((name,) for name in KEYS):
        wanted = [places.get(column_key(name)) for name in entry]
        known = tuple(place for place in wanted if place is not None)
        if len(known) == len(wanted):
            keys.append(known)
    if not keys:
        return None
    below = (places.get(column_key(name)) for name in reading.fill_down)
    fill_down = tuple(place for place in below if place is not None)
    return _Heading(sheet=sheet, columns=columns, cells=tuple(cells), keys=tuple(keys), fill_down=fill_down)


def _columns(cells: Sequence[str]) -> tuple[str, ...]:
    """Names of columns; the second of one name is `name#2`, one without a name is `#` and its number."""
    met: Counter[str] = Counter()
    columns: dict[str, None] = {}
    for place, cell in enumerate(cells, start=1):
        name = unique = " ".join(cell.split()) or f"#{place}"
        while unique in columns:
            met[name] += 1
            unique = f"{name}#{met[name] + 1}"
        columns[unique] = None
    return tuple(columns)


def _places(columns: Sequence[str], reading: Reading) -> dict[str, int]:
    """Name as columns are compared -> its place; a name of its own goes before another name for it."""
    own = {column_key(name): place for place, name in reversed(list(enumerate(columns)))}
    known = reading.columns
    others = {column_key(known.get(key) or key): place for key, place in own.items()} if known else {}
    return {**others, **own}


def _without_key(looked_at: Sequence[Line], reading: Reading, sheet: str) -> FileRefused:
    """Why there is no heading: no row of names at all, or none of them is the key."""
    where = f"sheet {sheet}, " if sheet else ""
    if not looked_at:
        return FileRefused("not_the_format", "expected a row of column names, found nothing", f"{where}row 1")
    wanted = " or ".join(" with ".join(entry) for entry in reading.keys) or " or ".join(KEYS)
    place, cells = next((line for line in looked_at if _looks_like_names(line[1])), looked_at[0])
    if not _looks_like_names(cells):
        message = f"expected a heading row with the column {wanted}, found none in {len(looked_at)} rows"
        return FileRefused("header_missing", message, f"{where}row {place}")
    offered = ", ".join(_columns(cells)[:20])
    return FileRefused("no_key_column", f"expected a column {wanted}, found {offered}", f"{where}row {place}")


def _looks_like_names(cells: Sequence[str]) -> bool:
    """Whether a row may be a heading: several texts, all different, none of them a number."""
    texts = [cell.strip() for cell in cells if cell.strip()]
    return len(texts) > 1 and len(set(texts)) == len(texts) and not any(text[0].isdigit() for text in texts)


# --- one row ----------------------------------------------------------------------------------------------------------


def _unit(place: int, cells: list[str], heading: _Heading, above: dict[int, str], *, padded: bool) -> Found:
    width = len(heading.columns)
    if padded:
        cells += [""] * (width - len(cells))
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return _faulty("row_width", place, cells, heading)
    texts = [unguarded(cell.strip()) for cell in cells[:width]]
    _fill_down(texts, heading.fill_down, above)
    notes = _notes(texts, place, heading)
    if notes is None:
        return _faulty("bytes_undecodable", place, cells, heading)
    texts = ["" if text in CELL_ERRORS else text for text in texts]
    identifier = next(filter(None, (_identity(texts, entry) for entry in heading.keys)), "")
    if not identifier:
        return _faulty("identifier_empty", place, cells, heading)
    row = Row(
        cells={name: text for name, text in zip(heading.columns, texts, strict=True) if text}, sheet=heading.sheet
    )
    payload = payload_of(row)
    return Unit(payload=payload.decode(), sha256=digest(payload), identifier=identifier, notes=notes, position=place)


def _identity(texts: Sequence[str], entry: Sequence[int]) -> str:
    """The cells of a key together; empty where one of them is blank."""
    cells = [texts[column] for column in entry]
    return "-".join(cells) if all(cells) else ""


def identity_of(payload: str, reading: Reading) -> str:
    """What the keys of `reading` call a row that is stored already; empty where none of them has its cells."""
    cells = read_row(payload).cells
    columns, texts = tuple(cells), tuple(cells.values())
    places = _places(columns, reading)
    for entry in reading.keys or tuple((name,) for name in KEYS):
        wanted = [places.get(column_key(name)) for name in entry]
        known = [place for place in wanted if place is not None]
        if len(known) == len(wanted) and (found := _identity(texts, known)):
            return found
    return ""


def _fill_down(texts: list[str], columns: Sequence[int], above: dict[int, str]) -> None:
    """Blank cells of these columns say what the nearest row above says; merged cells come so."""
    for column in columns:
        if texts[column]:
            above[column] = texts[column]
        else:
            texts[column] = above.get(column, "")


def _notes(texts: Sequence[str], place: int, heading: _Heading) -> tuple[Issue, ...] | None:
    """What is odd about the cells; None where too much of the row cannot be read."""
    replaced = sum(text.count(_REPLACEMENT) for text in texts)
    if replaced > _MOST_REPLACED * sum(map(len, texts)):
        return None
    notes = [
        issue("cell_error", field=f"col:{heading.columns[column]}", excerpt=f"{heading.place(place, column)}: {text}")
        for column, text in enumerate(texts)
        if text in CELL_ERRORS
    ]
    if replaced:
        notes.append(issue("bytes_undecodable", excerpt=f"{heading.place(place)}: {replaced}"))
    return tuple(notes)


def _faulty(reason: str, place: int, cells: Sequence[str], heading: _Heading) -> Found:
    where = heading.place(place)
    return faulty(reason, place, f"{where}\n{chr(9).join(cells)}".encode("utf-8", "replace"), where=where)
