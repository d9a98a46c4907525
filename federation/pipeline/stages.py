"""The stages, a row each: what runs a batch of one, where, how far it is behind, and which stages it wakes.

A new stage is a row here. Its function lives in `children`; it runs in a worker process, a batch at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.pipeline import children, dry_run, keying, linking, remapping, retiring
from federation.pipeline import map as mapping
from federation.pipeline.export import STAGE as EXPORT
from federation.pipeline.export import ExportSettings
from federation.pipeline.hosting import STAGE as HOST
from federation.pipeline.progress import Close, Progress
from federation.pipeline.publish import STAGE as PUBLISH
from federation.storage import hosted, raw_records
from federation.storage.cursors import get as cursor
from federation.storage.linkage import clusters
from index.places import IndexPlace

#: `process`: any worker process; `index`: always the same one, which keeps the index's writer open
Lane = Literal["process", "index"]


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What stages need besides the store."""

    export: ExportSettings
    index: IndexPlace


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
    #: names of the stages that read what it writes
    wakes: tuple[str, ...] = ()
    #: passes the one record that ended its worker process; None where the stage rejects no records
    pass_crashed: Callable[[Batch], Progress] | None = None


def _changes(stage: str) -> Callable[[sa.Connection], int]:
    return lambda connection: clusters.count_changes(connection, cursor(connection, stage))


def _unmapped(connection: sa.Connection) -> int:
    changed = raw_records.count_waiting(connection, cursor(connection, mapping.STAGE))
    return changed + remapping.waiting(connection) + retiring.waiting(connection)


_ALL = (
    Stage(
        name=mapping.STAGE,
        once=lambda batch: children.map_once(batch.url, batch.limit, close=batch.close),
        pass_crashed=lambda batch: children.pass_crashed(batch.url, close=batch.close),
        waiting=_unmapped,
        wakes=("key",),
    ),
    Stage(
        name=keying.STAGE,
        once=lambda batch: children.key_once(batch.url, batch.limit, close=batch.close),
        waiting=keying.waiting,
        wakes=("link",),
    ),
    Stage(
        name=linking.STAGE,
        once=lambda batch: children.link_once(batch.url, batch.limit, close=batch.close),
        waiting=linking.waiting,
        wakes=(PUBLISH, EXPORT),
    ),
    Stage(
        name=PUBLISH,
        lane="index",
        once=lambda batch: children.publish_once(batch.url, batch.surroundings.index),
        waiting=_changes(PUBLISH),
    ),
    Stage(
        name=EXPORT,
        once=lambda batch: children.export_once(batch.url, batch.surroundings.export, close=batch.close),
        waiting=_changes(EXPORT),
    ),
    # few feeds are of files: the look for what nobody asked for finds its work
    Stage(
        name=HOST,
        once=lambda batch: children.host_once(batch.url, batch.limit, close=batch.close),
        waiting=hosted.waiting,
    ),
    Stage(
        name=dry_run.STAGE,
        once=lambda batch: children.dry_run_once(batch.url, close=batch.close),
        waiting=dry_run.waiting,
    ),
)

#: name -> stage, in the order of the path of a record
STAGES: Mapping[str, Stage] = {stage.name: stage for stage in _ALL}

BATCH = 500
