"""Keeps an embedded index at its source: builds a generation where there is none, then follows the changes.

One publisher of a folder, in one process. Its place lies in the generation and nowhere else, so an index that was lost,
copied back or left half written goes on from what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from index.documents import documents
from index.embedded.held import HeldGeneration
from index.embedded.writer import Writer
from index.errors import DocumentRejected, GenerationUnsound
from index.generations import (
    PARTS,
    Generation,
    Part,
    all_generations,
    current,
    is_up_to_date,
    make_live,
    put_away,
    start,
)
from index.place import Place
from index.ports import ChangeSource
from index.proving import prove
from mappings.schema.access import PUBLIC

BATCH = 2_000


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What one step did."""

    #: clusters taken in
    done: int
    #: more wait
    behind: bool
    #: the last change that the index holds now; of a generation that is being built the one that it began at
    seq: int
    #: the generation is not whole yet
    building: bool = False
    rejected: tuple[DocumentRejected, ...] = ()


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The clusters that are read next."""

    ids: tuple[str, ...]
    #: where the source is read to with them
    after: Place
    #: more wait behind them
    behind: bool

    def published(self, rejected: tuple[DocumentRejected, ...]) -> Published:
        """What taking them in did."""
        building = self.after.scanned is not None
        return Published(
            done=len(self.ids), behind=self.behind, seq=self.after.seq, building=building, rejected=rejected
        )


def next_batch(source: ChangeSource, place: Place, limit: int) -> Batch:
    """At most `limit` clusters from a place on: any while a generation is begun, then the changed ones."""
    if place.scanned is None:
        changes = source.changes(place.seq, limit)
        ids = tuple(dict.fromkeys(change.cluster_id for change in changes))
        return Batch(ids=ids, after=Place(seq=changes[-1].seq) if changes else place, behind=len(changes) == limit)
    ids = tuple(source.all_clusters(place.scanned, limit))
    return Batch(ids=ids, after=Place(seq=place.seq, scanned=ids[-1] if len(ids) == limit else None), behind=True)


class Publisher:
    """The one writer of a folder's index."""

    def __init__(
        self,
        folder: Path,
        source: ChangeSource,
        *,
        heap_bytes: int = 50_000_000,
        begun: Generation | None = None,
        goes_live: bool = True,
    ) -> None:
        """`begun`: the generation that is written; `goes_live`: it answers once it has caught up and proves right."""
        self._folder, self._source, self._heap, self._goes_live = folder, source, heap_bytes, goes_live
        self._generation = begun or _to_go_on_with(folder, source)
        self._writers = self._opened()
        #: clusters of which the engine did not take every document
        self._refused: set[str] = set()

    def _opened(self) -> dict[Part, Writer]:
        return {part: Writer(self._generation.part(part), heap_bytes=self._heap) for part in PARTS}

    @property
    def generation(self) -> Generation:
        """The generation that is written."""
        return self._generation

    @property
    def is_lost(self) -> bool:
        """Whether somebody took the generation away."""
        return any(not (self._generation.part(part) / "meta.json").exists() for part in PARTS)

    @property
    def place(self) -> Place:
        """How far it has read the source."""
        places = [writer.place for writer in self._writers.values()]
        known = [place for place in places if place is not None]
        return min(known, key=lambda place: place.order) if len(known) == len(PARTS) else self._beginning()

    def _beginning(self) -> Place:
        return Place(seq=self._source.last_seq(), scanned="")

    def upcoming(self, limit: int = BATCH) -> Batch:
        """What the next step takes in."""
        return next_batch(self._source, self.place, limit)

    def step(self, limit: int = BATCH) -> Published:
        """Takes in the next `limit` clusters and commits; a generation that has caught up and proves right goes live.

        raises  GenerationUnsound where it does not prove right: it is put away, and the next writer begins another
        """
        batch = self.upcoming(limit)
        rejected = self._take_in(batch.ids, batch.after)
        self._refused |= {each.cluster_id for each in rejected}
        if not batch.behind and current(self._folder) != self._generation:
            self._prove(batch.after)
            if self._goes_live:
                make_live(self._folder, self._generation, datetime.now(UTC))
        return batch.published(rejected)

    def _prove(self, place: Place) -> None:
        """Puts away a generation that is not what its source gives; raises GenerationUnsound."""
        try:
            prove(HeldGeneration(self._generation), self._source, place, refused=self._refused)
        except GenerationUnsound:
            put_away(self._generation)
            raise

    def _take_in(self, ids: Sequence[str], after: Place, *, anyhow: bool = False) -> tuple[DocumentRejected, ...]:
        rejected: list[DocumentRejected] = []
        for writer in self._writers.values():
            writer.remove(ids)
        for document in documents(self._source.unified(ids)):
            try:
                self._writers["open" if document.audience == PUBLIC else "closed"].add(document)
            except DocumentRejected as error:
                rejected.append(error)
        for writer in self._writers.values():
            if anyhow or writer.place != after:
                writer.commit(after)
        return tuple(rejected)

    def repair(self, ids: Sequence[str]) -> tuple[DocumentRejected, ...]:
        """Makes the documents of these clusters anew; how far the source was read stays as it is."""
        return self._take_in(ids, self.place, anyhow=True)

    def close(self) -> None:
        """Gives the folder up."""
        for writer in self._writers.values():
            writer.close()


def _to_go_on_with(folder: Path, source: ChangeSource) -> Generation:
    """The live generation, or one that was begun; a new one where neither can be gone on with.

    One that somebody builds beside the live one is left to them.
    """
    found = [each for each in (current(folder), *reversed(all_generations(folder))) if each is not None]
    now = current(folder)
    for each in found:
        is_free = each == now or (not each.is_being_written and (now is None or each.name >= now.name))
        if is_free and is_up_to_date(each) and _is_of(each, source):
            return each
    return start(folder)


def _is_of(generation: Generation, source: ChangeSource) -> bool:
    """Whether a generation can have been made from this source: it is not ahead of it."""
    place = generation.place
    return place is not None and place.seq <= source.last_seq()
