"""The publishing stage: changed clusters become documents of the search index.

The index keeps its place beside itself; the cursor in the store only mirrors it, so that everybody can see how far it
is, and is set back to it at every step: an index that was lost or copied back catches up by itself. Runs in one process
that keeps the index's writer open.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from federation.pipeline.progress import Progress
from federation.pipeline.unifying import Clusters
from federation.storage import cursors
from federation.storage.engine import Store
from federation.storage.linkage import clusters
from index.places import AnyPublisher, IndexPlace, publisher_at, rebuilder_at
from index.publishing import Published

STAGE = "publish"

log = logging.getLogger(__name__)


def publish(store: Store, index: IndexPlace) -> Progress:
    """Takes one batch of changes into the index; raises BackendUnavailable where its engine is away."""
    step = _publisher(store, index).step()
    for rejected in step.rejected:
        log.warning("the search index does not take %s", rejected)
    _mirror(store, step)
    return Progress(done=step.done, behind=step.behind)


#: the publisher of this process, by store and index
_open: dict[tuple[str, IndexPlace], AnyPublisher] = {}


def _publisher(store: Store, index: IndexPlace) -> AnyPublisher:
    place = (store.url, index)
    if place in _open and _open[place].is_lost:
        _open.clear()  # there is nothing left to close
    if place not in _open:
        forget()
        _open[place] = publisher_at(index, Clusters(Store(store.url)))
    return _open[place]


def forget() -> None:
    """Gives up the index that is held open; the next step opens it again from where it stands."""
    for publisher in _open.values():
        publisher.close()
    _open.clear()


def rebuild(store: Store, index: IndexPlace) -> Iterator[int]:
    """Makes a generation anew, which answers once it is whole; till then the present one does. Yields what is done."""
    forget()
    _open[store.url, index] = rebuilder_at(index, Clusters(Store(store.url)))
    behind, done = True, 0
    while behind:
        step = publish(store, index)
        behind, done = step.behind, done + step.done
        yield done


def _mirror(store: Store, step: Published) -> None:
    """Writes how far the index is; one that is still being built holds nothing yet."""
    reached = 0 if step.building else step.seq
    with store.reading() as connection:
        if cursors.get(connection, STAGE) == reached:
            return
    with store.transaction() as tx:
        cursors.advance(tx, STAGE, reached)


def waiting(store: Store) -> int:
    """How many changes of clusters the index has still to take in."""
    with store.reading() as connection:
        return clusters.count_changes(connection, cursors.get(connection, STAGE))
