"""The documents of clusters, for every audience that has one of its own."""

from __future__ import annotations

from collections.abc import Iterable

from index.document import IndexDocument, document_of
from mappings.schema.access import PUBLIC
from mappings.schema.unified import UnifiedRecord


def documents(records: Iterable[UnifiedRecord]) -> Iterable[IndexDocument]:
    """The documents of clusters; an audience that has its own meets no other of the same cluster."""
    clusters: dict[str, list[UnifiedRecord]] = {}
    for record in records:
        clusters.setdefault(record.id, []).append(record)
    for audiences in clusters.values():
        apart = [record.audience for record in audiences if record.audience != PUBLIC]
        for record in audiences:
            yield from document_of(record, hidden_from=apart if record.audience == PUBLIC else ())
