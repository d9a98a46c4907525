"""A takedown between harvests: a record is a tombstone from the transaction that says so on, until it is lifted.

Pages and lists that are read from the store show it no more; the search index follows with its next batch. Files that
may name it are not given until they are looked through, and those that do expire (decision 0030).
Its harvested form is kept and goes on being harvested; whatever maps it again finds it withheld (`map.write_results`).
"""

from __future__ import annotations

from federation.errors import RequestRefused
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.map import MappedRaw, write_results
from federation.storage import catalogue_records, feeds, list_files, raw_records, withheld
from federation.storage.catalogue_records import StoredRecord
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.raw_records import StoredRaw
from federation.storage.transactions import Transaction
from federation.storage.withheld import LONGEST_REASON, WITHHELD, Withheld
from mappings.engine.outcome import Deleted, Skipped
from mappings.schema.ids import record_id


def feed_of(tx: Transaction, record: str) -> StoredFeed:
    """The feed whose record this is; raises RequestRefused `no_such_record`."""
    found = catalogue_records.get(tx.connection, record) or withheld.get(tx.connection, record)
    feed = feeds.get(tx.connection, found.feed) if found else None
    if feed is None:
        raise RequestRefused("no_such_record", f"there is no record {record}")
    return feed


def withhold(tx: Transaction, record: str, reason: str) -> Withheld:
    """Takes a record out of every channel; its tombstone outlives every harvest.

    raises  RequestRefused: `no_such_record`, `part_of_record`, `reason_missing`, `reason_too_long`, `withheld_already`
    """
    said = reason.strip()
    if not said:
        raise RequestRefused("reason_missing", "expected a reason, found none")
    if len(said) > LONGEST_REASON:
        raise RequestRefused("reason_too_long", f"expected at most {LONGEST_REASON} characters, found {len(said)}")
    tx.in_order()  # what is read from here on stands until the commit
    feed = feed_of(tx, record)
    stored, raw = _whole(tx, record)
    if withheld.get(tx.connection, record) is not None:
        raise RequestRefused("withheld_already", f"{record} is withheld already")
    row = Withheld(feed=feed.key, identifier=stored.native_id, record_id=record, reason=said, at=tx.now)
    withheld.put(tx, row, feed.institution)
    list_files.withdraw(tx, feed.institution)
    outcome = Deleted() if raw.raw.deleted else Skipped(reason=WITHHELD)
    result = MappedRaw(stored=raw, institution=feed.institution, outcome=outcome)
    write_results(tx, [result], f"batch:withhold/{tx.next_seq()}")
    return row


def release(tx: Transaction, store: Store, record: str) -> Withheld:
    """Lifts it: the record is mapped by what is live now, as it was harvested last.

    raises  RequestRefused: `no_such_record`, `not_withheld`
    """
    tx.in_order()  # as in `withhold`: a newer form may be on its way
    feed = feed_of(tx, record)
    row = withheld.get(tx.connection, record)
    if row is None:
        raise RequestRefused("not_withheld", f"{record} is not withheld")
    withheld.lift(tx, row, feed.institution)
    raw = raw_records.get(tx.connection, row.feed, row.identifier)
    if raw is not None:
        outcome, institution = FeedMapper(store)(raw.raw)
        result = MappedRaw(stored=raw, institution=institution, outcome=outcome)
        write_results(tx, [result], f"batch:release/{tx.next_seq()}")
    return row


def _whole(tx: Transaction, record: str) -> tuple[StoredRecord, StoredRaw]:
    """The record with what was harvested as it; a unit of a finding aid is withheld with the whole."""
    stored = catalogue_records.get(tx.connection, record)
    raw = raw_records.get(tx.connection, stored.feed, stored.native_id) if stored else None
    if stored is None or raw is None:
        raise RequestRefused("no_such_record", f"there is no record {record}")
    whole = record_id(stored.feed, raw.raw.named)
    if whole != record:
        raise RequestRefused("part_of_record", f"{record} is a part of {whole}: withhold the whole")
    return stored, raw
