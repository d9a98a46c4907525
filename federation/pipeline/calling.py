"""Stored records called otherwise at once: everything that is kept of them by name goes along."""

from __future__ import annotations

from collections.abc import Mapping

from federation.ledger.entry import MemberChange
from federation.storage import absences, catalogue_records, crosswalks, ledger, raw_records, withheld
from federation.storage.bulk import parted
from federation.storage.covered import covered, read
from federation.storage.feeds import StoredFeed
from federation.storage.raw_records import raw_record
from federation.storage.transactions import Transaction
from mappings.schema.ids import record_id

#: records that one statement moves
_PART = 500


def call(tx: Transaction, feed: StoredFeed, names: Mapping[str, str], records: Mapping[str, str]) -> dict[str, str]:
    """Gives a feed's raw records their new native identifiers.

    names     old native identifier -> new one
    records   id of a living catalogue record -> the new native identifier of its raw record
    gives     old id -> new one, of the records that are withheld
    """
    for part in parted(names, _PART):
        absences.settle(tx, feed.key, part)
        crosswalks.put_kept(tx, feed.key, part, [])
    raw_records.call(tx, feed.key, names)
    catalogue_records.call(tx, records)
    _record(tx, feed.key, names)
    return _call_withheld(tx, feed, names)


def _call_withheld(tx: Transaction, feed: StoredFeed, names: Mapping[str, str]) -> dict[str, str]:
    moved = [row for row in withheld.listed(tx.connection, feed.key) if row.identifier in names]
    for row in moved:
        withheld.lift(tx, row, feed.institution)
    new = {row.record_id: record_id(feed.key, names[row.identifier]) for row in moved}
    for row in moved:
        withheld.put(tx, withheld.renamed(row, names[row.identifier], new[row.record_id]), feed.institution)
    return new


def _record(tx: Transaction, feed: str, names: Mapping[str, str]) -> None:
    """Says what stands under every new name, and of the old ones under which nothing does that they are free."""
    table = covered(raw_record.name)
    gone: list[MemberChange] = [(table.named(feed, old), None) for old in names]
    rows = ((name, read(tx.connection, table, (feed, name))) for name in names.values())
    stands: list[MemberChange] = [(table.named(feed, name), table.digest(row)) for name, row in rows if row is not None]
    now = {name for name, _ in stands}
    members = [*(member for member in gone if member[0] not in now), *stands]
    ledger.append_batch(tx, act="records.renamed", object=f"batch:rekey/{tx.next_seq()}", members=members)
