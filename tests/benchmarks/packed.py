"""Clusters of a benchmark, packed: a million of them lie in memory without a million trees of objects."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

import msgspec

from index.document_keys import Shape
from index.ports import Change
from mappings.schema.unified import UnifiedRecord
from tests.index.indexed import shape_of

_decoder = msgspec.msgpack.Decoder(UnifiedRecord)


class Packed:
    """Public clusters that do not change (`index.ports.ChangeSource`)."""

    def __init__(self, records: Iterable[UnifiedRecord]) -> None:
        self._packed: dict[str, bytes] = {}
        self._shapes: dict[str, Shape] = {}
        for record in records:
            self._packed[record.id], self._shapes[record.id] = msgspec.msgpack.encode(record), shape_of(record)
        self._ids = sorted(self._packed)

    @property
    def ids(self) -> Sequence[str]:
        """Their names, ascending."""
        return self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        return [
            Change(seq=seq, cluster_id=name) for seq, name in enumerate(self._ids[after : after + limit], after + 1)
        ]

    def unified(self, cluster_ids: Sequence[str]) -> Sequence[UnifiedRecord]:
        return [_decoder.decode(self._packed[name]) for name in cluster_ids if name in self._packed]

    def shapes(self, cluster_ids: Sequence[str]) -> Sequence[Shape]:
        return [self._shapes[name] for name in cluster_ids if name in self._shapes]

    def last_seq(self) -> int:
        return len(self._ids)

    def public_clusters(self) -> int:
        return len(self._ids)

    def all_clusters(self, after_id: str, limit: int) -> Sequence[str]:
        first = bisect_right(self._ids, after_id)
        return self._ids[first : first + limit]
