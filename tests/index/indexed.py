"""An index of given records, and how tests ask it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from index.document_keys import Shape
from index.embedded.backend import EmbeddedSearch
from index.ports import Change, ChangeSource
from index.publishing import Publisher
from index.request import SearchRequest
from mappings.schema.access import EVERYONE, PUBLIC
from mappings.schema.unified import UnifiedRecord


def shape_of(record: UnifiedRecord) -> Shape:
    """A unified record by its names alone."""
    members = tuple(member.record for member in record.members)
    return Shape(cluster_id=record.id, audience=record.audience, members=members, version=record.version)


class Clusters:
    """Clusters that a test changes by hand (`index.ports.ChangeSource`)."""

    def __init__(self, records: Iterable[UnifiedRecord] = ()) -> None:
        self.log: list[Change] = []
        self.present: dict[str, list[UnifiedRecord]] = {}
        for record in records:
            self.put(record)

    def put(self, *records: UnifiedRecord) -> None:
        """A cluster looks like this from now on, a record an audience."""
        for record in records:
            kept = [each for each in self.present.get(record.id, []) if each.audience != record.audience]
            self.present[record.id] = [*kept, record]
            self._changed(record.id)

    def drop(self, cluster_id: str) -> None:
        """A cluster is gone."""
        self.present.pop(cluster_id, None)
        self._changed(cluster_id)

    def _changed(self, cluster_id: str) -> None:
        self.log.append(Change(seq=len(self.log) + 1, cluster_id=cluster_id))

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        return self.log[after : after + limit]

    def unified(self, cluster_ids: Sequence[str]) -> Sequence[UnifiedRecord]:
        return [record for id_ in cluster_ids for record in self.present.get(id_, ())]

    def shapes(self, cluster_ids: Sequence[str]) -> Sequence[Shape]:
        return [shape_of(record) for record in self.unified(cluster_ids)]

    def last_seq(self) -> int:
        return len(self.log)

    def public_clusters(self) -> int:
        return sum(any(record.audience == PUBLIC for record in records) for records in self.present.values())

    def all_clusters(self, after_id: str, limit: int) -> Sequence[str]:
        return sorted(id_ for id_ in self.present if id_ > after_id)[:limit]


def indexed(folder: Path, records: Iterable[UnifiedRecord]) -> EmbeddedSearch:
    """A search over these records."""
    publish(folder, Clusters(records))
    return EmbeddedSearch(folder)


def publish(folder: Path, clusters: ChangeSource) -> None:
    """Brings a folder's index up to its clusters."""
    publisher = Publisher(folder, clusters)
    try:
        while publisher.step().behind:
            pass
    finally:
        publisher.close()


def ask(text: str = "", **fields: object) -> SearchRequest:
    """A request of the public."""
    return SearchRequest(visibility=EVERYONE, text=text, **fields)  # type: ignore[arg-type]
