"""Verifies the ledger: every hash is made again, and every covered row is held against its last entry.

What is found is named by kind, table and key; nothing is repaired.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from federation.ledger.entry import Written, decoded, former_name, member_root, object_name
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


class _Derived(msgspec.Struct, kw_only=True):
    """What the entries alone say."""

    tree: Frontier
    last: _Last
    #: time of the newest entry
    at: str = ""


def verify(store: Store) -> Checked:
    """Derives the ledger again and compares; reads one moment of the store."""
    with store.reading() as connection, covered.every_text(connection):
        findings: list[Finding] = []
        derived = _derived(connection, findings)
        findings += _state(connection, derived)
        findings += _last_entries(connection, derived.last)
        rows = 0
        for table in covered.everything():
            found, count = _table(connection, table, derived.last)
            findings += found
            rows += count
    tree = derived.tree
    return Checked(entries=tree.size, root=tree.root.hex(), rows=rows, findings=tuple(findings))


def _derived(connection: sa.Connection, findings: list[Finding]) -> _Derived:
    derived = _Derived(tree=Frontier(), last=_Last())
    tree, table = derived.tree, ledger.ledger_entry
    packed = _packed(connection)
    query = _as_kept(table, "index", "body", "leaf_hash").order_by(table.c.index)
    for index, kept, leaf in connection.execution_options(stream_results=True).execute(query):
        if index != tree.size:
            findings.append(_broken(index, f"expected entry {tree.size} here"))
        if not isinstance(kept, str):
            findings.append(_broken(index, "the body is not kept as text"))
        body = _bytes(kept)
        made = leaf_hash(body)
        if made != leaf:
            findings.append(_broken(index, "the body is not the one that was hashed"))
        tree.add(made)
        findings += _entry(index, body, packed.pop(index, None), derived)
    findings += [_broken(index, "members without an entry of theirs") for index in packed]
    return derived


def _as_kept(table: sa.Table, *columns: str) -> sa.Select[Any]:
    """Columns as the driver gives them, whatever type somebody wrote into them."""
    kept: list[Any] = [sa.type_coerce(table.c[name], sa.types.NullType()).label(f"{name}_") for name in columns]
    return sa.select(*kept)


def _bytes(kept: object) -> bytes:
    return bytes(kept) if isinstance(kept, bytes | memoryview) else str(kept).encode("utf-8", "surrogateescape")


def _packed(connection: sa.Connection) -> dict[object, object]:
    query = _as_kept(ledger.ledger_member, "index", "packed")
    return {row.index_: row.packed_ for row in connection.execute(query)}


def _broken(index: object, detail: str) -> Finding:
    return _found("broken", f"ledger_entry:{index}", detail)


def _found(kind: Kind, name: str, detail: str) -> Finding:
    """A finding whose name can be written out, also where it is not UTF-8."""
    return Finding(kind=kind, object=name.encode("utf-8", "backslashreplace").decode(), detail=detail)


def _entry(index: int, body: bytes, packed: object, derived: _Derived) -> Iterator[Finding]:
    try:
        entry = decoded(body)
        after = bytes.fromhex(entry.after) or None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        yield _broken(index, f"the body is no entry: {error}")
        return
    derived.at = entry.at
    if entry.seq != index:
        yield _broken(index, f"the body says that it is entry {entry.seq}")
    if entry.count:
        yield from _batch(index, entry, packed, derived.last)
    elif covered.is_covered(entry.object):
        derived.last[entry.object] = (after, index)


def _batch(index: int, entry: Written, packed: object, last: _Last) -> Iterator[Finding]:
    if not isinstance(packed, bytes):
        yield _broken(index, "its members are not there as bytes")
        return
    try:
        members = ledger.unpack(packed)
    except (zlib.error, msgspec.MsgspecError):
        yield _broken(index, "its members cannot be read")
        return
    if len(members) != entry.count or member_root(members) != entry.root:
        yield _broken(index, "its members are not the ones that were hashed")
    for name, after in members:
        if covered.is_covered(name):
            last[name] = (after, index)


def _state(connection: sa.Connection, derived: _Derived) -> Iterator[Finding]:
    tree = derived.tree
    query = _as_kept(ledger.ledger_state, "id", "size", "root", "frontier", "at")
    kept = {number: tuple(rest) for number, *rest in connection.execute(query)}
    for number in kept.keys() - {1}:
        yield _found("broken", f"ledger_state:{number}", "is one too many: the state is row 1 alone")
    expected = (tree.size, tree.root, tree.packed(), derived.at)
    nothing_yet = not tree.size and not kept
    if kept.get(1) != expected and not nothing_yet:
        said = f"{tree.size} entries with root {tree.root.hex()}, the newest of {derived.at}"
        yield _found("broken", "ledger_state:1", f"expected {said}, found another state or none")


def _last_entries(connection: sa.Connection, last: _Last) -> Iterator[Finding]:
    seen = set()
    for name, index, after in connection.execute(_as_kept(ledger.ledger_last, "object", "index", "after")):
        seen.add(name)
        if last.get(name) != (after, index):
            yield _found("broken", f"ledger_last:{name}", "differs from the object's last entry")
    for name in last.keys() - seen:
        yield _found("broken", f"ledger_last:{name}", "is missing")


def _table(connection: sa.Connection, table: covered.Covered, last: _Last) -> tuple[list[Finding], int]:
    findings, count = [], 0
    expected = {name for name, (after, _) in last.items() if after is not None and name.startswith(f"{table.table}:")}
    for row in covered.rows(connection, table):
        count += 1
        name = _name_in(last, table.object_of(row))
        expected.discard(name)
        after, _ = last.get(name, (None, 0))
        if after is None:
            findings.append(_found("extra", name, "no entry tells of this row"))
        elif after != _digest(table, row):
            findings.append(_found("changed", name, "is not what its last entry says"))
    findings += [_found("missing", name, "its last entry says that it is here") for name in expected]
    return findings, count


def _name_in(last: _Last, name: str) -> str:
    """The name under which the entries speak of a row: the present one, or that of older entries."""
    present, former = object_name(name), former_name(name)
    return former if present not in last and former in last else present


def _digest(table: covered.Covered, row: Mapping[str, object]) -> bytes | None:
    """None of a row that no entry can tell of: its text is not UTF-8."""
    try:
        return table.digest(row)
    except ValueError:
        return None
