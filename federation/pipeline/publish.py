"""The publishing stage: changed clusters become documents of the search index.

The index keeps its place beside itself; the cursor in the store only mirrors it, so that everybody can see how far it
is, and is set back to it at every step: an index that was lost or copied back catches up by itself. Runs in one process
that keeps the index's writer open.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from federation.pipeline import clusters_aside
from federation.pipeline.alerting import alert
from federation.pipeline.progress import Progress
from federation.pipeline.unifying import Clusters
from federation.storage import cursors, set_aside
from federation.storage.engine import Store
from federation.storage.linkage import clusters
from federation.storage.opened import store_of
from federation.storage.set_aside import Subject
from index.errors import DocumentRejected
from index.places import AnyPublisher, IndexPlace, next_at, publisher_at, rebuilder_at, returner_to, verified_at
from index.publishing import BATCH, Published
from index.verifying import Verified

STAGE = "publish"
#: the name under which a cluster is noted of which the engine did not take some document; the others are there
REJECTED = "index"

log = logging.getLogger(__name__)


def publish(store: Store, index: IndexPlace, limit: int = BATCH) -> Progress:
    """Takes one batch of changes into the index; raises BackendUnavailable where its engine is away."""
    try:
        step = _publisher(store, index).step(limit)
    except Exception:
        # what it added and did not commit is not to be committed with the next batch
        forget()
        raise
    _keep_rejected(store, step.rejected)
    _mirror(store, step)
    alert(store, step.seq if not step.building else 0)
    return Progress(done=step.done, behind=step.behind)


def next_one(store: Store, index: IndexPlace) -> Subject | None:
    """The cluster that comes next; raises BackendUnavailable."""
    names = _publisher(store, index).upcoming(1).ids
    with store.reading() as connection:
        return clusters_aside.named(connection, STAGE, names[0]) if names else None


def _keep_rejected(store: Store, rejected: Sequence[DocumentRejected]) -> None:
    """What the engine did not take is an issue of the record that the cluster is named after."""
    if not rejected:
        return
    with store.transaction() as tx:
        for each in rejected:
            log.warning("the search index does not take %s", each)
            found = clusters_aside.named(tx.connection, REJECTED, each.cluster_id)
            if found is not None:
                set_aside.put(tx, found, f"DocumentRejected: {each.reason}")


#: the publisher of this process, by store and index
_open: dict[tuple[str, IndexPlace], AnyPublisher] = {}


def _publisher(store: Store, index: IndexPlace) -> AnyPublisher:
    place = (store.url, index)
    if place in _open and _open[place].is_lost:
        _open.clear()  # there is nothing left to close
    if place not in _open:
        forget()
        _open[place] = publisher_at(index, Clusters(store_of(store.url), STAGE))
    return _open[place]


def forget() -> None:
    """Gives up the index that is held open; the next step opens it again from where it stands."""
    for publisher in _open.values():
        publisher.close()
    _open.clear()


def rebuild(store: Store, index: IndexPlace) -> Iterator[int]:
    """Makes a generation anew, which answers once it is whole; till then the present one does. Yields what is done."""
    forget()
    _open[store.url, index] = rebuilder_at(index, Clusters(store_of(store.url), STAGE))
    yield from _caught_up(store, index)


def build_next(store: Store, index: IndexPlace) -> Iterator[int]:
    """Makes a generation beside the one that answers, which goes on; yields what is done.

    Whoever serves meanwhile is not disturbed: nothing is written to the store. What the engine does not take is told
    once the generation answers and the cluster changes.
    """
    publisher = next_at(index, Clusters(store_of(store.url), STAGE))
    try:
        behind, done = True, 0
        while behind:
            step = publisher.step()
            behind, done = step.behind, done + step.done
            yield done
    finally:
        publisher.close()


def return_to(store: Store, index: IndexPlace, name: str) -> Iterator[int]:
    """Brings another generation up to the store, and then it answers; yields what is done. Raises GenerationRefused."""
    forget()
    _open[store.url, index] = returner_to(index, name, Clusters(store_of(store.url), STAGE))
    yield from _caught_up(store, index)


def repair(store: Store, index: IndexPlace) -> tuple[Verified, Verified]:
    """Makes anew what differs from the store; what was found, and what is left."""
    for _ in _caught_up(store, index):
        pass
    source = Clusters(store_of(store.url), STAGE)
    found = verified_at(index, source)
    if found.whole:
        return found, found
    for start in range(0, len(found.clusters), BATCH):
        _keep_rejected(store, _publisher(store, index).repair(found.clusters[start : start + BATCH]))
    return found, verified_at(index, source)


def _caught_up(store: Store, index: IndexPlace) -> Iterator[int]:
    behind, done = True, 0
    while behind:
        step = publish(store, index)
        behind, done = step.behind, done + step.done
        yield done


def _mirror(store: Store, step: Published) -> None:
    """Writes how far the index is; one that is still being built holds nothing yet."""
    reached = 0 if step.building else step.seq
    with store.reading() as connection:
        changed = any(clusters_aside.taken_in(connection, stage, reached) for stage in (STAGE, REJECTED))
        if cursors.get(connection, STAGE) == reached and not changed:
            return
    with store.transaction() as tx:
        cursors.advance(tx, STAGE, reached)
        for stage in (STAGE, REJECTED):
            clusters_aside.forget_taken_in(tx, stage, reached)


def waiting(store: Store) -> int:
    """How many changes of clusters the index has still to take in."""
    with store.reading() as connection:
        return clusters.count_changes(connection, cursors.get(connection, STAGE))
