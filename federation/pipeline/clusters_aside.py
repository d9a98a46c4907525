"""Clusters that a stage could not take in: which of them it leaves out now, and which it has taken in since.

A cluster that is left out is treated as one that nobody may see, so that nothing older and more open of it goes on
being shown. Its next change is tried again.
"""

from __future__ import annotations

import sqlalchemy as sa

from federation.storage import catalogue_records, cursors, set_aside
from federation.storage.linkage import clusters
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction


def next_changed(connection: sa.Connection, stage: str) -> Subject | None:
    """The cluster whose change comes next behind the stage's cursor."""
    changes = clusters.changes(connection, cursors.get(connection, stage), 1)
    return named(connection, stage, changes[0][1]) if changes else None


def named(connection: sa.Connection, stage: str, cluster_id: str) -> Subject | None:
    """A cluster by its name, in its present state; None where nothing stands of it."""
    cid = clusters.pivot_of(connection, cluster_id)
    found = catalogue_records.named(connection, cid) if cid is not None else None
    newest = clusters.newest_changes(connection, [cid]) if cid is not None else {}
    if cid is None or found is None or cid not in newest:
        return None
    return Subject(stage=stage, number=cid, seq=newest[cid].seq, feed=found.feed, identifier=found.native_id)


def left_out(connection: sa.Connection, stage: str) -> frozenset[str]:
    """Names of the clusters that have not changed since the stage set them aside."""
    aside = set_aside.everything(connection, stage)
    newest = clusters.newest_changes(connection, aside) if aside else {}
    return frozenset(change.name for cid, change in newest.items() if change.seq <= aside[cid].seq)


def taken_in(connection: sa.Connection, stage: str, reached: int) -> list[int]:
    """Pivots of the clusters set aside whose later change the stage has taken in, its cursor being at `reached`."""
    aside = set_aside.everything(connection, stage)
    newest = clusters.newest_changes(connection, aside) if aside else {}
    return [cid for cid, change in newest.items() if aside[cid].seq < change.seq <= reached]


def forget_taken_in(tx: Transaction, stage: str, reached: int) -> None:
    """Forgets those of `taken_in`."""
    if found := taken_in(tx.connection, stage, reached):
        set_aside.forget(tx, [stage], found)
