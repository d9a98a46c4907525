"""What linking reads of keyed records: as they stand, or as they would stand if some of them were others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
import sqlalchemy as sa

from federation.linkage.blocking_keys import Key, fine_of, keys_of
from federation.linkage.features import Features
from federation.storage.linkage import keyed
from federation.storage.linkage.keyed import Holder, Keyed, KeyState, StoredEdge
from mappings.schema.access import PUBLIC


class LinkReading(Protocol):
    """The keyed records of one moment."""

    def get_many(self, rids: Collection[int], *, without: Collection[int] = ()) -> dict[int, Keyed]:
        """The records of these numbers; those in `without` without their features."""

    def holders(self, keys: Collection[int]) -> Mapping[int, Sequence[Holder]]:
        """Key -> its holders, ascending; a key that nobody holds gives an empty list."""

    def key_states(self, keys: Collection[int]) -> dict[int, KeyState]:
        """What was noted of `keys`; the ordinary ones are absent."""

    def edges_of(self, rids: Collection[int]) -> list[StoredEdge]:
        """Edges that touch any of `rids`, each once."""

    def numbers_of(self, record_ids: Sequence[str]) -> dict[str, int]:
        """Record id -> number, for records that were keyed."""


class StoredReading:
    """As they stand in the store (`LinkReading`)."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get_many(self, rids: Collection[int], *, without: Collection[int] = ()) -> dict[int, Keyed]:
        """The records of these numbers; those in `without` without their features."""
        return keyed.get_many(self._connection, rids, without=without)

    def holders(self, keys: Collection[int]) -> Mapping[int, Sequence[Holder]]:
        """Key -> its holders, ascending."""
        return keyed.holders(self._connection, keys)

    def key_states(self, keys: Collection[int]) -> dict[int, KeyState]:
        """What was noted of `keys`; the ordinary ones are absent."""
        return keyed.key_states(self._connection, keys)

    def edges_of(self, rids: Collection[int]) -> list[StoredEdge]:
        """Edges that touch any of `rids`, each once."""
        return keyed.edges_of(self._connection, rids)

    def numbers_of(self, record_ids: Sequence[str]) -> dict[str, int]:
        """Record id -> number, for records that were keyed."""
        return keyed.numbers_of(self._connection, record_ids)


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it would be."""

    record_id: str
    audience: str
    #: msgpack; empty where it would be gone
    features: bytes

    def read(self) -> Features | None:
        """The features themselves."""
        return keyed.unpacked(self.features) if self.features else None


class OtherReading:
    """As they would stand if some were others (`LinkReading`); nothing is written."""

    def __init__(self, connection: sa.Connection, others: Mapping[int, Other]) -> None:
        self._stored = StoredReading(connection)
        self._others = others
        self._numbers = {other.record_id: rid for rid, other in others.items()}
        self._added: dict[int, list[Holder]] = defaultdict(list)
        #: numbers of the identifiers among the keys
        self.identifiers: set[int] = set()
        self._turned: dict[int, KeyState] = {}
        for rid in sorted(others):
            self._add(rid, others[rid])

    def _add(self, rid: int, other: Other) -> None:
        features = other.read()
        if features is None:
            return
        fine = fine_of(features)
        keys: Iterable[Key] = keys_of(features)
        self.identifiers |= {key.number for key in keys if key.kind == "id"}
        for number in dict.fromkeys(key.number for key in keys):
            self._added[number].append(Holder(rid, fine, other.audience == PUBLIC))

    @property
    def keys(self) -> set[int]:
        """Numbers of the keys under which the others would stand."""
        return set(self._added)

    def turn(self, states: Mapping[int, KeyState]) -> None:
        """Keys that would become hot or generic, or would be so no longer."""
        self._turned |= states

    def get_many(self, rids: Collection[int], *, without: Collection[int] = ()) -> dict[int, Keyed]:
        """The records of these numbers; those in `without` without their features, unless they are others."""
        found = self._stored.get_many(rids, without=without)
        for rid in self._others.keys() & set(rids):
            found[rid] = self._as_other(rid, found.get(rid))
        return found

    def _as_other(self, rid: int, stands: Keyed | None) -> Keyed:
        other = self._others[rid]
        return Keyed(
            rid=rid,
            record_id=other.record_id,
            audience=other.audience,
            first_seen=stands.first_seen if stands else rid,
            alive=bool(other.features),
            features=other.read(),
            rev=stands.rev if stands else 0,
            cid=stands.cid if stands else None,
            seq=stands.seq if stands else 0,
        )

    def holders(self, keys: Collection[int]) -> Mapping[int, Sequence[Holder]]:
        """Key -> its holders, ascending."""
        stored = self._stored.holders(keys)
        found: dict[int, Sequence[Holder]] = {}
        for key in keys:
            kept = [holder for holder in stored.get(key, ()) if holder.rid not in self._others]
            found[key] = sorted([*kept, *self._added.get(key, ())])
        return found

    def key_states(self, keys: Collection[int]) -> dict[int, KeyState]:
        """What was noted of `keys`, or would be."""
        found = self._stored.key_states(keys)
        return found | {key: self._turned[key] for key in self._turned.keys() & set(keys)}

    def edges_of(self, rids: Collection[int]) -> list[StoredEdge]:
        """Stored edges that touch any of `rids`."""
        return self._stored.edges_of(rids)

    def numbers_of(self, record_ids: Sequence[str]) -> dict[str, int]:
        """Record id -> number."""
        found = self._stored.numbers_of(record_ids)
        return found | {name: self._numbers[name] for name in record_ids if name in self._numbers}
