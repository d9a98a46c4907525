"""The stages, a row each: what runs a batch of one, where, how far it is behind, and which stages it wakes.

A new stage is a row here. Its function lives in `children`; it runs in a worker process, a batch at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.pipeline import (
    children,
    dry_run,
    enriching,
    export,
    hosting,
    inheriting,
    keying,
    linking,
    list_writing,
    record_export,
    remapping,
    retiring,
    settling,
)
from federation.pipeline import map as mapping
from federation.pipeline.enriching import STAGE as ENRICH
from federation.pipeline.export import STAGE as EXPORT
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.hosting import STAGE as HOST
from federation.pipeline.progress import Close, Progress
from federation.pipeline.publish import STAGE as PUBLISH
from federation.pipeline.record_export import STAGE as RECORDS
from federation.storage import first_changes, hosted, raw_records
from federation.storage.cursors import get as cursor
from federation.storage.first_changes import Since
from federation.storage.linkage import clusters
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction
from index.places import IndexPlace
from index.publishing import BATCH as PUBLISH_BATCH
from index.semantic.settings import SemanticSettings

SEMANTIC = "semantic.embed"

#: `process`: any worker process; `index`: always the same one, which keeps the index's writer open
Lane = Literal["process", "index"]


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What stages need besides the store."""

    export: ExportSettings
    index: IndexPlace
    semantic: SemanticSettings = SemanticSettings()
    #: folder of the lists that people ask for; empty = none are written
    lists: str = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """One batch that is asked for."""

    #: of the store
    url: str
    surroundings: Surroundings
    #: most changes taken in, where the stage can be told
    limit: int
    #: called last in the transaction that writes the batch; a stage that writes elsewhere leaves it uncalled
    close: Close


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the pipeline."""

    name: str
    lane: Lane = "process"
    once: Callable[[Batch], Progress]
    #: how many changes it has still to take in
    waiting: Callable[[sa.Connection], int]
    #: since when the first of them waits; None where the stage reads what bears no time of its own
    since: Since | None = None
    #: names of the stages that read what it writes
    wakes: tuple[str, ...] = ()
    #: what it takes up next, by its numbers alone; None where a batch is one whole thing, which nothing is set aside of
    next_one: Callable[[Batch], Subject | None] | None = None
    #: False where the settings leave it out: it has no work then
    is_wanted: Callable[[Surroundings], bool] = lambda _around: True
    #: ends such a whole thing over which the stage failed; False where there is none
    give_up: Callable[[Transaction, str], bool] | None = None

    @property
    def passes_by(self) -> bool:
        """Whether one thing that it cannot take in stops nothing else."""
        return self.next_one is not None or self.give_up is not None


def _changes(stage: str) -> Callable[[sa.Connection], int]:
    return lambda connection: clusters.count_changes(connection, cursor(connection, stage))


def _unmapped(connection: sa.Connection) -> int:
    changed = raw_records.count_waiting(connection, cursor(connection, mapping.STAGE))
    again = remapping.waiting(connection) + inheriting.waiting(connection)
    return changed + again + retiring.waiting(connection)


def _read(next_one: Callable[[sa.Connection], Subject | None]) -> Callable[[Batch], Subject | None]:
    return lambda batch: children.read(batch.url, next_one)


def _published_at_once(limit: int) -> int:
    """The index takes more in at a time than the store does."""
    return PUBLISH_BATCH if limit > 1 else limit


_ALL = (
    # decisions are rare: the look for what nobody asked for finds its work
    Stage(
        name=settling.STAGE,
        once=lambda batch: children.settle_once(batch.url, batch.limit, close=batch.close),
        waiting=settling.waiting,
        wakes=(mapping.STAGE,),
    ),
    Stage(
        name=mapping.STAGE,
        once=lambda batch: children.map_once(batch.url, batch.limit, close=batch.close),
        next_one=lambda batch: children.next_to_map(batch.url),
        waiting=_unmapped,
        since=first_changes.of_raw_records(mapping.STAGE),
        wakes=("key", RECORDS),
    ),
    Stage(
        name=keying.STAGE,
        once=lambda batch: children.key_once(batch.url, batch.limit, close=batch.close),
        next_one=_read(keying.next_one),
        waiting=keying.waiting,
        since=first_changes.of_catalogue_records(keying.STAGE),
        wakes=("link",),
    ),
    Stage(
        name=linking.STAGE,
        once=lambda batch: children.link_once(batch.url, batch.limit, close=batch.close),
        next_one=_read(linking.next_one),
        waiting=linking.waiting,
        wakes=(PUBLISH, EXPORT, ENRICH),
    ),
    Stage(
        name=PUBLISH,
        lane="index",
        once=lambda batch: children.publish_once(batch.url, batch.surroundings.index, _published_at_once(batch.limit)),
        next_one=lambda batch: children.next_to_publish(batch.url, batch.surroundings.index),
        waiting=_changes(PUBLISH),
        since=first_changes.of_clusters(PUBLISH),
    ),
    Stage(
        name=EXPORT,
        once=lambda batch: children.export_once(
            batch.url, batch.surroundings.export, limit=batch.limit, close=batch.close
        ),
        next_one=_read(export.next_one),
        waiting=_changes(EXPORT),
        since=first_changes.of_clusters(EXPORT),
    ),
    Stage(
        name=RECORDS,
        once=lambda batch: children.records_once(
            batch.url, batch.surroundings.export, limit=batch.limit, close=batch.close
        ),
        next_one=_read(record_export.next_one),
        waiting=record_export.waiting,
        since=first_changes.of_catalogue_records(RECORDS),
    ),
    Stage(
        name=ENRICH,
        once=lambda batch: children.enrich_once(
            batch.url, batch.surroundings.export, limit=batch.limit, close=batch.close
        ),
        next_one=_read(enriching.next_one),
        waiting=enriching.waiting,
    ),
    # few feeds are of files: the look for what nobody asked for finds its work
    Stage(
        name=HOST,
        once=lambda batch: children.host_once(batch.url, batch.limit, close=batch.close),
        next_one=_read(hosting.next_one),
        waiting=hosted.waiting,
    ),
    Stage(
        name=dry_run.STAGE,
        once=lambda batch: children.dry_run_once(batch.url, close=batch.close),
        waiting=dry_run.waiting,
        give_up=dry_run.give_up,
    ),
)

#: what an extra does beside the path of a record; nobody waits for it
_EXTRAS = (
    Stage(
        name=SEMANTIC,
        once=lambda batch: children.embed_once(batch.url, batch.surroundings.semantic, batch.limit),
        waiting=_changes(SEMANTIC),
        is_wanted=lambda around: around.semantic.is_on,
    ),
    # the door that takes a wish in asks for the job too
    Stage(
        name=list_writing.STAGE,
        once=lambda batch: children.list_once(
            batch.url, batch.surroundings.lists, batch.surroundings.index, close=batch.close
        ),
        waiting=list_writing.waiting,
        is_wanted=lambda around: bool(around.lists),
        give_up=list_writing.give_up,
    ),
)

#: name -> stage, in the order of the path of a record
PATH: Mapping[str, Stage] = {stage.name: stage for stage in _ALL}
STAGES: Mapping[str, Stage] = {**PATH, **{stage.name: stage for stage in _EXTRAS}}
