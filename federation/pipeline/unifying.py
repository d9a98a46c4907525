"""Clusters as an audience sees them, loaded and unified; what the index and the pages are made from.

Until records are linked, each public record is a cluster of its own, named after it.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from federation.linkage.member_records import MemberRecord, is_visible
from federation.linkage.survivorship import unify
from federation.storage import catalogue_records, institutions
from federation.storage.catalogue_records import StoredRecord, catalogue_record
from federation.storage.columns import instant_text
from federation.storage.engine import Store
from index.ports import Change
from mappings.schema.access import PUBLIC
from mappings.schema.unified import UnifiedRecord

PREFIX = "c-"


def load_unified(connection: sa.Connection, cluster_ids: Sequence[str], audience: str) -> dict[str, UnifiedRecord]:
    """The clusters that `audience` may see; the others are absent."""
    names = {line.slug: line.name for line in institutions.everyone(connection)}
    rows = catalogue_records.get_many(connection, [name.removeprefix(PREFIX) for name in cluster_ids])
    found = {}
    for row in rows.values():
        member = _member(row, names)
        if member is not None and is_visible(member, audience):
            name = PREFIX + row.id
            found[name] = unify([member], cluster_id=name, audience=audience, version=row.seq)
    return found


def _member(row: StoredRecord, names: dict[str, str]) -> MemberRecord | None:
    if row.record is None:
        return None
    return MemberRecord(
        record=row.record,
        rules=row.rules,
        institution=row.institution,
        institution_name=names.get(row.institution, row.institution),
        feed=row.feed,
        first_seen=instant_text(row.first_seen_at),
        seq=row.seq,
    )


class Clusters:
    """The change source of the index: every cluster, in the order of commits (`index.ports.ChangeSource`)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def changes(self, after: int, limit: int) -> list[Change]:
        """Changes with `seq` above `after`, ascending."""
        columns = (catalogue_record.c.seq, catalogue_record.c.id)
        query = sa.select(*columns).where(catalogue_record.c.seq > after).order_by(catalogue_record.c.seq).limit(limit)
        with self._store.reading() as connection:
            return [Change(seq=seq, cluster_id=PREFIX + id_) for seq, id_ in connection.execute(query)]

    def unified(self, cluster_ids: Sequence[str]) -> list[UnifiedRecord]:
        """Every audience's unified record of these clusters."""
        with self._store.reading() as connection:
            return [
                found
                for audience, ids in _by_audience(connection, cluster_ids).items()
                for found in load_unified(connection, ids, audience).values()
            ]

    def last_seq(self) -> int:
        """`seq` of the last change."""
        with self._store.reading() as connection:
            return connection.execute(sa.select(sa.func.max(catalogue_record.c.seq))).scalar() or 0

    def all_clusters(self, after_id: str, limit: int) -> list[str]:
        """Ids of living clusters above `after_id`, ascending."""
        query = (
            sa.select(catalogue_record.c.id)
            .where(catalogue_record.c.id > after_id.removeprefix(PREFIX), catalogue_record.c.alive)
            .order_by(catalogue_record.c.id)
            .limit(limit)
        )
        with self._store.reading() as connection:
            return [PREFIX + id_ for id_ in connection.execute(query).scalars()]


def _by_audience(connection: sa.Connection, cluster_ids: Sequence[str]) -> dict[str, list[str]]:
    ids = [name.removeprefix(PREFIX) for name in cluster_ids]
    query = sa.select(catalogue_record.c.audience, catalogue_record.c.id).where(catalogue_record.c.id.in_(ids))
    found: dict[str, list[str]] = {PUBLIC: []}
    for audience, id_ in connection.execute(query):
        found.setdefault(audience, []).append(PREFIX + id_)
    return found
