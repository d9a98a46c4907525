"""Versions of raw records that others superseded: kept for a year, and put back where a held run is discarded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from federation.storage.bulk import Row
from federation.storage.columns import Instant, instant_text
from federation.storage.metadata import metadata
from federation.storage.raw_records import CONTENT, content_columns, raw_record
from federation.storage.transactions import Transaction

#: from when it was superseded on
KEPT = timedelta(days=365)
#: versions dropped in one transaction
_AT_ONCE = 500

raw_record_version = sa.Table(
    "raw_record_version",
    metadata,
    sa.Column("rid", sa.Integer, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    *content_columns(),
    sa.Column("superseded_at", Instant, nullable=False),
    sa.Index("raw_record_version_superseded", "superseded_at"),
)


def keep(tx: Transaction, rids: Sequence[object]) -> None:
    """Keeps what stands of records, which is to be superseded now."""
    names = ["rid", "seq", *CONTENT]
    columns = [raw_record.c[name] for name in names]
    former = sa.select(*columns, sa.literal(instant_text(tx.now))).where(raw_record.c.rid.in_(rids))
    tx.connection.execute(raw_record_version.insert().from_select([*names, "superseded_at"], former))


def replaced_by(connection: sa.Connection, feed: str, run: int, limit: int) -> list[Row]:
    """The versions that a feed's last run replaced, as rows of `raw_record` without `seq`, by number."""
    mine = (raw_record.c.feed == feed) & (raw_record.c.seen_run == run) & (raw_record.c.run == run)
    version = raw_record_version
    former = sa.select(version.c.rid, sa.func.max(version.c.seq).label("seq")).where(version.c.run != run)
    newest = former.group_by(version.c.rid).subquery()
    columns = [raw_record.c[name] for name in ("rid", "feed", "identifier", "seen_list")]
    query = sa.select(*columns, *(version.c[name] for name in CONTENT)).where(mine).select_from(raw_record)
    query = query.join(newest, newest.c.rid == raw_record.c.rid)
    query = query.join(version, (version.c.rid == newest.c.rid) & (version.c.seq == newest.c.seq))
    rows = connection.execute(query.order_by(raw_record.c.rid).limit(limit)).mappings()
    return [dict(row) | {"harvested": instant_text(row["harvested"])} for row in rows]


def tidy(tx: Transaction) -> int:
    """Drops versions whose time is over, some at a time; how many."""
    version = raw_record_version.c
    is_over = version.superseded_at <= tx.now - KEPT
    over = tx.connection.execute(sa.select(version.rid, version.seq).where(is_over).limit(_AT_ONCE)).all()
    for rid, seq in over:
        tx.connection.execute(raw_record_version.delete().where(version.rid == rid, version.seq == seq))
    return len(over)
