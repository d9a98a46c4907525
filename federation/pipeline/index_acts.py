"""Acts on the generations of the search index, asked for where another process holds the folder.

Each is a job of the index's lane: the process that keeps the index's writer open does it, between two of its batches.
"""

from __future__ import annotations

from federation.pipeline import publish
from federation.storage import jobs
from federation.storage.engine import Store
from federation.storage.jobs import Job, Wanted
from federation.storage.transactions import Transaction
from index.places import IndexPlace, drop_at

#: kinds of jobs
SWAP, REPAIR, DROP = "index.swap", "index.repair", "index.drop"
KINDS = (SWAP, REPAIR, DROP)
#: argument of such a job: the generation's name; empty where it is about the one that answers
GENERATION = "generation"
#: of two jobs that write the index one is in hand
WRITER = "index-writer"


def ask(tx: Transaction, kind: str, name: str = "") -> int:
    """Asks for an act; the number of its job, or of one that is asked for already."""
    key = f"{kind}:{name}"
    jobs.enqueue(tx, Wanted(kind=kind, lane="index", dedupe_key=key, group_key=WRITER, arguments={GENERATION: name}))
    return jobs.ready(tx.connection, key).id


def perform(store: Store, index: IndexPlace, held: Job) -> None:
    """Does what a job asks for, whole; raises GenerationRefused, BackendUnavailable, and as `publish`."""
    name = str(held.arguments[GENERATION])
    if held.kind == DROP:
        drop_at(index, name)
    elif held.kind == REPAIR:
        publish.repair(store, index)
    else:
        for _ in publish.return_to(store, index, name):
            pass
