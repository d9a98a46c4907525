"""Clusters and their names: who belongs together, what a name given out resolves to, and every change in order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec
import sqlalchemy as sa

from federation.storage import aliases
from federation.storage.bulk import Row, insert_many
from federation.storage.columns import instant_text
from federation.storage.linkage.tables import LIVE, cluster_change, link_record, link_state
from federation.storage.transactions import Transaction
from mappings.schema.access import PUBLIC

PREFIX = "c-"

Cause = Literal["content", "joined", "split", "gone"]


class Live(msgspec.Struct, frozen=True):
    """The name of a cluster that stands."""

    id: str


class Moved(msgspec.Struct, frozen=True):
    """A former name; what it described stands under another one now."""

    to: str


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """What the name described was withdrawn."""

    at: datetime | None
    institution: str


class Unknown(msgspec.Struct, frozen=True):
    """Never given out to this audience."""


Resolved = Live | Moved | Gone | Unknown


def name_of(record_id: str) -> str:
    """The name of the cluster whose pivot is this record."""
    return PREFIX + record_id


def resolve_name(connection: sa.Connection, cluster_id: str, audience: str = PUBLIC) -> Resolved:
    """What a cluster name stands for now, to `audience`; a name resolves through the record that it was made of."""
    record, state = link_record.c, link_state.c
    query = sa.select(link_record, state.cid).outerjoin(link_state, (state.rid == record.rid) & (state.slot == LIVE))
    row = connection.execute(query.where(record.record_id == cluster_id.removeprefix(PREFIX))).first()
    if row is None or not cluster_id.startswith(PREFIX) or row.audience not in (PUBLIC, audience):
        return Unknown()
    if not row.alive:
        renamed = _renamed(connection, row.record_id, audience)
        return renamed or _heir(connection, row.heir) or Gone(at=row.ended_at, institution=row.institution)
    if row.cid is None:
        return Unknown()
    return Live(cluster_id) if row.cid == row.rid else Moved(_name(connection, row.cid))


def _renamed(connection: sa.Connection, record_id: str, audience: str) -> Moved | None:
    """The cluster of the record that this one is called by now; none of one that the audience does not see."""
    now = aliases.renamed(connection, record_id)
    seen = sa.select(link_record.c.audience).where(link_record.c.record_id == now)
    if now is None or connection.execute(seen).scalar() not in (PUBLIC, audience):
        return None
    name = cluster_of(connection, now)
    return Moved(name) if name is not None else None


def _heir(connection: sa.Connection, rid: int | None) -> Moved | None:
    if rid is None:
        return None
    record, state = link_record.c, link_state.c
    query = sa.select(record.alive, record.heir, state.cid).join(
        link_state, (state.rid == record.rid) & (state.slot == LIVE)
    )
    row = connection.execute(query.where(record.rid == rid)).first()
    if row is None:
        return None
    if row.alive and row.cid is not None:
        return Moved(_name(connection, row.cid))
    return _heir(connection, row.heir)


def _name(connection: sa.Connection, rid: int) -> str:
    return name_of(connection.execute(sa.select(link_record.c.record_id).where(link_record.c.rid == rid)).scalar_one())


def cluster_of(connection: sa.Connection, record_id: str) -> str | None:
    """The name of the cluster that a living record stands in."""
    pivot = link_record.alias()
    query = (
        sa.select(pivot.c.record_id)
        .join(link_state, (link_state.c.cid == pivot.c.rid) & (link_state.c.slot == LIVE))
        .join(link_record, link_record.c.rid == link_state.c.rid)
        .where(link_record.c.record_id == record_id)
    )
    found = connection.execute(query).scalar()
    return None if found is None else name_of(found)


def members(connection: sa.Connection, cluster_ids: Sequence[str]) -> dict[str, list[str]]:
    """Name -> record ids of its living members, all audiences, in the order of their numbers."""
    pivot = link_record.alias()
    query = (
        sa.select(pivot.c.record_id, link_record.c.record_id)
        .join(link_state, (link_state.c.cid == pivot.c.rid) & (link_state.c.slot == LIVE))
        .join(link_record, link_record.c.rid == link_state.c.rid)
        .where(pivot.c.record_id.in_([name.removeprefix(PREFIX) for name in cluster_ids]), link_record.c.alive)
        .order_by(link_record.c.rid)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for of, record_id in connection.execute(query):
        found[name_of(of)].append(record_id)
    return found


def versions(connection: sa.Connection, cluster_ids: Sequence[str]) -> dict[str, int]:
    """Name -> `seq` of its newest change."""
    return _changed(connection, cluster_ids, sa.func.max(cluster_change.c.seq))


def beginnings(connection: sa.Connection, cluster_ids: Sequence[str]) -> dict[str, int]:
    """Name -> `seq` of its first change."""
    return _changed(connection, cluster_ids, sa.func.min(cluster_change.c.seq))


def _changed(connection: sa.Connection, cluster_ids: Sequence[str], which: sa.ColumnElement[int]) -> dict[str, int]:
    query = (
        sa.select(link_record.c.record_id, which)
        .join(cluster_change, cluster_change.c.cid == link_record.c.rid)
        .where(link_record.c.record_id.in_([name.removeprefix(PREFIX) for name in cluster_ids]))
        .group_by(link_record.c.record_id)
    )
    return {name_of(record_id): seq for record_id, seq in connection.execute(query)}


def changes(connection: sa.Connection, after: int, limit: int) -> list[tuple[int, str]]:
    """(seq, name) of changes after `after`, ascending."""
    query = (
        sa.select(cluster_change.c.seq, link_record.c.record_id)
        .join(link_record, link_record.c.rid == cluster_change.c.cid)
        .where(cluster_change.c.seq > after)
        .order_by(cluster_change.c.seq)
        .limit(limit)
    )
    return [(seq, name_of(record_id)) for seq, record_id in connection.execute(query)]


def changes_before(connection: sa.Connection, before: int, limit: int) -> list[tuple[int, str]]:
    """(seq, name) of changes before `before`, descending."""
    query = (
        sa.select(cluster_change.c.seq, link_record.c.record_id)
        .join(link_record, link_record.c.rid == cluster_change.c.cid)
        .where(cluster_change.c.seq < before)
        .order_by(cluster_change.c.seq.desc())
        .limit(limit)
    )
    return [(seq, name_of(record_id)) for seq, record_id in connection.execute(query)]


class Newest(NamedTuple):
    """The newest change of a cluster."""

    name: str
    seq: int


def newest_changes(connection: sa.Connection, cids: Collection[int]) -> dict[int, Newest]:
    """Pivot -> name and newest change of its cluster, for those that ever had one."""
    change, record = cluster_change.c, link_record.c
    query = (
        sa.select(change.cid, record.record_id, sa.func.max(change.seq))
        .join(link_record, record.rid == change.cid)
        .where(change.cid.in_(cids))
        .group_by(change.cid, record.record_id)
    )
    return {cid: Newest(name_of(record_id), seq) for cid, record_id, seq in connection.execute(query)}


def pivot_of(connection: sa.Connection, cluster_id: str) -> int | None:
    """The number of the record that a cluster is named after."""
    query = sa.select(link_record.c.rid).where(link_record.c.record_id == cluster_id.removeprefix(PREFIX))
    return connection.execute(query).scalar()


def last_seq(connection: sa.Connection) -> int:
    """`seq` of the newest change; 0 before the first."""
    return connection.execute(sa.select(sa.func.max(cluster_change.c.seq))).scalar() or 0


def count_changes(connection: sa.Connection, after: int) -> int:
    """How many changes came after `after`."""
    query = sa.select(sa.func.count()).select_from(cluster_change).where(cluster_change.c.seq > after)
    return connection.execute(query).scalar_one()


def living(connection: sa.Connection, after_id: str, limit: int) -> list[str]:
    """Names of standing clusters above `after_id`, ascending."""
    query = (
        sa.select(link_record.c.record_id)
        .join(link_state, (link_state.c.rid == link_record.c.rid) & (link_state.c.cid == link_record.c.rid))
        .where(link_state.c.slot == LIVE, link_record.c.alive)
        .where(link_record.c.record_id > after_id.removeprefix(PREFIX))
        .order_by(link_record.c.record_id)
        .limit(limit)
    )
    return [name_of(record_id) for record_id in connection.execute(query).scalars()]


def of_institution(connection: sa.Connection, institution: str, after_id: str, limit: int) -> list[str]:
    """Names above `after_id`, ascending, of the clusters in which an institution has a public member."""
    pivot = link_record.alias()
    query = (
        sa.select(pivot.c.record_id)
        .distinct()
        .join(link_state, (link_state.c.cid == pivot.c.rid) & (link_state.c.slot == LIVE))
        .join(link_record, link_record.c.rid == link_state.c.rid)
        .where(link_record.c.institution == institution, link_record.c.audience == PUBLIC, link_record.c.alive)
        .where(pivot.c.record_id > after_id.removeprefix(PREFIX))
        .order_by(pivot.c.record_id)
        .limit(limit)
    )
    return [name_of(record_id) for record_id in connection.execute(query).scalars()]


def count_public(connection: sa.Connection, *, among: Collection[str] | None = None, up_to: str | None = None) -> int:
    """How many clusters the public may know of, of all, of those with these names, or of those up to a name."""
    query = (
        sa.select(sa.func.count(sa.distinct(link_state.c.cid)))
        .join(link_record, link_record.c.rid == link_state.c.rid)
        .where(link_state.c.slot == LIVE, link_record.c.alive, link_record.c.audience == PUBLIC)
    )
    if among is not None:
        pivots = sa.select(link_record.c.rid).where(
            link_record.c.record_id.in_([name.removeprefix(PREFIX) for name in among])
        )
        query = query.where(link_state.c.cid.in_(pivots))
    if up_to is not None:
        pivots = sa.select(link_record.c.rid).where(link_record.c.record_id <= up_to.removeprefix(PREFIX))
        query = query.where(link_state.c.cid.in_(pivots))
    return connection.execute(query).scalar_one()


def members_by_number(connection: sa.Connection, cids: Collection[int]) -> dict[int, list[int]]:
    """Pivot -> numbers of its cluster's records, ascending."""
    state = link_state.c
    found: dict[int, list[int]] = defaultdict(list)
    query = sa.select(state.cid, state.rid).where(state.slot == LIVE, state.cid.in_(sorted(cids)))
    for cid, rid in connection.execute(query.order_by(state.rid)):
        found[cid].append(rid)
    return found


class Regrouped(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one cluster name."""

    cid: int
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def cause(self) -> Cause:
        """Why downstream has to look at it again."""
        if not self.after:
            return "gone"
        if self.before == self.after:
            return "content"
        return "joined" if len(self.after) > len(self.before) else "split"


def keep_changes(tx: Transaction, regrouped: Sequence[Regrouped]) -> None:
    """Appends a change for each of these names."""
    rows: list[Row] = [
        {
            "seq": tx.next_seq(),
            "cid": each.cid,
            "cause": each.cause,
            "members_before": len(each.before),
            "before_sha256": members_sha256(each.before),
            "members_after": len(each.after),
            "after_sha256": members_sha256(each.after),
            "at": instant_text(tx.now),
        }
        for each in regrouped
    ]
    insert_many(tx, cluster_change, rows)


def members_sha256(rids: Sequence[int]) -> str:
    """Digest of a set of members."""
    return hashlib.sha256(",".join(map(str, sorted(rids))).encode()).hexdigest()


def place(tx: Transaction, cids: Mapping[int, int | None]) -> None:
    """Puts records into clusters: number -> pivot."""
    by_pivot: dict[int | None, list[int]] = defaultdict(list)
    for rid, cid in cids.items():
        by_pivot[cid].append(rid)
    alone = [rid for rid, cid in cids.items() if rid == cid]
    _set_cid(tx, alone, link_state.c.rid)
    for cid, rids in by_pivot.items():
        _set_cid(tx, [rid for rid in rids if rid != cid], cid)


def _set_cid(tx: Transaction, rids: Sequence[int], cid: int | sa.ColumnElement[int] | None) -> None:
    for start in range(0, len(rids), 5_000):
        part = rids[start : start + 5_000]
        where = (link_state.c.slot == LIVE) & link_state.c.rid.in_(part)
        tx.connection.execute(link_state.update().where(where).values(cid=cid))
