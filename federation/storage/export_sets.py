"""The sets of the exchange's repository, and which item stands in which (OAI-PMH 2.0, 2.6).

An item that leaves a set is simply no longer listed in it. A tombstone stands in every set that its item ever stood
in, so that whoever harvests one set learns of the deletion.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from federation.storage.bulk import Row, insert_many, upsert_many
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

export_set = sa.Table(
    "export_set",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("spec", sa.Text, nullable=False, unique=True),
    #: the spec again, where no living item stands in the set
    sa.Column("name", sa.Text, nullable=False),
)

export_set_item = sa.Table(
    "export_set_item",
    metadata,
    sa.Column("set_number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("item", sa.Text, primary_key=True),
    #: the item's present number; null where it has left the set
    sa.Column("seq", sa.BigInteger, nullable=True),
    sa.Index(None, "set_number", "seq"),
    sa.Index(None, "item"),
)


class NamedSet(msgspec.Struct, frozen=True, kw_only=True):
    """A set: its path from the root, parts joined by `:`, and what it is called."""

    spec: str
    name: str


class ListedSet(msgspec.Struct, frozen=True):
    """A set with the number under which tokens name it."""

    number: int
    spec: str
    name: str


def place(
    tx: Transaction, living: Mapping[str, Sequence[NamedSet]], gone: Collection[str], numbers: Mapping[str, int]
) -> dict[str, tuple[str, ...]]:
    """Writes where items stand from now on; gives the setSpecs of each item's header.

    living    item -> its sets, with the sets above them
    gone      items that are tombstones from now on
    numbers   item -> its new number
    """
    stood = _stood(tx.connection, [*living, *gone])
    known = _numbers(tx, _by_spec(each for sets in living.values() for each in sets))
    placed = {item: tuple(each.spec for each in sets) for item, sets in living.items()}
    placed |= {item: tuple(stood.get(item, {})) for item in gone}
    rows: list[Row] = []
    for item, specs in placed.items():
        number_of = known | stood.get(item, {})
        rows += [{"set_number": number_of[spec], "item": item, "seq": numbers[item]} for spec in specs]
        left = stood.get(item, {}).keys() - set(specs)
        rows += [{"set_number": number_of[spec], "item": item, "seq": None} for spec in left]
    upsert_many(tx, export_set_item, rows, key=("set_number", "item"))
    return {item: _leaves(specs) for item, specs in placed.items()}


def forget_names(tx: Transaction, items: Collection[str]) -> None:
    """A set that `items` were the last living ones of is not called by its name any more."""
    from_now_on = sa.select(export_set_item.c.set_number).where(export_set_item.c.item.in_(items))
    is_deserted = sa.text(
        "NOT EXISTS (SELECT 1 FROM export_set_item AS s JOIN export_item AS i ON i.item = s.item "
        "WHERE s.set_number = export_set.number AND s.seq IS NOT NULL AND NOT i.deleted)"
    )
    where = export_set.c.number.in_(from_now_on) & (export_set.c.name != export_set.c.spec) & is_deserted
    tx.connection.execute(export_set.update().where(where).values(name=export_set.c.spec))


def _by_spec(sets: Iterable[NamedSet]) -> dict[str, NamedSet]:
    return {each.spec: each for each in sets}


def _stood(connection: sa.Connection, items: Collection[str]) -> dict[str, dict[str, int]]:
    """Item -> every set that it ever stood in -> the set's number."""
    query = (
        sa.select(export_set_item.c.item, export_set.c.spec, export_set.c.number)
        .join(export_set, export_set.c.number == export_set_item.c.set_number)
        .where(export_set_item.c.item.in_(items))
        .order_by(export_set.c.spec)
    )
    found: dict[str, dict[str, int]] = {}
    for item, spec, number in connection.execute(query):
        found.setdefault(item, {})[spec] = number
    return found


def _numbers(tx: Transaction, wanted: Mapping[str, NamedSet]) -> dict[str, int]:
    """The number of each set; new ones are added, and each is called as it is called now."""
    query = sa.select(export_set.c.spec, export_set.c.number, export_set.c.name)
    found = {row[0]: row[1:] for row in tx.connection.execute(query.where(export_set.c.spec.in_(list(wanted))))}
    last = tx.connection.execute(sa.select(sa.func.max(export_set.c.number))).scalar() or 0
    new = [spec for spec in sorted(wanted) if spec not in found]
    numbers = {spec: row[0] for spec, row in found.items()} | {spec: last + n for n, spec in enumerate(new, 1)}
    insert_many(tx, export_set, [{"number": numbers[s], "spec": s, "name": wanted[s].name} for s in new])
    renamed = [spec for spec, row in found.items() if row[1] != wanted[spec].name]
    rows = [{"number": numbers[spec], "spec": spec, "name": wanted[spec].name} for spec in renamed]
    upsert_many(tx, export_set, rows, key=("number",))
    return numbers


def _leaves(specs: Collection[str]) -> tuple[str, ...]:
    """The sets below which the item stands in no other: a header names these, and they name those above."""
    above = {spec.rpartition(":")[0] for spec in specs}
    return tuple(spec for spec in sorted(specs) if spec not in above)


def listed(connection: sa.Connection, *, after: int, limit: int) -> list[ListedSet]:
    """At most `limit` sets that hold something, with numbers above `after`, ascending."""
    query = sa.select(export_set.c.number, export_set.c.spec, export_set.c.name).where(_holds_something())
    found = connection.execute(query.where(export_set.c.number > after).order_by(export_set.c.number).limit(limit))
    return [ListedSet(*row) for row in found]


def count(connection: sa.Connection) -> int:
    """How many sets hold something."""
    return connection.execute(sa.select(sa.func.count()).select_from(export_set).where(_holds_something())).scalar_one()


def _holds_something() -> sa.ColumnElement[bool]:
    member = export_set_item.c
    return sa.exists().where(member.set_number == export_set.c.number, member.seq > 0)


def number_of(connection: sa.Connection, spec: str) -> int | None:
    """The number of the set `spec`."""
    return connection.execute(sa.select(export_set.c.number).where(export_set.c.spec == spec)).scalar()
