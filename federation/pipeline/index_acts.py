"""Acts on the generations of the search index, asked for where another process holds the folder, or day by day.

Each is a job of the index's lane: the process that keeps the index's writer open does it, between two of its batches.
"""

from __future__ import annotations

import logging

from federation.pipeline import publish
from federation.storage import index_checks, jobs
from federation.storage.engine import Store
from federation.storage.index_checks import CHECK
from federation.storage.jobs import Job, Wanted
from federation.storage.transactions import Transaction
from index.places import IndexPlace, drop_at
from index.verifying import Verified

log = logging.getLogger(__name__)

#: kinds of jobs
SWAP, REPAIR, DROP = "index.swap", "index.repair", "index.drop"
KINDS = (SWAP, REPAIR, DROP, CHECK)
#: clusters that are named where they differ
_MOST_NAMED = 50
#: argument of such a job: the generation's name; empty where it is about the one that answers
GENERATION = "generation"
#: of two jobs that write the index one is in hand
WRITER = "index-writer"


def ask(tx: Transaction, kind: str, name: str = "") -> int:
    """Asks for an act; the number of its job, or of one that is asked for already."""
    key = f"{kind}:{name}"
    jobs.enqueue(tx, Wanted(kind=kind, lane="index", dedupe_key=key, group_key=WRITER, arguments={GENERATION: name}))
    return jobs.ready(tx.connection, key).id


def ask_daily(tx: Transaction) -> None:
    """Asks for the check of a day, where it is due."""
    if index_checks.is_due(tx.connection, tx.database_now):
        ask(tx, CHECK)


def perform(store: Store, index: IndexPlace, held: Job) -> str:
    """Does what a job asks for, whole; what a check found to differ, else nothing.

    raises  GenerationRefused, BackendUnavailable, and as `publish`
    """
    name = str(held.arguments[GENERATION])
    if held.kind == DROP:
        drop_at(index, name)
    elif held.kind in (REPAIR, CHECK):
        found, left = publish.repair(store, index)
        return _differed(found, left) if held.kind == CHECK else ""
    else:
        for _ in publish.return_to(store, index, name):
            pass
    return ""


def _differed(found: Verified, left: Verified) -> str:
    if found.whole:
        return ""
    kinds = {kind: getattr(found, kind) for kind in ("missing", "extra", "stale")}
    told = ", ".join(f"{len(ids)} {kind}" for kind, ids in kinds.items())
    still = f"; {len(left.clusters)} still differ" if left.clusters else ""
    said = f"{told}{still}: {', '.join(found.clusters[:_MOST_NAMED])}"
    log.warning("the search index differed from the store and was repaired: %s", said)
    return said
