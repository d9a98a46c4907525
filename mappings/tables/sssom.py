"""A lookup table as a Simple Standard for Sharing Ontological Mappings (SSSOM 1.1, TSV with its metadata in front).

A key is a literal of a source, so the subject is one; a value that is a CURIE or a URI is the object's id, any other a
literal too. Labels stand in extension slots.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from mappings.errors import DocumentRefused
from mappings.tables.rows import TableRow, judged, match_of

_LITERAL = "rdfs literal"
_EXTENSIONS = {"ext_label_en": "English label", "ext_label_zh": "Chinese label"}
_PREFIXES = {"skos": "http://www.w3.org/2004/02/skos/core#", "semapv": "https://w3id.org/semapv/vocab/"}
_COLUMNS = (
    "subject_label", "subject_type", "predicate_id", "object_id", "object_label", "object_type",
    "mapping_justification", "comment", *_EXTENSIONS,
)  # fmt: skip
#: a URI, or a CURIE whose prefix `curie_map` declares
_ID = re.compile(rf"(https?|urn|{'|'.join(_PREFIXES)}):\S+")
_LINES = re.compile(r"[\t\r\n]+")


def write_sssom(rows: Sequence[TableRow], *, mapping_set: str, version: int) -> bytes:
    """The table as SSSOM/TSV.

    mapping_set   URI of the table
    """
    text = io.StringIO(newline="")
    text.writelines(f"#{line}\n" for line in _head(mapping_set, version))
    writer = csv.DictWriter(text, _COLUMNS, delimiter="\t", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(_written(row) for row in rows)
    return text.getvalue().encode()


def _head(mapping_set: str, version: int) -> Iterator[str]:
    yield f"mapping_set_id: {mapping_set}"
    yield f'mapping_set_version: "{version}"'
    yield "license: https://w3id.org/sssom/license/unspecified"
    yield "curie_map:"
    for prefix, uri in _PREFIXES.items():
        yield f"  {prefix}: {uri}"
    yield "extension_definitions:"
    for slot, meaning in _EXTENSIONS.items():
        yield f"- slot_name: {slot}"
        yield f"  description: {meaning}"


def _written(row: TableRow) -> dict[str, str]:
    is_id = _ID.fullmatch(row.value) is not None
    return {
        "subject_label": _one_line(row.key),
        "subject_type": _LITERAL,
        "predicate_id": f"skos:{row.match}Match",
        "object_id": row.value if is_id else "",
        "object_label": "" if is_id else _one_line(row.value),
        "object_type": "" if is_id else _LITERAL,
        "mapping_justification": "semapv:ManualMappingCuration",
        "comment": _one_line(row.note),
        "ext_label_en": _one_line(row.label_en),
        "ext_label_zh": _one_line(row.label_zh),
    }


def _one_line(text: str) -> str:
    return _LINES.sub(" ", text)


def _lines(text: str) -> list[str]:
    """The lines of a TSV document; U+2028 and the like stand inside of cells."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def is_sssom(text: str) -> bool:
    """Whether a text names SSSOM's columns."""
    head = next((line for line in _lines(text) if not line.startswith("#")), "")
    return "predicate_id" in head.split("\t")


def read_sssom(text: str) -> tuple[TableRow, ...]:
    """The table in an SSSOM/TSV document; a subject or object without a label is its id.

    raises  DocumentRefused `header_missing`, `match_unknown`, and what `judged` refuses
    """
    lines = _lines(text)
    front = sum(1 for _ in _front(lines))
    reader = csv.DictReader(lines[front:], delimiter="\t")
    if not {"predicate_id"} <= set(reader.fieldnames or ()):
        raise DocumentRefused("header_missing", "expected the columns of SSSOM, found none", front + 1)
    return judged((front + reader.line_num, _row(said, front + reader.line_num)) for said in reader)


def _front(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("#") and line.strip():
            return
        yield line


def _row(said: dict[str, str], line: int) -> TableRow:
    def cell(*names: str) -> str:
        return next((text for name in names if (text := (said.get(name) or "").strip())), "")

    has_id = bool(cell("object_id"))
    return TableRow(
        key=cell("subject_label", "subject_id"),
        value=cell("object_id", "object_label"),
        label_en=cell("ext_label_en", "object_label") if has_id else cell("ext_label_en"),
        label_zh=cell("ext_label_zh"),
        match=match_of(cell("predicate_id"), line),
        note=cell("comment"),
    )
