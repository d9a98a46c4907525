"""Export rows: what the exchange gives on, in the order in which it changed.

An item is a published cluster. Each change of it takes a new number and the datestamp of its commit, so datestamps
never fall as numbers rise, and a list that goes on after a number misses nothing.

One sequencer at a time reads the clock and holds it to its commit; whoever lists reads the clock while no sequencer is
at work. So a list can name the second up to which it is whole.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.storage import export_sets
from federation.storage.bulk import Row, insert_many, upsert_many
from federation.storage.engine import Store
from federation.storage.export_sets import NamedSet
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

#: name of this list among those that have sets
LIST = "/"
#: key of the advisory lock of the sequencer on PostgreSQL
LOCK_KEY = 2

Kind = Literal["created", "changed", "deleted"]

export_change = sa.Table(
    "export_change",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("datestamp", sa.Text, nullable=False),
    sa.Index(None, "datestamp", "seq"),
)

export_item = sa.Table(
    "export_item",
    metadata,
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
    sa.Column("datestamp", sa.Text, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    #: of everything that a harvester can see of the item, header stamp aside
    sa.Column("digest", sa.Text, nullable=False),
)

export_body = sa.Table(
    "export_body",
    metadata,
    sa.Column("format", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("datestamp", sa.Text, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    #: content of `<metadata>`; empty for a tombstone, and where it is made when it is asked for
    sa.Column("body", sa.Text, nullable=False),
    sa.Index(None, "format", "datestamp", "seq"),
    sa.Index(None, "item"),
)

#: what stands beside an item's metadata, whatever the format
export_beside = sa.Table(
    "export_beside",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("item", sa.Text, nullable=False, unique=True),
    #: setSpecs of the header, parted by blanks
    sa.Column("sets", sa.Text, nullable=False),
    #: `<about>` elements: where the item's members come from
    sa.Column("about", sa.Text, nullable=False),
    #: of the body that is stored, hex and in UTF-8; null for a tombstone
    sa.Column("sha256", sa.Text, nullable=True),
    sa.Column("size_bytes", sa.Integer, nullable=True),
)

export_authority = sa.Table("export_authority", metadata, sa.Column("authority", sa.Text, primary_key=True))


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of an item."""

    seq: int
    datestamp: str
    deleted: bool
    digest: str


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """What an item shall look like from now on."""

    item: str
    digest: str
    #: metadata prefix -> content of `<metadata>`, empty where it is made when it is asked for; none for a tombstone
    bodies: dict[str, str]
    #: the sets it stands in, with the sets above them
    sets: tuple[NamedSet, ...] = ()
    #: `<about>` elements
    about: str = ""


def second(moment: datetime) -> str:
    """`YYYY-MM-DDThh:mm:ssZ`, cut to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def sequencing(store: Store) -> Iterator[Transaction]:
    """A transaction that alone may write export rows, from before it reads the clock until it is committed."""
    with _held(store, fcntl.LOCK_EX), store.transaction() as tx:
        if store.dialect == "postgresql":
            tx.connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_KEY})")
            tx.now = store.now()
        yield tx


def horizon(store: Store) -> str:
    """This second: every row stamped before it is committed, and no later row will be stamped before it."""
    if store.dialect == "postgresql":
        with store.reading() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({LOCK_KEY})")
            return second(store.now())
    with _held(store, fcntl.LOCK_SH):
        return second(store.now())


@contextmanager
def _held(store: Store, mode: int) -> Iterator[None]:
    if store.dialect == "postgresql":
        yield
        return
    path = Path(str(sa.make_url(store.url).database)).absolute()
    with path.with_name(f"{path.name}.export").open("a") as turn:
        fcntl.flock(turn, mode)
        yield


def put(tx: Transaction, offered: Sequence[Offered]) -> list[Offered]:
    """Writes what changed of `offered` under new numbers and one datestamp; gives the items that changed.

    An item whose digest stands already is left alone; a tombstone is written only for what was once given out.
    """
    known = get_many(tx.connection, [each.item for each in offered])
    changed = [each for each in offered if _differs(each, known.get(each.item))]
    if not changed:
        return []
    stamp = max(second(tx.now), _newest_datestamp(tx.connection))
    numbers = {each.item: tx.next_seq() for each in changed}
    formats = _formats_stood_in(tx.connection, [each.item for each in changed])
    forget = sa.delete(export_body).where(export_body.c.item == sa.bindparam("gone"))
    tx.connection.execute(forget, [{"gone": each.item} for each in changed])
    insert_many(tx, export_change, [_change_row(each, known, numbers, stamp) for each in changed])
    upsert_many(tx, export_item, [_item_row(each, numbers, stamp) for each in changed], key=("item",))
    insert_many(tx, export_body, [row for each in changed for row in _body_rows(each, numbers, stamp, formats)])
    _put_beside(tx, changed, numbers)
    return changed


def _put_beside(tx: Transaction, changed: Sequence[Offered], numbers: dict[str, int]) -> None:
    living = {each.item: each.sets for each in changed if each.bodies}
    gone = [each.item for each in changed if not each.bodies]
    specs = export_sets.place(tx, LIST, living, gone, numbers)
    rows = [_beside_row(each, numbers[each.item], specs[each.item]) for each in changed]
    upsert_many(tx, export_beside, rows, key=("item",))


def _beside_row(offered: Offered, number: int, specs: str) -> Row:
    stored = next((body.encode() for body in offered.bodies.values() if body), None)
    return {
        "seq": number,
        "item": offered.item,
        "sets": specs,
        "about": offered.about,
        "sha256": hashlib.sha256(stored).hexdigest() if stored is not None else None,
        "size_bytes": len(stored) if stored is not None else None,
    }


def _differs(offered: Offered, known: Item | None) -> bool:
    if known is None:
        return bool(offered.bodies)
    return known.digest != offered.digest


def _newest_datestamp(connection: sa.Connection) -> str:
    newest = sa.select(export_change.c.datestamp).order_by(export_change.c.seq.desc()).limit(1)
    return connection.execute(newest).scalar() or ""


def _formats_stood_in(connection: sa.Connection, items: Sequence[str]) -> dict[str, list[str]]:
    """Tombstones stand in every list that their item ever stood in."""
    found: dict[str, list[str]] = {}
    query = sa.select(export_body.c.item, export_body.c.format).where(export_body.c.item.in_(items))
    for item, prefix in connection.execute(query) if items else ():
        found.setdefault(item, []).append(prefix)
    return found


def _change_row(offered: Offered, known: dict[str, Item], numbers: dict[str, int], stamp: str) -> Row:
    kind: Kind = "deleted" if not offered.bodies else "changed" if offered.item in known else "created"
    return {"seq": numbers[offered.item], "item": offered.item, "kind": kind, "datestamp": stamp}


def _item_row(offered: Offered, numbers: dict[str, int], stamp: str) -> Row:
    return {
        "item": offered.item,
        "seq": numbers[offered.item],
        "datestamp": stamp,
        "deleted": not offered.bodies,
        "digest": offered.digest,
    }


def _body_rows(offered: Offered, numbers: dict[str, int], stamp: str, formats: dict[str, list[str]]) -> list[Row]:
    """A row for each format the item stands in, and a tombstone for each it stood in."""
    gone = dict.fromkeys(formats.get(offered.item, []), "")
    return [
        {
            "format": prefix,
            "seq": numbers[offered.item],
            "item": offered.item,
            "datestamp": stamp,
            "deleted": prefix not in offered.bodies,
            "body": body,
        }
        for prefix, body in (gone | offered.bodies).items()
    ]


def get_many(connection: sa.Connection, items: Sequence[str]) -> dict[str, Item]:
    """What stands of `items`; those never given out are absent."""
    if not items:
        return {}
    columns = [export_item.c[name] for name in ("item", "seq", "datestamp", "deleted", "digest")]
    rows = connection.execute(sa.select(*columns).where(export_item.c.item.in_(items)))
    return {row[0]: Item(seq=row[1], datestamp=row[2], deleted=row[3], digest=row[4]) for row in rows}


def frozen_authority(connection: sa.Connection) -> str | None:
    """The authority under which the first item was given out; None before that."""
    return connection.execute(sa.select(export_authority.c.authority)).scalar()


def freeze_authority(tx: Transaction, authority: str) -> None:
    """From now on identifiers carry `authority`; the first call counts."""
    if frozen_authority(tx.connection) is None:
        insert_many(tx, export_authority, [{"authority": authority}])
