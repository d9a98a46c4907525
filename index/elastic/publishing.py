"""Keeps a cluster's index at its source: builds a generation where there is none, then follows the changes.

The place lies in the generation's own state and is written after its documents, so at worst a batch is repeated, which
changes nothing: a document is written with the change that it came from as version, and an older one never wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import msgspec

from index.document import IndexDocument
from index.documents import documents
from index.elastic.bulk import Bulk, Write
from index.elastic.cluster import Cluster, NotThere
from index.elastic.documents import engine_document, engine_id
from index.elastic.held import HeldGeneration
from index.elastic.searching import clusters_ids
from index.elastic.shelf import Kept, Shelf, State, up_to_date
from index.errors import BackendUnavailable, DocumentRejected, GenerationUnsound
from index.generations import PARTS, Part
from index.place import Place
from index.ports import ChangeSource
from index.proving import prove
from index.publishing import BATCH, Batch, Published, next_batch
from mappings.schema.access import PUBLIC

_ENCODER = msgspec.json.Encoder()


class ElasticPublisher:
    """The one writer of an exchange's indices in a cluster; after any fault it goes on from what the cluster holds."""

    def __init__(
        self, cluster: Cluster, source: ChangeSource, *, begun: str | None = None, goes_live: bool = True
    ) -> None:
        """`begun`: the generation that is written; `goes_live`: it answers once it has caught up and proves right."""
        self._cluster, self._source, self._goes_live = cluster, source, goes_live
        self._shelf, self._bulk = Shelf(cluster), Bulk(cluster)
        self._begun = begun
        self._stand: tuple[str, Kept] | None = None
        #: clusters of which the engine did not take every document
        self._refused: set[str] = set()

    @property
    def is_lost(self) -> bool:
        """Never: what somebody took away is found at the next step."""
        return False

    def upcoming(self, limit: int = BATCH) -> Batch:
        """What the next step takes in; raises BackendUnavailable."""
        _, kept = self._stand or self._found()
        return next_batch(self._source, self._place_of(kept), limit)

    def _place_of(self, kept: Kept) -> Place:
        return kept.state.place or Place(seq=self._source.last_seq(), scanned="")

    def step(self, limit: int = BATCH) -> Published:
        """Takes in the next `limit` clusters; a generation that has caught up, and proves right, is made live.

        raises  BackendUnavailable; GenerationUnsound where it does not prove right: it is taken away
        """
        try:
            return self._step(limit)
        except BackendUnavailable as error:
            self._stand = None
            if isinstance(error, NotThere):
                self._begun = None
            raise

    def _step(self, limit: int) -> Published:
        name, kept = self._stand or self._found()
        place = self._place_of(kept)
        batch = next_batch(self._source, place, limit)
        rejected = self._take_in(name, batch.ids, batch.after.seq, fresh=place.scanned is not None)
        if batch.after != kept.state.place:
            if batch.after.scanned is None:
                self._shelf.refresh(name)
            kept = self._shelf.keep(name, msgspec.structs.replace(kept.state, place=batch.after), kept)
        self._stand = name, kept
        self._refused |= {each.cluster_id for each in rejected}
        if not batch.behind and self._shelf.live() != name:
            self._prove(name, batch.after)
            if self._goes_live:
                self._shelf.make_live(name, datetime.now(UTC))
        return batch.published(rejected)

    def _prove(self, name: str, place: Place) -> None:
        """Takes away a generation that is not what its source gives; raises GenerationUnsound."""
        self._shelf.refresh(name)
        indices = {part: self._shelf.index(name, part) for part in PARTS}
        try:
            prove(HeldGeneration(self._cluster, indices), self._source, place, refused=self._refused)
        except GenerationUnsound:
            self._stand = self._begun = None
            self._shelf.drop(name)
            raise

    def _found(self) -> tuple[str, Kept]:
        """The live generation, or one that is being built; a new one where neither can be gone on with."""
        name = self._begun or self._to_go_on_with() or self._shelf.start()
        kept = self._shelf.kept(name)
        if kept is None:
            self._begun = None
            raise NotThere(f"generation {name} of the search index is gone")
        self._shelf.refresh(name)  # what a writer before this one left unseen
        return name, kept

    def _to_go_on_with(self) -> str | None:
        live = self._shelf.live()
        newest = [name for name in reversed(self._shelf.all()) if live is None or name > live]
        for name in filter(None, (live, *newest)):
            kept = self._shelf.kept(name)
            if kept is not None and up_to_date(kept) and _is_of(kept.state, self._source):
                return name
        return None

    def _take_in(self, name: str, ids: Sequence[str], version: int, *, fresh: bool) -> tuple[DocumentRejected, ...]:
        """Writes the documents of these clusters; in a generation with changes behind it takes away what fell away.

        The cluster is not waited for: what it holds is asked for, and what is made is sent, while more is made.

        fresh   no document of theirs can be there but one of the same scan
        """
        with ThreadPoolExecutor(1) as beside:
            held = None if fresh else beside.submit(self._held, name, tuple(ids))
            return self._bulk.send(self._writes(name, ids, version, held))

    def _held(self, name: str, ids: Sequence[str]) -> list[tuple[Part, str]]:
        """The documents of these clusters that a generation shows."""
        indices = {part: self._shelf.index(name, part) for part in PARTS}
        return [(part, each) for part, index in indices.items() for each in clusters_ids(self._cluster, index, ids)]

    def _writes(
        self, name: str, ids: Sequence[str], version: int, held: Future[list[tuple[Part, str]]] | None
    ) -> Iterator[Write]:
        """The documents of these clusters, and then the end of those that are held and no longer made."""
        wanted: set[tuple[Part, str]] = set()
        for document in documents(self._source.unified(ids)):
            part = _part(document)
            wanted.add((part, engine_id(document.doc_id)))
            yield self._write(name, part, document, version)
        for part, gone in held.result() if held else ():
            if (part, gone) not in wanted:
                yield Write(index=self._shelf.written(name, part), id=gone, version=version)

    def _write(self, name: str, part: Part, document: IndexDocument, version: int) -> Write:
        source = _ENCODER.encode(engine_document(document))
        index, id_ = self._shelf.written(name, part), engine_id(document.doc_id)
        return Write(index=index, id=id_, version=version, source=source)

    def repair(self, ids: Sequence[str]) -> tuple[DocumentRejected, ...]:
        """Makes the documents of these clusters anew; how far the source was read stays as it is.

        What was deleted or overwritten by hand has the version after its own, which the next change of the store has at
        least: repaired documents have it too. One that is deleted by hand again before that change comes back when the
        engine has forgotten the deletion, in an hour.
        """
        name, kept = self._stand or self._found()
        after = kept.state.place or Place(seq=self._source.last_seq())
        rejected = self._take_in(name, ids, after.seq + 1, fresh=False)
        self._shelf.refresh(name)
        return rejected

    def close(self) -> None:
        """Gives the connections up."""
        self._cluster.close()


def _part(document: IndexDocument) -> Part:
    return "open" if document.audience == PUBLIC else "closed"


def _is_of(state: State, source: ChangeSource) -> bool:
    """Whether a generation can have been made from this source: it is not ahead of it."""
    return state.place is None or state.place.seq <= source.last_seq()
