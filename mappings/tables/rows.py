"""A lookup table that people keep: rows of key and value with labels, judged as a whole before any is used."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import msgspec

from mappings.engine.tables import Table
from mappings.errors import DocumentRefused
from mappings.schema.folding import fold

#: SKOS, 10: how near the value comes to the key
Match = Literal["exact", "close", "broad", "narrow", "related"]
MATCHES: tuple[Match, ...] = get_args(Match)

MOST_ROWS = 20_000
#: characters of one cell
LONGEST = 1_000
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class TableRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row."""

    #: as sources write it; case, width and accents make no difference when it is looked up
    key: str
    value: str
    label_en: str = ""
    label_zh: str = ""
    match: Match = "exact"
    note: str = ""


def is_table_name(name: str) -> bool:
    """Whether a table can be called so: small letters, digits and `_`, a letter first, at most 60."""
    return _NAME.fullmatch(name) is not None


def judged(rows: Iterable[tuple[int, TableRow]]) -> tuple[TableRow, ...]:
    """The rows of a file with their lines, each key once.

    raises  DocumentRefused `key_missing`, `value_missing`, `key_twice`, `cell_too_long`, `table_too_long`, `file_empty`
    """
    found: dict[str, int] = {}
    kept = []
    for line, row in rows:
        _judge(line, row)
        key = fold(row.key).strip()
        if key in found:
            raise DocumentRefused(
                "key_twice", f"expected each key once, found {row.key!r}, as in line {found[key]}", line
            )
        found[key] = line
        kept.append(row)
        if len(kept) > MOST_ROWS:
            raise DocumentRefused("table_too_long", f"expected at most {MOST_ROWS} rows", line)
    if not kept:
        raise DocumentRefused("file_empty", "expected rows, found none")
    return tuple(kept)


def _judge(line: int, row: TableRow) -> None:
    if not fold(row.key).strip():
        raise DocumentRefused("key_missing", f"expected a key, found {row.key!r}", line)
    if not row.value:
        raise DocumentRefused("value_missing", f"expected a value for {row.key!r}, found none", line)
    if max(map(len, (row.key, row.value, row.label_en, row.label_zh, row.note))) > LONGEST:
        raise DocumentRefused("cell_too_long", f"expected at most {LONGEST} characters in a cell", line)


def match_of(text: str, line: int) -> Match:
    """A match type from its word or its SKOS name; exact where nothing is said."""
    word = text.rpartition(":")[2].removesuffix("Match").strip().lower()
    if not word:
        return "exact"
    found = next((match for match in MATCHES if match == word), None)
    if found is None:
        raise DocumentRefused("match_unknown", f"expected one of {', '.join(MATCHES)}, found {text!r}", line)
    return found


def digest(rows: Sequence[TableRow]) -> str:
    """SHA-256 of the rows in their order, hexadecimal."""
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()


def table_of(name: str, version: int, rows: Sequence[TableRow]) -> Table:
    """The rows as rules look them up."""
    return Table(
        name=name,
        version=version,
        rows={fold(row.key).strip(): row.value for row in rows},
        sha256=digest(rows),
    )
