"""What people do with lookup tables: write a version, see what a table did not know, add that, and see who uses it.

A table that is written changes nothing by itself: a crosswalk lives by the version that it pins, and a raised pin is a
draft like any other change of rules, with its dry run and its gates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec
import sqlalchemy as sa

from federation.errors import RecordChanged, RequestRefused
from federation.pipeline import crosswalk_life
from federation.pipeline.crosswalks import crosswalk_of, faults_of, live_text, tables_for, text_of
from federation.storage import crosswalks, feeds, lookup_tables, outcomes
from federation.storage.crosswalks import Version
from federation.storage.feeds import StoredFeed
from federation.storage.lookup_tables import LookupTable
from federation.storage.transactions import Transaction
from mappings.engine.check import WARNINGS
from mappings.engine.compiled import Compiled
from mappings.engine.editing import with_pin
from mappings.engine.library import judge, pinned_tables
from mappings.engine.rules import Call, Value
from mappings.engine.tables import TableMissing, shipped
from mappings.schema.folding import fold
from mappings.tables.rows import TableRow, is_table_name, judged

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
#: transforms that look values up
_LOOKING_UP = ("lookup", "level")


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a table did not know."""

    rule: str
    #: the tables that the rule looks it up in, as the crosswalk calls them
    tables: tuple[str, ...]
    value: str
    records: int


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """A crosswalk that pins a version of a table."""

    feed: str
    feed_name: str
    #: number of the version of the crosswalk; 0 = what is live
    number: int
    state: str
    table_version: int


def save(
    tx: Transaction, name: str, institution: str, rows: Sequence[TableRow], author: str, *, seen: int, message: str = ""
) -> LookupTable:
    """Writes the next version of a table, or the first; one that says the same as the newest is not written again.

    seen     the version that the author read, 0 for a new table
    raises   RequestRefused `name_invalid`, `name_taken`; RecordChanged; DocumentRefused
    """
    rows = judged(enumerate(rows, 1))
    known = lookup_tables.latest(tx.connection, name)
    if known is None:
        _check_name(name)
    elif known.institution != institution:
        raise RequestRefused("name_taken", f"the table {name} belongs to {known.institution}")
    number = known.version if known is not None else 0
    if number != seen:
        raise RecordChanged(f"lookup_table:{name}/{seen}")
    if known is not None and known.rows == rows:
        return known
    made = LookupTable(
        name=name,
        version=number + 1,
        institution=institution,
        rows=rows,
        author=author,
        message=message,
        created_at=tx.now,
    )
    lookup_tables.add(tx, made)
    return made


def _check_name(name: str) -> None:
    if not is_table_name(name):
        raise RequestRefused("name_invalid", f"expected small letters, digits and _, found {name!r}")
    try:
        shipped(name)
    except TableMissing:
        return
    raise RequestRefused("name_taken", f"a table {name} ships with the exchange: choose another name")


def misses(connection: sa.Connection, feed: StoredFeed) -> tuple[Miss, ...]:
    """What tables did not know in the stored records of a feed, the most frequent first."""
    asked = _asked_tables(crosswalk_of(connection, feed))
    return tuple(
        Miss(rule=rule, tables=asked.get(rule, ()), value=value, records=number)
        for rule, value, number in outcomes.lookup_misses(connection, feed.key)
    )


def _asked_tables(program: Compiled) -> dict[str, tuple[str, ...]]:
    found = {rule.id: tuple(dict.fromkeys(_tables_in(rule.value))) for rule in program.crosswalk.rules}
    return {rule: names for rule, names in found.items() if names}


def _tables_in(value: Value) -> Iterator[str]:
    for call in value.do:
        if call.name in _LOOKING_UP:
            yield from _table_of(call)
    for member in (value.make or {}).values():
        yield from _tables_in(member)


def _table_of(call: Call) -> Iterator[str]:
    named = call.arguments.get("table", call.arguments.get(""))
    if isinstance(named, str):
        yield named


def add_rows(
    tx: Transaction, feed: StoredFeed, table: str, rows: Sequence[TableRow], author: str
) -> tuple[LookupTable, Version]:
    """Adds rows to a table of a feed's crosswalk: its next version, and a draft that pins it.

    A table that ships is copied into one of the institution's own first. A row whose key is known takes its place.
    table    as the crosswalk calls it
    raises   RequestRefused `table_unknown`, `draft_faulty`; DocumentRefused
    """
    draft = _open_draft(tx.connection, feed)
    text = text_of(draft) if draft is not None else live_text(feed)
    pinned = _program(tx.connection, text, feed.crosswalk).crosswalk.tables.get(table)
    if pinned is None:
        raise RequestRefused("table_unknown", f"the crosswalk has no table {table}")
    made = _with_rows(tx, feed, pinned, rows, author)
    if draft is None:
        draft = crosswalk_life.begin(tx, feed, author)
        text = draft.text
    message = f"{made.label}: {', '.join(row.key for row in rows)}"[:200]
    return made, crosswalk_life.save(
        tx, feed, draft.number, with_pin(text, table, made.label), author, seen=draft.sha256, message=message
    )


def _open_draft(connection: sa.Connection, feed: StoredFeed) -> Version | None:
    newest = next(iter(crosswalks.of_feed(connection, feed.key)), None)
    return newest if newest is not None and newest.state == "draft" else None


def _program(connection: sa.Connection, text: str, name: str) -> Compiled:
    program, _ = judge(text, file=name, tables=tables_for(connection, text))
    faults = [fault for fault in faults_of(connection, text, name) if fault.code not in WARNINGS]
    if program is None or faults:
        raise RequestRefused("draft_faulty", "the newest draft has faults: mend or replace it first")
    return program


def _with_rows(tx: Transaction, feed: StoredFeed, pinned: str, rows: Sequence[TableRow], author: str) -> LookupTable:
    name = pinned.partition("@")[0]
    known = lookup_tables.latest(tx.connection, name)
    if known is None:
        name, known = _own_copy(tx.connection, feed, name)
    standing = known.rows if known is not None else _rows_of(pinned)
    seen = known.version if known is not None else 0
    return save(tx, name, feed.institution, _joined(standing, rows), author, seen=seen, message="rows added")


def _own_copy(connection: sa.Connection, feed: StoredFeed, name: str) -> tuple[str, LookupTable | None]:
    own = f"{_NOT_IN_NAMES.sub('_', feed.institution.lower()).strip('_')}_{name}"
    own = own[:60] if own[:1].isalpha() else f"t_{own}"[:60]
    return own, lookup_tables.latest(connection, own)


def _rows_of(label: str) -> tuple[TableRow, ...]:
    return tuple(TableRow(key=key, value=value) for key, value in shipped(label).rows.items())


def _joined(standing: Sequence[TableRow], rows: Sequence[TableRow]) -> tuple[TableRow, ...]:
    added = {fold(row.key).strip(): row for row in rows}
    kept = [added.pop(fold(row.key).strip(), row) for row in standing]
    return (*kept, *added.values())


def uses(connection: sa.Connection, name: str) -> tuple[Use, ...]:
    """The crosswalks that pin a version of a table: what is live first, then versions that may be."""
    return tuple(use for feed in feeds.everyone(connection) for use in _uses_of(connection, feed, name))


def _uses_of(connection: sa.Connection, feed: StoredFeed, name: str) -> Iterator[Use]:
    versions = crosswalks.of_feed(connection, feed.key)
    texts = [(0, "active", feed.crosswalk_text), *((each.number, each.state, each.text) for each in versions)]
    for number, state, text in texts:
        for label in pinned_tables(text) if text else ():
            pinned, _, version = label.partition("@")
            if pinned == name and version.isdigit():
                yield Use(feed=feed.key, feed_name=feed.name, number=number, state=state, table_version=int(version))
