"""The ledger's rows: entries in the order of commits, each written in the transaction whose change it records.

Whoever changes something calls `append`, `append_row` or `append_batch` anywhere in its transaction; the transaction
writes them last before its commit, under the lock that orders commits. So there is no change without its entry and no
entry without its change.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec
import sqlalchemy as sa

from federation.ledger.entry import Act, Entry, MemberChange, canonical, former_name, member_root, object_name
from federation.ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash
from federation.storage import covered
from federation.storage.bulk import Row, Writing, insert_many, upsert_many
from federation.storage.columns import instant_text
from federation.storage.metadata import metadata

ledger_entry = sa.Table(
    "ledger_entry",
    metadata,
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
)

ledger_member = sa.Table(
    "ledger_member",
    metadata,
    sa.Column("index", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("packed", sa.LargeBinary, nullable=False),
)

ledger_last = sa.Table(
    "ledger_last",
    metadata,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("index", sa.BigInteger, nullable=False),
    #: SHA-256 of the row; NULL = the row is gone
    sa.Column("after", sa.LargeBinary, nullable=True),
)

ledger_state = sa.Table(
    "ledger_state",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("frontier", sa.LargeBinary, nullable=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    #: time of the newest entry: no later one is dated before it
    sa.Column("at", sa.Text, nullable=False),
)

_members = msgspec.msgpack.Decoder(list[tuple[str, bytes | None]])


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Size, frontier and root of the tree."""

    size: int = 0
    frontier: bytes = b""
    root: bytes = EMPTY_ROOT
    at: str = ""


class Pending(msgspec.Struct, frozen=True):
    """An entry that its transaction has still to write."""

    entry: Entry
    members: tuple[MemberChange, ...] = ()


class Recording(Writing, Protocol):
    """A transaction as the functions here need it."""

    pending: list[Pending]
    #: who acts, where an entry does not say
    actor: str


def append(tx: Recording, entries: Iterable[Entry]) -> None:
    """Has `entries` written with the transaction."""
    tx.pending.extend(Pending(entry) for entry in entries)


def append_row(tx: Recording, act: Act, table: str, *key: object, institution: str = "") -> None:
    """Has an entry written for a covered row as it stands now; call it after the change.

    table   a table of `covered`; `key` its row
    """
    wanted = covered.covered(table)
    row = covered.read(tx.connection, wanted, key)
    after = wanted.digest(row) if row is not None else None
    named = wanted.named(*key)
    changes: list[MemberChange] = [*((former, None) for former in _left_behind(tx, named)), (object_name(named), after)]
    for name, now in changes:
        before = _hex(_last_digest(tx, name))
        entry = Entry(act=act, object=name, institution=institution, actor=tx.actor, before=before, after=_hex(now))
        tx.pending.append(Pending(entry, ((name, now),)))


def append_batch(
    tx: Recording, *, act: Act, object: str, members: Sequence[MemberChange], institution: str = ""
) -> None:
    """Has one entry written over many changes; none where there are no members.

    members   object names with the SHA-256 of what each is now
    """
    if not members:
        return
    left = tuple((former, None) for name, _ in members for former in _left_behind(tx, name))
    named = left + tuple((object_name(name), after) for name, after in members)
    root = member_root(named)
    entry = Entry(act=act, object=object, institution=institution, actor=tx.actor, count=len(named), root=root)
    tx.pending.append(Pending(entry, named))


def _left_behind(tx: Recording, name: str) -> list[str]:
    """The name under which older entries speak of the object `name`, where no row bears that name by right."""
    if name.isascii():
        return []
    former = former_name(name)
    if former == object_name(name) or not covered.is_covered(name) or _last_digest(tx, former) is None:
        return []
    table, _, key = former.partition(":")
    wanted = covered.covered(table)
    row = covered.read(tx.connection, wanted, tuple(key.split("/", len(wanted.key) - 1)))
    return [former] if row is None else []


def _last_digest(tx: Recording, name: str) -> bytes | None:
    for pending in reversed(tx.pending):
        for member, after in pending.members:
            if member == name:
                return after
    last = sa.select(ledger_last.c.after).where(ledger_last.c.object == name)
    return tx.connection.execute(last).scalar()


def _hex(digest: bytes | None) -> str:
    return digest.hex() if digest else ""


def write(tx: Writing, pending: Sequence[Pending], now: datetime) -> None:
    """Writes what a transaction has to record; called by it alone, under the lock that orders commits."""
    state = state_of(tx.connection)
    tree = Frontier.unpacked(state.size, state.frontier)
    at = max(state.at, instant_text(now))
    entries: list[Row] = []
    packed: list[Row] = []
    last: dict[str, Row] = {}
    for found in pending:
        index = tree.size
        body = canonical(found.entry, seq=index, at=at)
        leaf = leaf_hash(body)
        tree.add(leaf)
        entries.append({"index": index, "body": body.decode(), "leaf_hash": leaf})
        if found.entry.count:
            packed.append({"index": index, "packed": pack(found.members)})
        for name, after in found.members:
            if covered.is_covered(name):
                last[name] = {"object": name, "index": index, "after": after}
    insert_many(tx, ledger_entry, entries)
    insert_many(tx, ledger_member, packed)
    upsert_many(tx, ledger_last, list(last.values()), key=("object",))
    kept: Row = {"id": 1, "size": tree.size, "frontier": tree.packed(), "root": tree.root, "at": at}
    upsert_many(tx, ledger_state, [kept], key=("id",))


def state_of(connection: sa.Connection) -> State:
    """The tree as it was last written."""
    columns = [ledger_state.c[name] for name in State.__struct_fields__]
    row = connection.execute(sa.select(*columns).where(ledger_state.c.id == 1)).mappings().first()
    return State() if row is None else State(**row)


def pack(members: Sequence[MemberChange]) -> bytes:
    """A batch's members in few bytes."""
    return zlib.compress(msgspec.msgpack.encode(members), 1)


def unpack(packed: bytes) -> list[MemberChange]:
    """The members that `pack` packed; raises zlib.error, msgspec.DecodeError or msgspec.ValidationError."""
    stream = zlib.decompressobj()
    members = stream.decompress(packed)
    if not stream.eof or stream.unused_data:
        raise zlib.error("the members end early, or something stands behind them")
    return list(_members.decode(members))
