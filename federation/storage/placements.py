"""Where each record of a hierarchical feed stands among the feed's others, and which are to be derived again.

A row a raw record whose crosswalk names a `parent`. Derived: it is made again whenever the record is mapped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
import sqlalchemy as sa

from federation.storage.bulk import Row, parted, upsert_many
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

_WAITING = sa.text("waiting")

placement = sa.Table(
    "placement",
    metadata,
    #: of the raw record
    sa.Column("rid", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("feed", sa.Text, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    #: of its root unit
    sa.Column("record_id", sa.Text, nullable=False),
    #: native identifier of the record above; empty for one that stands above all
    sa.Column("parent", sa.Text, nullable=False),
    #: mark of the record above as it was read; empty where it had not come
    sa.Column("under", sa.Text, nullable=False),
    #: its own, which its descendants note
    sa.Column("mark", sa.Text, nullable=False),
    #: JSON of its access before a closure was counted, and the end of its dates; empty where it has no place
    sa.Column("handed_down", sa.Text, nullable=False),
    #: the record above is not what it was when this one was derived
    sa.Column("waiting", sa.Boolean, nullable=False),
    sa.Index("placement_native", "feed", "native_id"),
    sa.Index("placement_parent", "feed", "parent"),
    sa.Index("placement_waiting", "rid", sqlite_where=_WAITING, postgresql_where=_WAITING),
)

#: identifiers that one statement asks for
_PART = 5_000


class StoredPlacement(msgspec.Struct, frozen=True, kw_only=True):
    """One row, without what only the database asks for."""

    record_id: str
    parent: str
    mark: str
    handed_down: str


def get(connection: sa.Connection, feed: str, native_id: str) -> StoredPlacement | None:
    """Where the record of this native identifier stands; None where no such record of the feed stands anywhere."""
    columns = [placement.c[name] for name in StoredPlacement.__struct_fields__]
    query = sa.select(*columns).where(placement.c.feed == feed, placement.c.native_id == native_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else StoredPlacement(**row)


def parent(connection: sa.Connection, feed: str, native_id: str) -> str:
    """The native identifier of the record above; empty for one that stands above all, or nowhere."""
    query = sa.select(placement.c.parent).where(placement.c.feed == feed, placement.c.native_id == native_id)
    return connection.execute(query).scalar() or ""


def parents(connection: sa.Connection, feed: str, native_ids: Collection[str]) -> dict[str, str]:
    """Native identifier -> that of the record above, of those of these that stand below one."""
    columns = (placement.c.native_id, placement.c.parent)
    query = sa.select(*columns).where(placement.c.feed == feed, placement.c.parent != "")
    of_parts = (query.where(placement.c.native_id.in_(part)) for part in parted(native_ids, _PART))
    return {row.native_id: row.parent for of_part in of_parts for row in connection.execute(of_part)}


def numbers(connection: sa.Connection, feed: str, native_ids: Collection[str]) -> dict[str, int]:
    """Native identifier -> the number of the record, of those of these that stand anywhere."""
    query = sa.select(placement.c.native_id, placement.c.rid).where(placement.c.feed == feed)
    of_parts = (query.where(placement.c.native_id.in_(part)) for part in parted(native_ids, _PART))
    return {row.native_id: row.rid for of_part in of_parts for row in connection.execute(of_part)}


def natives(connection: sa.Connection, rids: Collection[int]) -> dict[int, str]:
    """Number -> the native identifier under which a record was placed."""
    query = sa.select(placement.c.rid, placement.c.native_id).where(placement.c.rid.in_(rids))
    return {row.rid: row.native_id for row in connection.execute(query)}


def keep(tx: Transaction, rows: Iterable[Row]) -> None:
    """Places records, or places them anew."""
    upsert_many(tx, placement, list(rows), key=("rid",))


def drop(tx: Transaction, rids: Collection[int]) -> None:
    """These records stand nowhere any more."""
    tx.connection.execute(placement.delete().where(placement.c.rid.in_(rids)))


def ask_again(tx: Transaction, feed: str, changed: Collection[str], placed: Collection[int]) -> None:
    """Has everything derived again below `changed`, and of `placed`, whose parent is not what it was read as."""
    above = placement.alias("above")
    now = (
        sa.select(above.c.mark)
        .where(above.c.feed == placement.c.feed, above.c.native_id == placement.c.parent)
        .scalar_subquery()
    )
    stale = placement.c.under != sa.func.coalesce(now, "")
    for of_part in (
        *(placement.c.parent.in_(part) for part in parted(changed, _PART)),
        *(placement.c.rid.in_(part) & (placement.c.parent != "") for part in parted(placed, _PART)),
    ):
        update = placement.update().where(placement.c.feed == feed, of_part, stale)
        tx.connection.execute(update.values(waiting=True))


def waiting(connection: sa.Connection) -> int:
    """How many records are to be derived again."""
    return connection.execute(sa.select(sa.func.count()).where(placement.c.waiting)).scalar_one()


def next_waiting(connection: sa.Connection, limit: int, without: Collection[str] = frozenset()) -> list[int]:
    """The numbers of the next `limit` of them, but for those of the feeds `without`."""
    query = sa.select(placement.c.rid).where(placement.c.waiting).order_by(placement.c.rid).limit(limit)
    if without:
        query = query.where(placement.c.feed.not_in(without))
    return list(connection.execute(query).scalars())
