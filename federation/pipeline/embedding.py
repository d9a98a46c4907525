"""The stage `semantic.embed`: what everybody may know of a thing becomes a vector, the newest first.

Where it stands lies with the vectors and nowhere else, so that a lost or copied store goes on from what it holds; the
cursor in the database mirrors it. A text that did not change is not embedded again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from federation.pipeline import clusters_aside
from federation.pipeline.embedders import embedder_of
from federation.pipeline.progress import Progress
from federation.pipeline.stages import SEMANTIC as STAGE
from federation.pipeline.unifying import load_unified
from federation.storage import cursors, set_aside
from federation.storage.engine import Store
from federation.storage.linkage import clusters
from index.errors import BackendUnavailable, DocumentRejected
from index.semantic.embedder import Embedder
from index.semantic.errors import EmbedderAbsent
from index.semantic.places import drop_others, writer_of
from index.semantic.settings import SemanticSettings
from index.semantic.texts import Passage, passage_of
from index.semantic.vectors import Embedded, Reached, VectorWriter
from mappings.schema.access import PUBLIC

log = logging.getLogger(__name__)

#: changes of one step; a text takes 26 ms and more
BATCH = 32
_RETRY_SECONDS = 30


class _Step(NamedTuple):
    """The clusters that are taken next, and how far the changes are taken in with them."""

    ids: Sequence[str]
    reached: Reached


def embed(store: Store, settings: SemanticSettings, limit: int) -> Progress:
    """Embeds one batch of changed things.

    raises  BackendUnavailable where a service does not answer; EmbedderAbsent where there is no sound model
    """
    try:
        embedder = embedder_of(settings)
        writer = writer_of(settings, embedder)
        step = _next(store, writer.reached, min(limit, BATCH))
        _take_in(store, embedder, writer, step)
    except EmbedderAbsent as error:
        if error.reason == "unreachable":
            raise BackendUnavailable(str(error), _RETRY_SECONDS) from error
        raise
    if step.reached.is_whole and not step.ids:
        drop_others(settings, embedder)
        _mirror(store, step.reached.last)
    return Progress(done=len(step.ids), behind=bool(step.ids) or writer.tidy())


def _next(store: Store, reached: Reached | None, limit: int) -> _Step:
    """What came in since, in its order; then what lay there, the newest first."""
    with store.reading() as connection:
        if reached is None:
            last = clusters.last_seq(connection)
            reached = Reached(first=last + 1, last=last)
        newest = clusters.changes(connection, reached.last, limit)
        if newest:
            return _step(newest, Reached(first=reached.first, last=newest[-1][0]))
        older = clusters.changes_before(connection, reached.first, limit)
        return _step(older, Reached(first=older[-1][0] if older else 0, last=reached.last))


def _step(changes: Sequence[tuple[int, str]], reached: Reached) -> _Step:
    return _Step(tuple(dict.fromkeys(name for _, name in changes)), reached)


def _take_in(store: Store, embedder: Embedder, writer: VectorWriter, step: _Step) -> None:
    with store.reading() as connection:
        public = load_unified(connection, step.ids, PUBLIC)
    passages = {name: passage_of(unified) for name, unified in public.items()}
    known = writer.digests(step.ids)
    changed = {name: each for name, each in passages.items() if name in known and known[name] != each.digest}
    room = max(writer.most - writer.count(), 0)
    new = dict(islice(((name, each) for name, each in passages.items() if name not in known), room))
    sound, odd = _parted(_embedded(embedder, changed | new))
    gone = (known.keys() - passages.keys()) | {each.doc_id for each in odd}
    _set_aside(store, (*odd, *writer.write(sound, gone, step.reached)), step)


def _parted(made: Sequence[Embedded]) -> tuple[list[Embedded], list[DocumentRejected]]:
    """Vectors, and what is none: a number that is not finite would spoil the mean of its whole language."""
    sound = [each for each in made if np.isfinite(each.vector).all()]
    odd = [each for each in made if not np.isfinite(each.vector).all()]
    return sound, [
        DocumentRejected(each.cluster_id, "expected numbers, found some that are not finite") for each in odd
    ]


def _set_aside(store: Store, refused: Sequence[DocumentRejected], step: _Step) -> None:
    """What no engine takes is an issue of the record that the cluster is named after, until it changes (0012)."""
    with store.reading() as connection:
        if not refused and not clusters_aside.taken_in(connection, STAGE, step.reached.last):
            return
    with store.transaction() as tx:
        for each in refused:
            log.warning("the vector of %s is set aside: %s", each.cluster_id, each)
            found = clusters_aside.named(tx.connection, STAGE, each.cluster_id)
            if found is not None:
                set_aside.put(tx, found, f"DocumentRejected: {each.reason}")
        clusters_aside.forget_taken_in(tx, STAGE, step.reached.last)


def _embedded(embedder: Embedder, passages: dict[str, Passage]) -> list[Embedded]:
    if not passages:
        return []
    vectors = embedder.passages([passage.text for passage in passages.values()])
    return [
        Embedded(cluster_id=name, tongue=passage.tongue, digest=passage.digest, vector=vector)
        for (name, passage), vector in zip(passages.items(), vectors, strict=True)
    ]


def _mirror(store: Store, last: int) -> None:
    with store.reading() as connection:
        if cursors.get(connection, STAGE) == last:
            return
    with store.transaction() as tx:
        cursors.advance(tx, STAGE, last)
