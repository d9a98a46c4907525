"""Verifies the ledger: every hash is made again, and every covered row is held against its last entry.

What is found is named by kind, table and key; nothing is repaired.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.ledger.entry import Written, decoded, member_root, object_name
from federation.ledger.merkle import Frontier, leaf_hash
from federation.storage import covered, ledger
from federation.storage.engine import Store

#: broken: the ledger disagrees with itself; changed, missing, extra: a row disagrees with its last entry
Kind = Literal["broken", "changed", "missing", "extra"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One disagreement."""

    kind: Kind
    #: `ledger_entry:17`, or the name of a row
    object: str
    detail: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """The whole check."""

    entries: int
    #: root that was made again, hexadecimal
    root: str
    rows: int
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing disagrees."""
        return not self.findings


#: name of a covered row -> digest that its last entry states, and that entry's place
_Last = dict[str, tuple[bytes | None, int]]


def verify(store: Store) -> Checked:
    """Derives the ledger again and compares; reads one moment of the store."""
    with store.reading() as connection:
        findings: list[Finding] = []
        tree, last = _derived(connection, findings)
        findings += _state(connection, tree)
        findings += _last_entries(connection, last)
        rows = 0
        for table in covered.everything():
            found, count = _table(connection, table, last)
            findings += found
            rows += count
    return Checked(entries=tree.size, root=tree.root.hex(), rows=rows, findings=tuple(findings))


def _derived(connection: sa.Connection, findings: list[Finding]) -> tuple[Frontier, _Last]:
    tree, last = Frontier(), _Last()
    table = ledger.ledger_entry
    packed = _packed(connection)
    query = sa.select(table.c.index, table.c.body, table.c.leaf_hash).order_by(table.c.index)
    for index, body, leaf in connection.execution_options(stream_results=True).execute(query):
        if index != tree.size:
            findings.append(_broken(index, f"expected entry {tree.size} here"))
        made = leaf_hash(body.encode("utf-8", "replace"))
        if made != leaf:
            findings.append(_broken(index, "the body is not the one that was hashed"))
        tree.add(made)
        findings += _entry(index, body, packed.pop(index, None), last)
    findings += [_broken(index, "members without an entry of theirs") for index in packed]
    return tree, last


def _packed(connection: sa.Connection) -> dict[int, bytes]:
    table = ledger.ledger_member
    return {
        row.index_: row.packed for row in connection.execute(sa.select(table.c.index.label("index_"), table.c.packed))
    }


def _broken(index: int, detail: str) -> Finding:
    return Finding(kind="broken", object=f"ledger_entry:{index}", detail=detail)


def _entry(index: int, body: str, packed: bytes | None, last: _Last) -> Iterator[Finding]:
    try:
        entry = decoded(body)
    except msgspec.MsgspecError as error:
        yield _broken(index, f"the body is no entry: {error}")
        return
    if entry.seq != index:
        yield _broken(index, f"the body says that it is entry {entry.seq}")
    if not entry.count:
        if covered.is_covered(entry.object):
            last[entry.object] = (bytes.fromhex(entry.after) or None, index)
        return
    yield from _batch(index, entry, packed, last)


def _batch(index: int, entry: Written, packed: bytes | None, last: _Last) -> Iterator[Finding]:
    try:
        members = ledger.unpack(packed or b"")
    except (zlib.error, msgspec.MsgspecError):
        yield _broken(index, "its members cannot be read")
        return
    if len(members) != entry.count or member_root(members) != entry.root:
        yield _broken(index, "its members are not the ones that were hashed")
    for name, after in members:
        if covered.is_covered(name):
            last[name] = (after, index)


def _state(connection: sa.Connection, tree: Frontier) -> Iterator[Finding]:
    state = ledger.state_of(connection)
    if (state.size, state.root, state.frontier) != (tree.size, tree.root, tree.packed()):
        detail = f"expected {tree.size} entries with root {tree.root.hex()}, found {state.size} with {state.root.hex()}"
        yield Finding(kind="broken", object="ledger_state:1", detail=detail)


def _last_entries(connection: sa.Connection, last: _Last) -> Iterator[Finding]:
    table = ledger.ledger_last
    seen = set()
    for name, index, after in connection.execute(sa.select(table.c.object, table.c.index, table.c.after)):
        seen.add(name)
        if last.get(name) != (after, index):
            yield Finding(kind="broken", object=f"ledger_last:{name}", detail="differs from the object's last entry")
    for name in last.keys() - seen:
        yield Finding(kind="broken", object=f"ledger_last:{name}", detail="is missing")


def _table(connection: sa.Connection, table: covered.Covered, last: _Last) -> tuple[list[Finding], int]:
    findings, count = [], 0
    expected = {name for name, (after, _) in last.items() if after is not None and name.startswith(f"{table.table}:")}
    for row in covered.rows(connection, table):
        count += 1
        name = object_name(table.object_of(row))
        expected.discard(name)
        after, _ = last.get(name, (None, 0))
        if after is None:
            findings.append(Finding(kind="extra", object=name, detail="no entry tells of this row"))
        elif after != table.digest(row):
            findings.append(Finding(kind="changed", object=name, detail="is not what its last entry says"))
    findings += [
        Finding(kind="missing", object=name, detail="its last entry says that it is here") for name in expected
    ]
    return findings, count
