"""What is kept for a time only: changes that were given on, pages of harvests, versions that others superseded."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from federation.storage import export_history, page_bodies
from federation.storage.raw_records import raw_record_version
from federation.storage.transactions import Transaction

#: how long a version of a raw record is kept that another one superseded
VERSIONS_KEPT = timedelta(days=365)
#: versions dropped in one transaction
_AT_ONCE = 500


def tidy(tx: Transaction) -> None:
    """Drops what is over, some of each kind at a time."""
    export_history.forget(tx)
    page_bodies.tidy(tx)
    drop_versions(tx)


def drop_versions(tx: Transaction) -> int:
    """Drops superseded versions whose time is over, some at a time; how many."""
    version = raw_record_version.c
    is_over = version.superseded_at <= tx.now - VERSIONS_KEPT
    over = tx.connection.execute(sa.select(version.rid, version.seq).where(is_over).limit(_AT_ONCE)).all()
    for rid, seq in over:
        tx.connection.execute(raw_record_version.delete().where(version.rid == rid, version.seq == seq))
    return len(over)
