"""The end of a retired feed: its records become tombstones, a batch at a time, and their addresses go on resolving.

Part of the mapping stage, so that whatever reads catalogue records sees the tombstones come as it sees any other. What
the feed gave is kept; of its raw records it is said that they were skipped because the feed is retired.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from federation.pipeline.crosswalks import RETIRED
from federation.pipeline.progress import Progress
from federation.storage import catalogue_records, ledger, standing_below
from federation.storage.catalogue_records import catalogue_record
from federation.storage.feeds import feed
from federation.storage.outcomes import mapping_issue, mapping_outcome
from federation.storage.raw_records import raw_record
from federation.storage.transactions import Transaction


class Leaving(msgspec.Struct, frozen=True, kw_only=True):
    """A living record of a retired feed."""

    id: str
    feed: str
    native_id: str


def waiting(connection: sa.Connection) -> int:
    """How many records of retired feeds still live."""
    return connection.execute(sa.select(sa.func.count()).select_from(catalogue_record).where(_leaving())).scalar_one()


def prepare(connection: sa.Connection, limit: int) -> list[Leaving]:
    """The next `limit` of them."""
    columns = [catalogue_record.c[name] for name in Leaving.__struct_fields__]
    query = sa.select(*columns).where(_leaving()).order_by(catalogue_record.c.rid).limit(limit)
    return [Leaving(**row) for row in connection.execute(query).mappings()]


def write(tx: Transaction, limit: int) -> Progress:
    """Makes tombstones of the next `limit` records of retired feeds."""
    if not prepare(tx.connection, 1):
        return Progress(done=0, behind=False)
    tx.in_order()  # what is read from here on stands until the commit
    leaving = prepare(tx.connection, limit)
    lost = catalogue_records.last_accesses(tx.connection, [record.id for record in leaving])
    for record in leaving:
        _bury(tx, record, lost.get(record.id))
    _write_outcomes(tx, leaving)
    number = tx.next_seq()
    members = [(f"catalogue_record:{record.id}", None) for record in leaving]
    ledger.append_batch(tx, act="records.mapped", object=f"batch:retire/{number}", members=members)
    return Progress(done=len(leaving), behind=len(leaving) == limit)


def _leaving() -> sa.ColumnElement[bool]:
    retired = sa.select(feed.c.key).where(feed.c.state == "retired")
    return catalogue_record.c.feed.in_(retired) & catalogue_record.c.alive


def _bury(tx: Transaction, record: Leaving, last_access: str | None) -> None:
    emptied = {"alive": False, "record": "", "rules": "{}", "output_hash": "", "crosswalk": "", "issues": "[]"}
    changes = catalogue_record.update().where(catalogue_record.c.id == record.id)
    changes = changes.values(**emptied, **standing_below.NOWHERE)
    tx.connection.execute(changes.values(last_access=last_access, seq=tx.next_seq(), updated_at=tx.now))


def _write_outcomes(tx: Transaction, leaving: Sequence[Leaving]) -> None:
    """Says of the raw records behind `leaving` that they were skipped; their issues are nobody's to mend any more."""
    for key in dict.fromkeys(record.feed for record in leaving):
        names = [record.native_id for record in leaving if record.feed == key]
        rids = sa.select(raw_record.c.rid).where(raw_record.c.feed == key, raw_record.c.identifier.in_(names))
        mapped = mapping_outcome.update().where(mapping_outcome.c.rid.in_(rids), mapping_outcome.c.outcome == "mapped")
        tx.connection.execute(mapped.values(outcome="skipped", code=RETIRED, units=0, issues="[]"))
        tx.connection.execute(mapping_issue.delete().where(mapping_issue.c.rid.in_(rids)))
