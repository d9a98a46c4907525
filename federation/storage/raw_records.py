"""Raw records as their repositories gave them, the versions they superseded, and how each stands in its feed.

`seq` moves with every change that the mapping stage must see; the *mark* (`seen_run`, `seen_list`, `seen_datestamp`)
moves whenever a list names the record, changed or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    RowMapping,
    Select,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
)

from federation.storage.bulk import Writing
from federation.storage.columns import Instant
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction
from mappings.schema.issue import Issue
from mappings.schema.raw import RawRecord

#: characters of the payloads that are read at once: finding aids are a thousand times as large as cards
MOST_PAYLOAD = 16 << 20
#: a database hands rows over as they are read, not all of them first
_ROW_BY_ROW = {"stream_results": True, "max_row_buffer": 50}


def content_columns() -> tuple[Column[Any], ...]:
    """What a version of a record is, whichever table holds it."""
    return (
        Column("datestamp", Text, nullable=False),
        Column("set_specs", Text, nullable=False),
        Column("deleted", Boolean, nullable=False),
        Column("payload_sha256", Text, nullable=False),
        #: what `unchanged` compares: status, setSpecs, metadata and about, without the header's datestamp
        Column("content_sha256", Text, nullable=False),
        Column("payload", Text, nullable=False),
        Column("charset", Text, nullable=False),
        Column("namespaces", Text, nullable=False),
        Column("format", Text, nullable=False),
        Column("quality", Text, nullable=False),
        Column("repairs", Text, nullable=False),
        Column("page", Integer, nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("run", Integer, nullable=False),
        Column("harvested", Instant, nullable=False),
    )


CONTENT = tuple(column.name for column in content_columns())

_RENAMED = text("first_identifier <> ''")

raw_record = Table(
    "raw_record",
    metadata,
    Column("rid", Integer, primary_key=True, autoincrement=False),
    Column("feed", Text, nullable=False),
    Column("identifier", Text, nullable=False),
    *content_columns(),
    Column("seen_run", Integer, nullable=False),
    Column("seen_list", Integer, nullable=False),
    #: the datestamp under which it was listed last, where nothing but that changed
    Column("seen_datestamp", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    #: what its id is made of, where the repository calls it otherwise since; else empty
    Column("first_identifier", Text, nullable=False),
    UniqueConstraint("feed", "identifier", name="raw_record_identifier"),
    Index("raw_record_seq", "seq"),
    Index("raw_record_seen", "feed", "seen_run"),
    Index("raw_record_first", "feed", "first_identifier", sqlite_where=_RENAMED, postgresql_where=_RENAMED),
)

#: before the names of records that are on their way to them; no identifier begins so (XML 1.0, 2.2)
_MOVING = "\x01"
_CALLED = (
    raw_record.update()
    .where(raw_record.c.feed == bindparam("of_feed"), raw_record.c.identifier == bindparam("old"))
    .values(identifier=bindparam("new"), first_identifier="")
)
_PUT_OFF = (
    raw_record.update()
    .where(raw_record.c.rid == bindparam("number"), raw_record.c.seq == bindparam("former"))
    .values(seq=bindparam("later"))
)
#: rows that are read ahead
_AT_ONCE = 20

_strings = msgspec.json.Decoder(tuple[str, ...])
_issues = msgspec.json.Decoder(tuple[Issue, ...])
_namespaces = msgspec.json.Decoder(dict[str, str])


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a harvest must know of a record that it already holds."""

    rid: int
    identifier: str
    datestamp: str
    deleted: bool
    payload_sha256: str
    content_sha256: str
    seen_run: int
    seen_list: int
    #: the datestamp under which it was listed last; `datestamp` is that of the version that is held
    seen_datestamp: str
    seq: int


class StoredRaw(msgspec.Struct, frozen=True, kw_only=True):
    """A raw record with its number and its place in the order of commits."""

    rid: int
    seq: int
    run: int
    raw: RawRecord


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A record by its numbers and names alone."""

    rid: int
    seq: int
    feed: str
    identifier: str


_NAMED = [raw_record.c[name] for name in Named.__struct_fields__]
_OF_FEED = raw_record.c.feed == bindparam("of_feed")
_FIRST = raw_record.c.first_identifier
#: made once: each page of each harvest asks them
_HELD = select(*(raw_record.c[name] for name in Held.__struct_fields__)).where(
    _OF_FEED, raw_record.c.identifier.in_(bindparam("names", expanding=True))
)
_FORMER = select(_FIRST).where(_OF_FEED, _FIRST != "", _FIRST.in_(bindparam("names", expanding=True)))


def first_changed(connection: Connection, seq: int) -> Named | None:
    """The record that changed first after `seq`."""
    query = select(*_NAMED).where(raw_record.c.seq > seq).order_by(raw_record.c.seq).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else Named(**row)


def is_any_changed(connection: Connection, seq: int, without: Collection[str]) -> bool:
    """Whether a record of another feed than these changed after `seq`."""
    query = select(raw_record.c.rid).where(raw_record.c.seq > seq, raw_record.c.feed.not_in(without)).limit(1)
    return connection.execute(query).first() is not None


def put_off(tx: Transaction, seqs: Mapping[int, int]) -> None:
    """Puts records, by number and `seq`, behind all that changed until now; one that changed since stays."""
    if seqs:
        moved = [{"number": rid, "former": seq, "later": tx.next_seq()} for rid, seq in seqs.items()]
        tx.connection.execute(_PUT_OFF, moved)


def first_of_feed(connection: Connection, feed: str, after: int) -> Named | None:
    """A feed's first record with a number above `after`."""
    query = select(*_NAMED).where(raw_record.c.feed == feed, raw_record.c.rid > after)
    row = connection.execute(query.order_by(raw_record.c.rid).limit(1)).mappings().first()
    return None if row is None else Named(**row)


def held(connection: Connection, feed: str, identifiers: Sequence[str]) -> dict[str, Held]:
    """What is held of `identifiers` in `feed`."""
    rows = connection.execute(_HELD, {"of_feed": feed, "names": identifiers}).mappings()
    return {row["identifier"]: Held(**row) for row in rows}


def set_specs(connection: Connection, feed: str, identifiers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The sets that records name in their headers, by their identifiers."""
    query = select(raw_record.c.identifier, raw_record.c.set_specs).where(raw_record.c.feed == feed)
    rows = connection.execute(query.where(raw_record.c.identifier.in_(identifiers)))
    return {row.identifier: _strings.decode(row.set_specs) for row in rows}


def former(connection: Connection, feed: str, identifiers: Sequence[str]) -> set[str]:
    """Those of `identifiers` under which the feed's repository once gave what it calls otherwise now."""
    return set(connection.execute(_FORMER, {"of_feed": feed, "names": identifiers}).scalars())


def first_identifiers(connection: Connection, rids: Sequence[int]) -> dict[int, str]:
    """Number -> the identifier under which a record was first given, of those that are called otherwise now."""
    columns, first = (raw_record.c.rid, raw_record.c.first_identifier), raw_record.c.first_identifier
    query = select(*columns).where(raw_record.c.rid.in_(rids), first != "")
    return {row.rid: row.first_identifier for row in connection.execute(query)}


def is_called(connection: Connection, feed: str, identifier: str) -> bool:
    """Whether a record of the feed has this native identifier now."""
    query = select(raw_record.c.rid).where(raw_record.c.feed == feed, raw_record.c.identifier == identifier)
    return connection.execute(query).first() is not None


def get(connection: Connection, feed: str, identifier: str) -> StoredRaw | None:
    """The present version of one record."""
    query = select(raw_record).where(raw_record.c.feed == feed, raw_record.c.identifier == identifier)
    row = connection.execute(query).mappings().first()
    return None if row is None else _decoded(row)


def present(connection: Connection, feed: str, identifiers: Sequence[str]) -> dict[str, StoredRaw]:
    """The present versions of `identifiers` in `feed`."""
    query = select(raw_record).where(raw_record.c.feed == feed, raw_record.c.identifier.in_(identifiers))
    return {row["identifier"]: _decoded(row) for row in connection.execute(query).mappings()}


def changed_since(connection: Connection, seq: int, limit: int) -> list[StoredRaw]:
    """Records whose `seq` is above `seq`, in the order of commits: at most `limit`, and `MOST_PAYLOAD`."""
    query = select(raw_record).where(raw_record.c.seq > seq).order_by(raw_record.c.seq)
    return _batch(connection, query.limit(limit))


def of_feed(connection: Connection, feed: str, after: int, limit: int) -> list[StoredRaw]:
    """A feed's records by number: at most `limit` at a time, and `MOST_PAYLOAD`."""
    query = select(raw_record).where(raw_record.c.feed == feed, raw_record.c.rid > after)
    return _batch(connection, query.order_by(raw_record.c.rid).limit(limit))


def _batch(connection: Connection, query: Select[Any]) -> list[StoredRaw]:
    """The first of the rows, one at least, whose payloads are not too much together."""
    found: list[StoredRaw] = []
    room = MOST_PAYLOAD
    with connection.execute(query, execution_options=_ROW_BY_ROW) as rows:
        for row in rows.mappings():
            found.append(_decoded(row))
            room -= len(row["payload"])
            if room <= 0:
                break
    return found


def spans(connection: Connection, feed: str, size: int) -> list[tuple[int, int]]:
    """A feed's records in spans of `size`: numbers above the first, up to the second."""
    query = select(raw_record.c.rid).where(raw_record.c.feed == feed).order_by(raw_record.c.rid)
    rids = connection.execute(query).scalars().all()
    ends = [*rids[size - 1 :: size], *rids[-1:]]
    return list(pairwise(dict.fromkeys([0, *ends])))


def called(connection: Connection, feed: str) -> set[str]:
    """Every native identifier of a feed, tombstones included."""
    return set(connection.execute(select(raw_record.c.identifier).where(raw_record.c.feed == feed)).scalars())


def call(tx: Writing, feed: str, names: Mapping[str, str]) -> None:
    """Gives records other native identifiers, also where they change places; `names` leads from old to new."""
    if not names:
        return
    away = [{"of_feed": feed, "old": old, "new": _MOVING + new} for old, new in names.items()]
    there = [{"of_feed": feed, "old": _MOVING + new, "new": new} for new in names.values()]
    tx.connection.execute(_CALLED, away)
    tx.connection.execute(_CALLED, there)


def every(connection: Connection, feed: str) -> Iterator[StoredRaw]:
    """A feed's records by number, a few in memory at a time, however many and however large they are."""
    query = select(raw_record).where(raw_record.c.feed == feed).order_by(raw_record.c.rid)
    for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}).mappings():
        yield _decoded(row)


def by_number(connection: Connection, rids: Sequence[int]) -> list[StoredRaw]:
    """The records with these numbers, in their order."""
    rows = connection.execute(select(raw_record).where(raw_record.c.rid.in_(rids))).mappings()
    found = {row["rid"]: _decoded(row) for row in rows}
    return [found[rid] for rid in rids if rid in found]


def first_of(connection: Connection, rids: Sequence[int]) -> list[StoredRaw]:
    """The first of the records with these numbers, the lowest before the others: as many as `MOST_PAYLOAD` allows."""
    return _batch(connection, select(raw_record).where(raw_record.c.rid.in_(rids)).order_by(raw_record.c.rid))


def seqs(connection: Connection, rids: Sequence[int]) -> dict[int, int]:
    """Number -> `seq`, of the records that there are."""
    query = select(raw_record.c.rid, raw_record.c.seq).where(raw_record.c.rid.in_(rids))
    return {row.rid: row.seq for row in connection.execute(query)}


def count(connection: Connection, feed: str) -> int:
    """How many records a feed has given, tombstones included."""
    query = select(func.count()).select_from(raw_record).where(raw_record.c.feed == feed)
    return connection.execute(query).scalar_one()


def count_behind(connection: Connection, feed: str, after: int) -> int:
    """How many of a feed's records have a number above `after`."""
    query = select(func.count()).select_from(raw_record).where(raw_record.c.feed == feed, raw_record.c.rid > after)
    return connection.execute(query).scalar_one()


def count_live(connection: Connection, feed: str) -> int:
    """How many records a feed has that are no tombstones."""
    query = select(func.count()).select_from(raw_record)
    return connection.execute(query.where(raw_record.c.feed == feed, raw_record.c.deleted.is_(False))).scalar_one()


def count_unseen(connection: Connection, feed: str, run: int) -> int:
    """How many live records a run has not listed."""
    return connection.execute(select(func.count()).select_from(raw_record).where(*_unseen(feed, run))).scalar_one()


def unseen(connection: Connection, feed: str, run: int, limit: int) -> list[str]:
    """Identifiers of live records that a run has not listed, in the order of their numbers."""
    query = select(raw_record.c.identifier).where(*_unseen(feed, run)).order_by(raw_record.c.rid).limit(limit)
    return list(connection.execute(query).scalars())


def seen_in(connection: Connection, feed: str, run: int) -> str | None:
    """The identifier of a live record that a run has listed."""
    listed = (raw_record.c.feed == feed) & (raw_record.c.seen_run == run) & raw_record.c.deleted.is_(False)
    return connection.execute(select(raw_record.c.identifier).where(listed).limit(1)).scalar()


def _unseen(feed: str, run: int) -> tuple[ColumnElement[bool], ...]:
    return raw_record.c.feed == feed, raw_record.c.deleted.is_(False), raw_record.c.seen_run != run


def highest_seq(connection: Connection, feed: str) -> int:
    """The `seq` of the feed's latest change; 0 without a record."""
    query = select(func.max(raw_record.c.seq)).where(raw_record.c.feed == feed)
    return connection.execute(query).scalar_one() or 0


def count_waiting(connection: Connection, cursor: int, feed: str | None = None) -> int:
    """How many records the mapping stage has still to see."""
    query = select(func.count()).select_from(raw_record).where(raw_record.c.seq > cursor)
    if feed is not None:
        query = query.where(raw_record.c.feed == feed)
    return connection.execute(query).scalar_one()


def _decoded(row: RowMapping) -> StoredRaw:
    return StoredRaw(
        rid=row["rid"],
        seq=row["seq"],
        run=row["run"],
        raw=RawRecord(
            feed=row["feed"],
            identifier=row["identifier"],
            datestamp=row["datestamp"],
            set_specs=_strings.decode(row["set_specs"]),
            deleted=row["deleted"],
            payload_sha256=row["payload_sha256"],
            payload=row["payload"],
            charset=row["charset"],
            namespaces=_namespaces.decode(row["namespaces"]),
            format=row["format"],
            quality=row["quality"],
            repairs=_issues.decode(row["repairs"]),
            page=row["page"],
            ordinal=row["ordinal"],
            harvested=row["harvested"],
            first_identifier=row["first_identifier"],
        ),
    )
