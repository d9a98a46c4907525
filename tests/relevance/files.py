"""A collection in a folder: `documents.jsonl` (id, title, text, lang), `queries.tsv` (id, text) and `qrels.tsv` (query,
document, grade).

`queries.tsv` may have a third column, the class of the query; without it all queries are one set. A first line of
column names is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from mappings.schema.record import Description
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.relevance.collection import Collection, Judged, JudgedSet


class CollectionFault(Exception):
    """A file of a collection that cannot be read: which, where, what was expected and what was found."""

    def __init__(self, path: Path, line: int, expected: str, found: str) -> None:
        super().__init__(f"{path}, line {line}: expected {expected}, found {found}")


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `documents.jsonl`."""

    id: str
    title: str = ""
    text: str = ""
    lang: str | None = None


def read_collection(folder: Path) -> Collection:
    """The collection in `folder`; raises CollectionFault, and FileNotFoundError where a file is missing."""
    documents = {each.id: as_record(each) for each in _documents(folder / "documents.jsonl")}
    return Collection(
        name=folder.resolve().name,
        documents=tuple(documents.values()),
        sets=read_sets(folder, {id_: record.id for id_, record in documents.items()}),
    )


def read_sets(folder: Path, clusters: Mapping[str, str]) -> tuple[JudgedSet, ...]:
    """The judged queries of `folder`, by class; raises CollectionFault.

    clusters   document of the judgements -> cluster id
    """
    grades = _grades(folder / "qrels.tsv", clusters)
    sets: dict[str, list[Judged]] = {}
    for _, (id_, text, *kind) in _rows(folder / "queries.tsv", "query, text", 2):
        if any(grades.get(id_, {}).values()):
            sets.setdefault(kind[0] if kind else "judged", []).append(Judged(text=text, grades=grades[id_]))
    return tuple(JudgedSet(name=name, queries=tuple(queries)) for name, queries in sets.items())


def as_record(document: Document) -> UnifiedRecord:
    """A document as the product's own record of one title and one description."""
    record = factories.catalogue_record(
        native_id=document.id,
        title=factories.title(document.title or document.text[:80] or document.id, lang=document.lang),
        agents=(),
        subjects=(),
        dates=(),
        descriptions=(Description(value=document.text, kind="abstract", lang=document.lang),) if document.text else (),
    )
    return factories.unified_record(record)


def _documents(path: Path) -> Iterator[Document]:
    decoder = msgspec.json.Decoder(Document)
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                yield decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                expected = "a JSON object with id, title, text, lang"
                raise CollectionFault(path, number, expected, str(error)) from error


def _grades(path: Path, clusters: Mapping[str, str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for number, (query, document, grade, *_) in _rows(path, "query, document, grade", 3):
        if not grade.isdecimal():
            raise CollectionFault(path, number, "a grade, 0 or above", repr(grade))
        if document not in clusters:
            raise CollectionFault(path, number, "the id of a document", repr(document))
        found.setdefault(query, {})[clusters[document]] = int(grade)
    return found


def _rows(path: Path, names: str, columns: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = line.split("\t")
        if not line.strip() or (number == 1 and _is_head(cells)):
            continue
        if len(cells) < columns:
            raise CollectionFault(path, number, f"{names}, parted by tabs", f"{len(cells)} columns")
        yield number, cells


def _is_head(cells: list[str]) -> bool:
    return cells[0] in ("id", "query", "query_id", "query-id", "qid")
