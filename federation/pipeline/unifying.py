"""Clusters as an audience sees them, loaded and unified; what the index and the pages are made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from federation.linkage.member_records import MemberRecord, is_visible, own_audience
from federation.linkage.survivorship import unify
from federation.pipeline import clusters_aside
from federation.storage import catalogue_records, institutions
from federation.storage.catalogue_records import StoredRecord
from federation.storage.columns import instant_text
from federation.storage.engine import Store
from federation.storage.linkage import clusters
from index.document_keys import Shape
from index.ports import Change
from mappings.schema.access import PUBLIC
from mappings.schema.unified import UnifiedRecord


def load_unified(connection: sa.Connection, cluster_ids: Sequence[str], audience: str) -> dict[str, UnifiedRecord]:
    """The clusters that `audience` may see; the others, and names that do not stand, are absent."""
    return _Loaded(connection, cluster_ids).unified(audience)


def load_alone(connection: sa.Connection, record_id: str, audience: str) -> UnifiedRecord | None:
    """One record as a thing of its own, whatever it is joined with; None where `audience` may not know of it."""
    return load_each_alone(connection, [record_id], audience).get(record_id)


def load_each_alone(connection: sa.Connection, record_ids: Sequence[str], audience: str) -> dict[str, UnifiedRecord]:
    """Records, each as a thing of its own; those that `audience` may not know of are absent."""
    rows = catalogue_records.get_many(connection, record_ids)
    return each_alone(connection, rows.values(), audience)


def each_alone(connection: sa.Connection, rows: Iterable[StoredRecord], audience: str) -> dict[str, UnifiedRecord]:
    """As `load_each_alone`, of rows that are read already."""
    names = {line.slug: line.name for line in institutions.everyone(connection)}
    members = [member for row in rows if (member := _member(row, names)) is not None]
    return {
        member.record.id: unify([member], cluster_id=member.record.id, audience=audience, version=member.seq)
        for member in members
        if is_visible(member, audience)
    }


def load_shapes(connection: sa.Connection, cluster_ids: Sequence[str]) -> list[Shape]:
    """What each audience that has its own meets of these clusters, by names alone; no record is read."""
    members = clusters.members(connection, cluster_ids)
    versions = clusters.versions(connection, list(members))
    audiences = catalogue_records.audiences(connection, [record for each in members.values() for record in each])
    found = []
    for name, records in members.items():
        living = [record for record in records if record in audiences]
        for audience in dict.fromkeys((PUBLIC, *sorted({audiences[record] for record in living}))):
            seen = tuple(record for record in living if audiences[record] in (PUBLIC, audience))
            if seen:
                version = versions.get(name, 0)
                found.append(Shape(cluster_id=name, audience=audience, members=seen, version=version))
    return found


class _Loaded:
    """The members of some clusters, each record decoded once."""

    def __init__(self, connection: sa.Connection, cluster_ids: Sequence[str]) -> None:
        self._members = clusters.members(connection, cluster_ids)
        self._versions = clusters.versions(connection, list(self._members))
        names = {line.slug: line.name for line in institutions.everyone(connection)}
        ids = [record_id for members in self._members.values() for record_id in members]
        rows = catalogue_records.get_many(connection, ids)
        self._records = {row.id: member for row in rows.values() if (member := _member(row, names)) is not None}

    def audiences(self) -> list[str]:
        """Everybody for whom one of these clusters has a member of their own, the public first."""
        hidden = {
            own_audience(member.institution)
            for member in self._records.values()
            if member.record.access.line == "hidden"
        }
        return [PUBLIC, *sorted(hidden)]

    def unified(self, audience: str) -> dict[str, UnifiedRecord]:
        """The clusters that have something for `audience`."""
        found = {}
        for name, ids in self._members.items():
            members = [self._records[record_id] for record_id in ids if record_id in self._records]
            if any(is_visible(member, audience) for member in members):
                version = self._versions.get(name, 0)
                found[name] = unify(members, cluster_id=name, audience=audience, version=version)
        return found

    def hidden_names(self, audience: str) -> frozenset[str]:
        """Clusters in which `audience` has a hidden member."""
        return frozenset(
            name
            for name, ids in self._members.items()
            if any(self._is_hidden(record_id, audience) for record_id in ids)
        )

    def _is_hidden(self, record_id: str, audience: str) -> bool:
        member = self._records.get(record_id)
        own = member is not None and own_audience(member.institution) == audience
        return own and member is not None and member.record.access.line == "hidden"


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

    def __init__(self, store: Store, stage: str = "") -> None:
        """`stage`: what that one has set aside looks as if it were gone; empty = everything is given."""
        self._store, self._stage = store, stage

    def changes(self, after: int, limit: int) -> list[Change]:
        """Changes with `seq` above `after`, ascending."""
        with self._store.reading() as connection:
            return [Change(seq=seq, cluster_id=name) for seq, name in clusters.changes(connection, after, limit)]

    def unified(self, cluster_ids: Sequence[str]) -> list[UnifiedRecord]:
        """Every audience's unified record of these clusters: the public's, and one for each institution of a hidden
        member."""
        with self._store.reading() as connection:
            hidden = clusters_aside.left_out(connection, self._stage) if self._stage else frozenset()
            loaded = _Loaded(connection, [name for name in dict.fromkeys(cluster_ids) if name not in hidden])
        found: dict[str, list[UnifiedRecord]] = defaultdict(list)
        for audience in loaded.audiences():
            wanted = loaded.unified(audience)
            names = wanted.keys() if audience == PUBLIC else wanted.keys() & loaded.hidden_names(audience)
            for name in names:
                found[name].append(wanted[name])
        return [unified for name in found for unified in found[name]]

    def shapes(self, cluster_ids: Sequence[str]) -> list[Shape]:
        """Of each of `unified` the names and the version alone."""
        with self._store.reading() as connection:
            hidden = clusters_aside.left_out(connection, self._stage) if self._stage else frozenset()
            return load_shapes(connection, [name for name in dict.fromkeys(cluster_ids) if name not in hidden])

    def last_seq(self) -> int:
        """`seq` of the last change."""
        with self._store.reading() as connection:
            return clusters.last_seq(connection)

    def public_clusters(self) -> int:
        """How many clusters everybody may know of."""
        with self._store.reading() as connection:
            left_out = clusters_aside.left_out(connection, self._stage) if self._stage else ()
            return clusters.count_public(connection) - clusters.count_public(connection, among=left_out)

    def all_clusters(self, after_id: str, limit: int) -> list[str]:
        """Ids of living clusters above `after_id`, ascending."""
        with self._store.reading() as connection:
            return clusters.living(connection, after_id, limit)
