"""Records derived again because the record above them is not what it was, a batch at a time.

Part of the mapping stage. They come before what was harvested since, so that what a parent closes is soon closed below
it, and behind those above them (`parents_first`). What stands below them is asked for in the same transaction in which
they change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import takewhile

import sqlalchemy as sa

from federation.pipeline import parents_first
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.map import STAGE, MappedRaw, write_results
from federation.pipeline.progress import Progress
from federation.storage import placements, raw_records
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction


def waiting(connection: sa.Connection) -> int:
    """How many records are to be derived again."""
    return placements.waiting(connection)


def prepare(
    connection: sa.Connection, mapper: FeedMapper, limit: int, without: Collection[str] = frozenset()
) -> tuple[MappedRaw, ...]:
    """The next `limit` of them, mapped, or what is to be mapped before them; fewer of a slow feed.

    without  feeds that are left out
    raises   FeedTooSlow, where the next batch takes fewer
    """
    found = raw_records.first_of(connection, placements.next_waiting(connection, limit, without))
    taken = found[: mapper.within_time([stored.raw.feed for stored in found])]
    return parents_first.way_of(limit)(connection, mapper, taken)


def next_one(connection: sa.Connection) -> Subject | None:
    """The raw record that is derived again next."""
    found = raw_records.by_number(connection, placements.next_waiting(connection, 1))
    if not found:
        return None
    (stored,) = found
    return Subject(
        stage=STAGE, number=stored.rid, seq=stored.seq, feed=stored.raw.feed, identifier=stored.raw.identifier
    )


def write(tx: Transaction, results: Sequence[MappedRaw]) -> Progress:
    """Writes records, parents first; one that changed since it was read, and those behind it, are read anew."""
    tx.in_order()  # no page is kept from here on until the commit
    present = raw_records.seqs(tx.connection, [result.stored.rid for result in results])
    standing = list(takewhile(lambda result: present.get(result.stored.rid) == result.stored.seq, results))
    write_results(tx, standing, f"batch:inherit/{tx.next_seq()}")
    return Progress(done=len(standing), behind=True)
