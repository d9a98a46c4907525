"""Catalogue records: what the mapping stage made of each raw record, one row a unit.

A row whose `alive` is 0 is a tombstone: its identifier goes on resolving. `seq` moves only when something downstream
would look different (the record's `output_hash`, its audience, its life); a re-harvest that changes nothing of this
rewrites the row in place.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    RowMapping,
    Select,
    Table,
    Text,
    bindparam,
    func,
    select,
    text,
)

from federation.access.loosening import compared
from federation.storage.bulk import Writing
from federation.storage.columns import Instant, json_text
from federation.storage.metadata import metadata
from mappings.schema.access import PUBLIC, Access
from mappings.schema.issue import Issue
from mappings.schema.record import CatalogueRecord, Rules

_BELOW = text("parent <> ''")

catalogue_record = Table(
    "catalogue_record",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rid", Integer, nullable=False, unique=True),
    Column("feed", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    Column("institution", Text, nullable=False),
    #: `public`, or `institution:<slug>` where the entry itself is hidden
    Column("audience", Text, nullable=False),
    Column("alive", Boolean, nullable=False),
    #: JSON of the record and of its rules table; empty on a tombstone
    Column("record", Text, nullable=False),
    Column("rules", Text, nullable=False),
    Column("output_hash", Text, nullable=False),
    Column("crosswalk", Text, nullable=False),
    Column("issues", Text, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("updated_at", Instant, nullable=False),
    #: JSON of the terms of access under which it lived last; of a tombstone alone
    Column("last_access", Text, nullable=True),
    #: id of the record above, and what orders its siblings; empty for one that stands above all, and on a tombstone
    Column("parent", Text, nullable=False, server_default=""),
    Column("place", LargeBinary, nullable=False, server_default=""),
    Index("catalogue_record_seq", "seq"),
    Index("catalogue_record_feed", "feed", "alive"),
    Index("catalogue_record_native", "native_id", "feed"),
    # what an audience is told in numbers is read from here alone
    Index("catalogue_record_arrived", "audience", "alive", "first_seen_at", "institution"),
    # what stands below a record is counted and walked here alone
    Index("catalogue_record_below", "parent", "place", "id", "audience", sqlite_where=_BELOW, postgresql_where=_BELOW),
)


class _Accessed(msgspec.Struct, frozen=True):
    """Of a record its terms of access alone."""

    access: Access = Access()


_record = msgspec.json.Decoder(CatalogueRecord)
_accessed = msgspec.json.Decoder(_Accessed)
_access = msgspec.json.Decoder(Access)
_rules = msgspec.json.Decoder(Rules)
_issues = msgspec.json.Decoder(tuple[Issue, ...])


class StoredRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A row, decoded."""

    id: str
    rid: int
    feed: str
    native_id: str
    institution: str
    audience: str
    alive: bool
    #: None on a tombstone, and where it was not read
    record: CatalogueRecord | None
    rules: Rules
    crosswalk: str
    issues: tuple[Issue, ...]
    first_seen_at: datetime
    seq: int
    updated_at: datetime


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the mapping stage must know of a record that it made before."""

    id: str
    rid: int
    alive: bool
    audience: str
    output_hash: str
    first_seen: int
    first_seen_at: datetime
    seq: int


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A row by its numbers and names alone."""

    rid: int
    seq: int
    feed: str
    native_id: str


_NAMED = [catalogue_record.c[name] for name in Named.__struct_fields__]
_KNOWN = [catalogue_record.c[name] for name in Known.__struct_fields__]
_CALLED = (
    catalogue_record.update().where(catalogue_record.c.id == bindparam("of_id")).values(native_id=bindparam("new"))
)
#: ids that one statement asks for; a finding aid has thousands of units
_IDS = 10_000


def call(tx: Writing, names: Mapping[str, str]) -> None:
    """Says by which native identifiers the raw records of these are called now; `names` leads there from their ids."""
    if names:
        tx.connection.execute(_CALLED, [{"of_id": record, "new": name} for record, name in names.items()])


def get(connection: Connection, record_id: str) -> StoredRecord | None:
    """The row of a catalogue record, tombstones included."""
    row = connection.execute(select(catalogue_record).where(catalogue_record.c.id == record_id)).mappings().first()
    return None if row is None else _decoded(row)


def audiences(connection: Connection, record_ids: Sequence[str]) -> dict[str, str]:
    """Who may know of each of these records that lives."""
    found: dict[str, str] = {}
    columns = (catalogue_record.c.id, catalogue_record.c.audience)
    for start in range(0, len(record_ids), _IDS):
        wanted = catalogue_record.c.id.in_(record_ids[start : start + _IDS]) & catalogue_record.c.alive
        found |= {row.id: row.audience for row in connection.execute(select(*columns).where(wanted))}
    return found


def native_id(connection: Connection, record_id: str) -> str:
    """The native identifier of its raw record; empty where there is no such catalogue record."""
    query = select(catalogue_record.c.native_id).where(catalogue_record.c.id == record_id)
    return connection.execute(query).scalar() or ""


def get_many(connection: Connection, record_ids: Sequence[str]) -> dict[str, StoredRecord]:
    """The rows that exist among `record_ids`."""
    found: dict[str, StoredRecord] = {}
    for start in range(0, len(record_ids), _IDS):
        query = select(catalogue_record).where(catalogue_record.c.id.in_(record_ids[start : start + _IDS]))
        found |= {row["id"]: _decoded(row) for row in connection.execute(query).mappings()}
    return found


def known(connection: Connection, record_ids: Sequence[str]) -> dict[str, Known]:
    """What is held under `record_ids`, without the records themselves."""
    found: dict[str, Known] = {}
    for start in range(0, len(record_ids), _IDS):
        query = select(*_KNOWN).where(catalogue_record.c.id.in_(record_ids[start : start + _IDS]))
        found |= {row["id"]: Known(**row) for row in connection.execute(query).mappings()}
    return found


def known_of(connection: Connection, feed: str, native_id: str) -> list[Known]:
    """What is held of the units that one raw record gave."""
    of_raw = (catalogue_record.c.feed == feed) & (catalogue_record.c.native_id == native_id)
    return [Known(**row) for row in connection.execute(select(*_KNOWN).where(of_raw)).mappings()]


def public_named(connection: Connection, institution: str, native_ids: Collection[str]) -> dict[str, str]:
    """The public record of an institution that each identifier at the source names; of several the first that came."""
    of_theirs = (catalogue_record.c.institution == institution) & catalogue_record.c.native_id.in_(native_ids)
    stands = catalogue_record.c.alive & (catalogue_record.c.audience == PUBLIC)
    columns = (catalogue_record.c.native_id, catalogue_record.c.id)
    found: dict[str, str] = {}
    for native, name in connection.execute(select(*columns).where(of_theirs, stands).order_by(catalogue_record.c.rid)):
        found.setdefault(native, name)
    return found


def is_wholly_public(connection: Connection, feed: str, native_id: str) -> bool:
    """Whether every living unit of a raw record is for everybody."""
    query = select(func.count()).where(
        catalogue_record.c.feed == feed,
        catalogue_record.c.native_id == native_id,
        catalogue_record.c.alive,
        catalogue_record.c.audience != PUBLIC,
    )
    return connection.execute(query).scalar_one() == 0


def changed_since(
    connection: Connection, seq: int, limit: int, *, unread: Mapping[int, int] | None = None
) -> list[StoredRecord]:
    """Records whose `seq` is above `seq`, in the order of commits.

    unread   number -> `seq` up to which what the row holds is not read: it comes without its record
    """
    query = select(catalogue_record).where(catalogue_record.c.seq > seq).order_by(catalogue_record.c.seq).limit(limit)
    known = unread or {}
    return [_decoded(row, read=known.get(row["rid"], -1) < row["seq"]) for row in connection.execute(query).mappings()]


def named(connection: Connection, rid: int) -> Named | None:
    """The record of a number, by its names alone."""
    return _named(connection, select(*_NAMED).where(catalogue_record.c.rid == rid))


def last_changed(connection: Connection) -> int:
    """`seq` of the record that changed last; 0 where there is none."""
    return connection.execute(select(func.max(catalogue_record.c.seq))).scalar() or 0


def first_changed(connection: Connection, seq: int) -> Named | None:
    """The record that changed first after `seq`, by its names alone."""
    return _named(connection, select(*_NAMED).where(catalogue_record.c.seq > seq).order_by(catalogue_record.c.seq))


def _named(connection: Connection, query: Select[Any]) -> Named | None:
    row = connection.execute(query.limit(1)).mappings().first()
    return None if row is None else Named(**row)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A living record as a re-mapping compares it."""

    id: str
    rid: int
    native_id: str
    output_hash: str
    crosswalk: str
    #: JSON
    record: str

    def decoded(self) -> CatalogueRecord:
        """The record itself."""
        return _record.decode(self.record)


def standing(connection: Connection, feed: str, native_ids: Sequence[str]) -> dict[str, list[Standing]]:
    """The living records made of these raw records, by the raw record's identifier."""
    columns = [catalogue_record.c[name] for name in Standing.__struct_fields__]
    query = select(*columns).where(catalogue_record.c.feed == feed, catalogue_record.c.native_id.in_(native_ids))
    found: dict[str, list[Standing]] = {}
    for row in connection.execute(query.where(catalogue_record.c.alive)).mappings():
        found.setdefault(row["native_id"], []).append(Standing(**row))
    return found


def last_accesses(connection: Connection, record_ids: Sequence[str]) -> dict[str, str]:
    """What a tombstone is to say of the access under which each of these living records stood, by id."""
    found: dict[str, str] = {}
    for start in range(0, len(record_ids), _IDS):
        wanted = catalogue_record.c.id.in_(record_ids[start : start + _IDS]) & catalogue_record.c.alive
        rows = connection.execute(select(catalogue_record.c.id, catalogue_record.c.record).where(wanted))
        found |= {row.id: json_text(compared(access_of(row.record))) for row in rows}
    return found


def access_of(record: str) -> Access:
    """The terms of access of a record's JSON; what cannot be read may have been closed."""
    try:
        return _accessed.decode(record).access
    except msgspec.DecodeError:
        return Access(status="closed", line="hidden")


def gone(connection: Connection, feed: str, native_ids: Sequence[str]) -> dict[str, dict[str, Access]]:
    """Of the tombstones of these raw records, by the raw record's identifier and their own: under what they lived."""
    columns = (catalogue_record.c.native_id, catalogue_record.c.id, catalogue_record.c.last_access)
    query = select(*columns).where(catalogue_record.c.feed == feed, catalogue_record.c.native_id.in_(native_ids))
    found: dict[str, dict[str, Access]] = {}
    for row in connection.execute(query.where(catalogue_record.c.last_access.is_not(None))):
        found.setdefault(row.native_id, {})[row.id] = _access.decode(row.last_access)
    return found


def highest_rid(connection: Connection) -> int:
    """The largest number given to a record so far."""
    return connection.execute(select(func.max(catalogue_record.c.rid))).scalar_one() or 0


def count_alive(connection: Connection, *, audience: str | None = None) -> int:
    """How many records live, of one audience or of all."""
    query = select(func.count()).select_from(catalogue_record).where(catalogue_record.c.alive)
    if audience is not None:
        query = query.where(catalogue_record.c.audience == audience)
    return connection.execute(query).scalar_one()


def count_of_feed(connection: Connection, feed: str) -> int:
    """How many of a feed's records live."""
    query = select(func.count()).where(catalogue_record.c.feed == feed, catalogue_record.c.alive)
    return connection.execute(query).scalar_one()


def count_changed(connection: Connection, seq: int) -> int:
    """How many records changed after `seq`."""
    query = select(func.count()).select_from(catalogue_record).where(catalogue_record.c.seq > seq)
    return connection.execute(query).scalar_one()


def count_by_institution(connection: Connection, audience: str) -> dict[str, int]:
    """How many records of `audience` live, by slug of the institution."""
    query = select(catalogue_record.c.institution, func.count().label("number")).where(
        catalogue_record.c.alive, catalogue_record.c.audience == audience
    )
    rows = connection.execute(query.group_by(catalogue_record.c.institution))
    return {row.institution: row.number for row in rows}


def ids_of_feed(connection: Connection, feed: str) -> list[str]:
    """Ids of a feed's living records, in the order of first sight."""
    query = (
        select(catalogue_record.c.id)
        .where(catalogue_record.c.feed == feed, catalogue_record.c.alive)
        .order_by(catalogue_record.c.rid)
    )
    return list(connection.execute(query).scalars())


def _decoded(row: RowMapping, *, read: bool = True) -> StoredRecord:
    read = read and row["alive"]
    return StoredRecord(
        id=row["id"],
        rid=row["rid"],
        feed=row["feed"],
        native_id=row["native_id"],
        institution=row["institution"],
        audience=row["audience"],
        alive=row["alive"],
        record=_record.decode(row["record"]) if read else None,
        rules=_rules.decode(row["rules"]) if read else {},
        crosswalk=row["crosswalk"],
        issues=_issues.decode(row["issues"]) if read else (),
        first_seen_at=row["first_seen_at"],
        seq=row["seq"],
        updated_at=row["updated_at"],
    )
