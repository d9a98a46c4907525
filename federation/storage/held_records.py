"""Records of runs that the brake holds, as their repositories gave them; what stands of them in `raw_record` stays.

No stage reads this table, so nothing of it is mapped, indexed or given out before a person's word moves it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import msgspec
import sqlalchemy as sa

from federation.ledger.entry import MemberChange
from federation.storage.bulk import Row, upsert_many
from federation.storage.columns import instant_text
from federation.storage.covered import covered
from federation.storage.metadata import metadata
from federation.storage.raw_records import CONTENT, Held, content_columns, raw_record
from federation.storage.transactions import Transaction

#: what a held record would do to the one that stands
Effect = Literal["new", "changed", "deleted"]

held_record = sa.Table(
    "held_record",
    metadata,
    #: of the record that stands, or that it is to have
    sa.Column("rid", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("feed", sa.Text, nullable=False),
    sa.Column("identifier", sa.Text, nullable=False),
    *content_columns(),
    sa.Column("seen_list", sa.Integer, nullable=False),
    sa.Column("effect", sa.Text, nullable=False),
    sa.UniqueConstraint("feed", "identifier"),
    sa.Index("held_record_run", "run", "effect"),
)

_COLUMNS = ("rid", "feed", "identifier", *CONTENT, "seen_list", "effect")


class HeldLine(msgspec.Struct, frozen=True, kw_only=True):
    """A held record without its bytes."""

    rid: int
    identifier: str
    datestamp: str
    effect: Effect


class HeldCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many records of a run are held, by what they would do."""

    new: int = 0
    changed: int = 0
    deleted: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.new + self.changed + self.deleted


_AS_HELD = ("rid", "identifier", "datestamp", "deleted", "payload_sha256", "content_sha256", "seen_list")
#: made once: each page of each harvest asks it
_KNOWN = sa.select(*(held_record.c[name] for name in _AS_HELD), held_record.c.run.label("seen_run")).where(
    held_record.c.feed == sa.bindparam("of_feed"),
    held_record.c.identifier.in_(sa.bindparam("names", expanding=True)),
)


def put(tx: Transaction, rows: Sequence[Row]) -> None:
    """Holds these; of a record that is held already the present form."""
    upsert_many(tx, held_record, rows, key=("rid",))


def known(connection: sa.Connection, feed: str, identifiers: Sequence[str]) -> dict[str, Held]:
    """What is held back of `identifiers`, as a harvest must know it; `seq` is 0."""
    rows = connection.execute(_KNOWN, {"of_feed": feed, "names": identifiers}).mappings()
    return {row["identifier"]: Held(**row, seen_datestamp=row["datestamp"], seq=0) for row in rows}


def mark_seen(tx: Transaction, feed: str, identifiers: Sequence[str], start: int) -> None:
    """A later start of the run listed these again."""
    where = (held_record.c.feed == feed) & held_record.c.identifier.in_(identifiers)
    tx.connection.execute(held_record.update().where(where).values(seen_list=start))


def rids() -> sa.Select[tuple[int]]:
    """Numbers of all held records."""
    return sa.select(held_record.c.rid)


def count(connection: sa.Connection, feed: str | None = None, *, unknown: bool = False) -> int:
    """How many records are held, of a feed or of all; with `unknown` those of which nothing else stands."""
    query = sa.select(sa.func.count()).select_from(held_record)
    if feed is not None:
        query = query.where(held_record.c.feed == feed)
    if unknown:
        query = query.where(held_record.c.rid.not_in(sa.select(raw_record.c.rid)))
    return connection.execute(query).scalar_one()


def counts(connection: sa.Connection, run: int) -> HeldCounts:
    """How many records a run's hold has, by effect."""
    effect = held_record.c.effect
    query = sa.select(effect, sa.func.count().label("number")).where(held_record.c.run == run).group_by(effect)
    return HeldCounts(**{row.effect: row.number for row in connection.execute(query)})


def listed(connection: sa.Connection, feed: str, *, after: int = 0, limit: int = 100) -> list[HeldLine]:
    """A feed's held records above the number `after`, in order."""
    return _lines(connection, (held_record.c.feed == feed) & (held_record.c.rid > after), limit)


def examples(connection: sa.Connection, run: int, limit: int) -> list[HeldLine]:
    """The first `limit` records that a run holds of each effect."""
    kinds: tuple[Effect, ...] = get_args(Effect)
    where = held_record.c.run == run
    return [line for kind in kinds for line in _lines(connection, where & (held_record.c.effect == kind), limit)]


def _lines(connection: sa.Connection, where: sa.ColumnElement[bool], limit: int) -> list[HeldLine]:
    columns = [held_record.c[name] for name in HeldLine.__struct_fields__]
    query = sa.select(*columns).where(where).order_by(held_record.c.rid).limit(limit)
    return [HeldLine(**row) for row in connection.execute(query).mappings()]


def first(connection: sa.Connection, run: int, limit: int) -> list[Row]:
    """The first `limit` records that a run holds, as rows."""
    query = sa.select(*(held_record.c[name] for name in _COLUMNS)).where(held_record.c.run == run)
    rows = connection.execute(query.order_by(held_record.c.rid).limit(limit)).mappings()
    return [dict(row) | {"harvested": instant_text(row["harvested"])} for row in rows]


def drop(tx: Transaction, rows: Sequence[Row]) -> list[MemberChange]:
    """These are held no more; gives what the ledger is to say of that."""
    tx.connection.execute(held_record.delete().where(held_record.c.rid.in_([row["rid"] for row in rows])))
    return [(covered(held_record.name).object_of(row), None) for row in rows]


def replace(tx: Transaction, run: int, rids: Sequence[int]) -> list[MemberChange]:
    """What the run held of these before is held no more: another form of them is taken in."""
    where = (held_record.c.run == run) & held_record.c.rid.in_(rids)
    columns = (held_record.c[name] for name in _COLUMNS)
    rows = [dict(row) for row in tx.connection.execute(sa.select(*columns).where(where)).mappings()]
    return drop(tx, rows) if rows else []


def members(rows: Sequence[Row]) -> list[MemberChange]:
    """What the ledger says of held rows."""
    of_table = covered(held_record.name)
    return [(of_table.object_of(row), of_table.digest(row)) for row in rows]


def as_row(content: Row, rid: int, start: int, effect: Effect) -> Row:
    """A row of this table from the content of a record."""
    return {"rid": rid, **content, "seen_list": start, "effect": effect}
