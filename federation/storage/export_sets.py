"""The sets of each repository, and which item stands in which (OAI-PMH 2.0, 2.6).

A repository is a list: the merged records (`exports.LIST`), or one of `federation.storage.hosted`.

An item that leaves a set is simply no longer listed in it. A tombstone stands in every set that its item ever stood
in, so that whoever harvests one set learns of the deletion.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from federation.storage.bulk import Row, upsert_many
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

export_set = sa.Table(
    "export_set",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("list", sa.Text, nullable=False),
    sa.Column("spec", sa.Text, nullable=False),
    #: the spec again, where no living item stands in the set
    sa.Column("name", sa.Text, nullable=False),
    sa.UniqueConstraint("list", "spec"),
)

export_set_item = sa.Table(
    "export_set_item",
    metadata,
    sa.Column("set_number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("item", sa.Text, primary_key=True),
    #: the item's present number; null where it has left the set
    sa.Column("seq", sa.BigInteger, nullable=True),
    #: whether the item is a tombstone
    sa.Column("deleted", sa.Boolean, nullable=False),
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
    tx: Transaction,
    list_name: str,
    living: Mapping[str, Sequence[NamedSet]],
    gone: Collection[str],
    numbers: Mapping[str, int],
) -> dict[str, str]:
    """Writes where items of a list stand from now on; gives the setSpecs of each item's header, parted by blanks.

    living    item -> its sets, with the sets above them
    gone      items that are tombstones from now on
    numbers   item -> its new number
    """
    stood = _stood(tx.connection, list_name, [*living, *gone])
    known = _numbers(tx, list_name, _by_spec(each for sets in living.values() for each in sets))
    placed = {item: tuple(each.spec for each in sets) for item, sets in living.items()}
    placed |= {item: tuple(stood.get(item, {})) for item in gone}
    rows: list[Row] = []
    for item, specs in placed.items():
        number_of, deleted = known | stood.get(item, {}), item not in living
        rows += [_stands(number_of[spec], item, numbers[item], deleted=deleted) for spec in specs]
        rows += [
            _stands(number_of[spec], item, None, deleted=deleted) for spec in stood.get(item, {}).keys() - {*specs}
        ]
    upsert_many(tx, export_set_item, rows, key=("set_number", "item"))
    _forget_names(tx, sorted({number for sets in stood.values() for number in sets.values()}))
    return {item: " ".join(_leaves(specs)) for item, specs in placed.items()}


def _stands(number: int, item: str, seq: int | None, *, deleted: bool) -> Row:
    return {"set_number": number, "item": item, "seq": seq, "deleted": deleted}


def _forget_names(tx: Transaction, numbers: Sequence[int]) -> None:
    """Of these sets, one whose last living item has gone is not called by its name any more."""
    member = export_set_item.c
    has_living = sa.exists().where(
        member.set_number == export_set.c.number, member.seq.is_not(None), member.deleted.is_(False)
    )
    where = export_set.c.number.in_(numbers) & (export_set.c.name != export_set.c.spec) & ~has_living
    tx.connection.execute(export_set.update().where(where).values(name=export_set.c.spec))


def _by_spec(sets: Iterable[NamedSet]) -> dict[str, NamedSet]:
    return {each.spec: each for each in sets}


def _stood(connection: sa.Connection, list_name: str, items: Collection[str]) -> dict[str, dict[str, int]]:
    """Item -> every set that it ever stood in -> the set's number."""
    query = (
        sa.select(export_set_item.c.item, export_set.c.spec, export_set.c.number)
        .join(export_set, export_set.c.number == export_set_item.c.set_number)
        .where(export_set_item.c.item.in_(items), export_set.c.list == list_name)
        .order_by(export_set.c.spec)
    )
    found: dict[str, dict[str, int]] = {}
    for item, spec, number in connection.execute(query):
        found.setdefault(item, {})[spec] = number
    return found


def _numbers(tx: Transaction, list_name: str, wanted: Mapping[str, NamedSet]) -> dict[str, int]:
    """The number of each set; new ones are added, and each is called as it is called now."""
    query = sa.select(export_set.c.spec, export_set.c.number, export_set.c.name).where(export_set.c.list == list_name)
    found = {row[0]: row[1:] for row in tx.connection.execute(query.where(export_set.c.spec.in_(list(wanted))))}
    last = tx.connection.execute(sa.select(sa.func.max(export_set.c.number))).scalar() or 0
    new = [spec for spec in sorted(wanted) if spec not in found]
    numbers = {spec: row[0] for spec, row in found.items()} | {spec: last + n for n, spec in enumerate(new, 1)}
    renamed = [spec for spec, row in found.items() if row[1] != wanted[spec].name]
    rows = [
        {"number": numbers[spec], "list": list_name, "spec": spec, "name": wanted[spec].name}
        for spec in (*new, *renamed)
    ]
    upsert_many(tx, export_set, rows, key=("number",))
    return numbers


def _leaves(specs: Collection[str]) -> tuple[str, ...]:
    """The sets below which the item stands in no other: a header names these, and they name those above."""
    above = {spec.rpartition(":")[0] for spec in specs}
    return tuple(spec for spec in sorted(specs) if spec not in above)


def listed(connection: sa.Connection, list_name: str, *, after: int, limit: int) -> list[ListedSet]:
    """At most `limit` sets of a list that hold something, with numbers above `after`, ascending."""
    query = sa.select(export_set.c.number, export_set.c.spec, export_set.c.name).where(*_holding(list_name))
    found = connection.execute(query.where(export_set.c.number > after).order_by(export_set.c.number).limit(limit))
    return [ListedSet(*row) for row in found]


def count(connection: sa.Connection, list_name: str) -> int:
    """How many sets of a list hold something."""
    query = sa.select(sa.func.count()).select_from(export_set).where(*_holding(list_name))
    return connection.execute(query).scalar_one()


def _holding(list_name: str) -> tuple[sa.ColumnElement[bool], ...]:
    member = export_set_item.c
    return export_set.c.list == list_name, sa.exists().where(member.set_number == export_set.c.number, member.seq > 0)


def number_of(connection: sa.Connection, list_name: str, spec: str) -> int | None:
    """The number of the set `spec` of a list."""
    where = (export_set.c.list == list_name, export_set.c.spec == spec)
    return connection.execute(sa.select(export_set.c.number).where(*where)).scalar()
