"""Records that their repository calls otherwise: they stay what they are, under the identifiers that they had first.

A person has said so of a held run. Its new records take the places of those that they were; what was given out under an
old name, what is withheld and what was decided of it go on as before (harvesting, 5).
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from federation.ledger.entry import MemberChange
from federation.storage import crosswalks, raw_records, renames, run_reports, withheld
from federation.storage.absences import settle
from federation.storage.bulk import Row
from federation.storage.catalogue_records import catalogue_record
from federation.storage.covered import covered
from federation.storage.held_records import held_record
from federation.storage.holds import Hold
from federation.storage.raw_records import Held, raw_record
from federation.storage.transactions import Transaction
from harvester.renames import Rule


def rule_of(connection: sa.Connection, run: int) -> Rule | None:
    """What the records of a run are called now; None where it has found nothing of the kind."""
    found = run_reports.get(connection, run)
    return None if found is None else found.counts.renaming.rule


def renamed(tx: Transaction, rows: Sequence[Row], hold: Hold) -> tuple[list[Row], list[MemberChange]]:
    """Held rows as they are to stand, each in the place of its record, and what the ledger says of the old names.

    Tombstones of old names are left out: their records live on.
    """
    rule = rule_of(tx.connection, hold.run)
    if rule is None:
        return list(rows), []
    new = [str(row["identifier"]) for row in rows if row["effect"] == "new"]
    found = renames.matches(tx.connection, hold.feed, rule, new)
    wanted = [row for row in rows if not _is_old_name(tx.connection, row, rule)]
    members = [_move(tx, hold.feed, name, held) for name, held in found.items()]
    first = raw_records.first_identifiers(tx.connection, [held.rid for held in found.values()])
    return [_in_place(row, found.get(str(row["identifier"])), first) for row in wanted], members


def _is_old_name(connection: sa.Connection, row: Row, rule: Rule) -> bool:
    """Whether a tombstone is of a record that came, or comes, under another name."""
    name = rule.present(str(row["identifier"])) if row["effect"] == "deleted" else None
    if name is None:
        return False
    tables = (held_record.c, raw_record.c)
    asked = [sa.select(table.rid).where(table.feed == row["feed"], table.identifier == name) for table in tables]
    return any(connection.execute(query).first() is not None for query in asked)


def _in_place(row: Row, held: Held | None, first: dict[int, str]) -> Row:
    if held is None:
        return row
    return {**row, "rid": held.rid, "first_identifier": first.get(held.rid, held.identifier)}


def _move(tx: Transaction, feed: str, name: str, held: Held) -> MemberChange:
    """Has everything that is kept of a record by its name speak of its present one."""
    old, table = held.identifier, catalogue_record.c
    renaming = catalogue_record.update().where(table.feed == feed, table.native_id == old)
    tx.connection.execute(renaming.values(native_id=name))
    withheld.rename(tx, feed, old, name)
    crosswalks.rename_kept(tx, feed, old, name)
    settle(tx, feed, [old])
    return covered(raw_record.name).named(feed, old), None
