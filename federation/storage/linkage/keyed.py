"""Keyed records: features, keys and edges as linking reads and writes them, many records at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from federation.linkage.comparison import Reason
from federation.linkage.features import Features
from federation.storage.bulk import Row, Writing, parted, upsert_many
from federation.storage.linkage.tables import LIVE, link_edge, link_key, link_key_state, link_record, link_state
from mappings.schema.access import PUBLIC

#: values in one IN list
_MANY = 5_000

_features = msgspec.msgpack.Decoder(Features)
_reasons = msgspec.json.Decoder(tuple[Reason, ...])


class Keyed(msgspec.Struct, frozen=True, kw_only=True):
    """One record as linking sees it."""

    rid: int
    record_id: str
    audience: str
    first_seen: int
    alive: bool
    #: None where the record is gone, or was set aside
    features: Features | None
    rev: int
    cid: int | None
    seq: int


class StoredEdge(NamedTuple):
    """A pair worth remembering; a < b."""

    a: int
    b: int
    bits: float
    why: tuple[Reason, ...]
    rev_a: int
    rev_b: int


def packed(features: Features) -> bytes:
    """Features as a column holds them."""
    return msgspec.msgpack.encode(features)


def unpacked(features: bytes) -> Features:
    """What `packed` packed."""
    return _features.decode(features)


def changed_since(connection: sa.Connection, seq: int, limit: int) -> list[tuple[int, int]]:
    """(rid, seq) of records to be linked, in the order of commits."""
    state = link_state.c
    query = sa.select(state.rid, state.seq).where(state.slot == LIVE, state.seq > seq).order_by(state.seq).limit(limit)
    return [(rid, found) for rid, found in connection.execute(query)]


def get_many(connection: sa.Connection, rids: Collection[int], *, without: Collection[int] = ()) -> dict[int, Keyed]:
    """The records of these numbers; those in `without` without their features."""
    state, record = link_state.c, link_record.c
    columns = (record.rid, record.record_id, record.audience, record.first_seen, record.alive)
    query = sa.select(*columns, state.features, state.rev, state.cid, state.seq).join(
        link_state, (state.rid == record.rid) & (state.slot == LIVE)
    )
    found = {}
    for part in parted(rids, _MANY):
        for row in connection.execute(query.where(record.rid.in_(part))):
            is_read = bool(row.features) and row.rid not in without
            features = _features.decode(row.features) if is_read else None
            found[row.rid] = Keyed(
                rid=row.rid,
                record_id=row.record_id,
                audience=row.audience,
                first_seen=row.first_seen,
                alive=row.alive,
                features=features,
                rev=row.rev,
                cid=row.cid,
                seq=row.seq,
            )
    return found


def numbers_of(connection: sa.Connection, record_ids: Sequence[str]) -> dict[str, int]:
    """Record id -> number, for records that were keyed."""
    query = sa.select(link_record.c.record_id, link_record.c.rid).where(link_record.c.record_id.in_(record_ids))
    return {row.record_id: row.rid for row in connection.execute(query)}


class Holder(NamedTuple):
    """A record under a key."""

    rid: int
    fine: int
    #: hidden ones neither fill a key nor make a value generic
    public: bool


def keys_of(connection: sa.Connection, rids: Collection[int]) -> dict[int, list[int]]:
    """Number of a record -> its keys."""
    found: dict[int, list[int]] = defaultdict(list)
    for part in parted(rids, _MANY):
        query = sa.select(link_key.c.rid, link_key.c.k).where(link_key.c.slot == LIVE, link_key.c.rid.in_(part))
        for rid, k in connection.execute(query):
            found[rid].append(k)
    return found


def holders(connection: sa.Connection, keys: Collection[int]) -> dict[int, list[Holder]]:
    """Key -> its holders, ascending."""
    found: dict[int, list[Holder]] = defaultdict(list)
    columns = (link_key.c.k, link_key.c.rid, link_key.c.fine, link_record.c.audience)
    query = sa.select(*columns).join(link_record, link_record.c.rid == link_key.c.rid).where(link_key.c.slot == LIVE)
    for part in parted(keys, _MANY):
        ordered = query.where(link_key.c.k.in_(part)).order_by(link_key.c.k, link_key.c.rid)
        for k, rid, fine, audience in connection.execute(ordered):
            found[k].append(Holder(rid, fine, audience == PUBLIC))
    return found


class KeyState(NamedTuple):
    """A key that is out of the ordinary."""

    hot: bool = False
    generic: bool = False


def key_states(connection: sa.Connection, keys: Collection[int]) -> dict[int, KeyState]:
    """What was noted of `keys`; the ordinary ones are absent."""
    table = link_key_state.c
    found: dict[int, KeyState] = {}
    for part in parted(keys, _MANY):
        query = sa.select(table.k, table.hot, table.generic).where(table.slot == LIVE, table.k.in_(part))
        found.update((k, KeyState(hot, generic)) for k, hot, generic in connection.execute(query))
    return found


def keep_key_states(tx: Writing, states: dict[int, KeyState]) -> None:
    """Notes what keys have become."""
    rows: list[Row] = [
        {"slot": LIVE, "k": k, "hot": state.hot, "generic": state.generic} for k, state in sorted(states.items())
    ]
    upsert_many(tx, link_key_state, rows, key=("slot", "k"))


def edges_of(connection: sa.Connection, rids: Collection[int]) -> list[StoredEdge]:
    """Edges that touch any of `rids`, each once."""
    table = link_edge.c
    columns = (table.a, table.b, table.bits, table.why, table.rev_a, table.rev_b)
    found: dict[tuple[int, int], StoredEdge] = {}
    for part in parted(rids, _MANY):
        for end in (table.a, table.b):
            for row in connection.execute(sa.select(*columns).where(table.slot == LIVE, end.in_(part))):
                found[row.a, row.b] = StoredEdge(*row[:3], _reasons.decode(row.why), row.rev_a, row.rev_b)
    return list(found.values())


def drop_edges(tx: Writing, rids: Collection[int]) -> None:
    """Forgets every edge that touches any of `rids`."""
    table = link_edge.c
    for part in parted(rids, _MANY):
        for end in (table.a, table.b):
            tx.connection.execute(sa.delete(link_edge).where(table.slot == LIVE, end.in_(part)))


def keep_edges(tx: Writing, edges: Iterable[StoredEdge]) -> None:
    """Writes edges."""
    rows: list[Row] = [
        {
            "slot": LIVE,
            "a": edge.a,
            "b": edge.b,
            "bits": edge.bits,
            "why": msgspec.json.encode(edge.why).decode(),
            "rev_a": edge.rev_a,
            "rev_b": edge.rev_b,
        }
        for edge in edges
    ]
    upsert_many(tx, link_edge, rows, key=("slot", "a", "b"))
