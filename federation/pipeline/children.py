"""What runs in the worker processes: parsing a page, and one batch of each stage.

`close` is called last in the transaction that writes a batch, so that its job ends in the same commit. Each child opens
the store by its address, once.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from federation.errors import FeedTooSlow, StepOverdue
from federation.pipeline import (
    dry_run,
    export,
    inheriting,
    keying,
    linking,
    parents_first,
    publish,
    remapping,
    retiring,
    settling,
)
from federation.pipeline import map as mapping
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.enriching import enrich_batch
from federation.pipeline.export import export_batch
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.hosting import host_batch
from federation.pipeline.list_writing import write_batch
from federation.pipeline.mapping_watch import Watch, watching
from federation.pipeline.parent_sources import StoredParents
from federation.pipeline.progress import BATCH, Close, Progress, without_job
from federation.pipeline.record_export import records_batch
from federation.pipeline.tried_hierarchy import TriedHierarchy
from federation.pipeline.unifying import Clusters
from federation.pipeline.weighing import weigh
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.opened import store_of
from federation.storage.set_aside import Subject
from harvester.brake import Weighed
from harvester.oaipmh.page import Page, parse_page
from index.places import IndexPlace
from index.semantic.settings import SemanticSettings
from mappings.schema.raw import RawRecord

log = logging.getLogger(__name__)

T = TypeVar("T")


def within(seconds: float, function: Callable[..., T], *arguments: object) -> T:
    """What `function` gives; raises StepOverdue in its midst once `seconds` have passed."""
    signal.signal(signal.SIGALRM, lambda _number, _frame: _overdue(seconds))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return function(*arguments)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _overdue(seconds: float) -> None:
    raise StepOverdue(f"there was no end after {seconds:g} s")


def parse(body: bytes, feed: str, metadata_prefix: str, http_charset: str | None, learned: str | None) -> Page:
    """`parse_page`, as a child is asked for it; the page says what it cost."""
    begun = time.thread_time()
    page = parse_page(
        body, feed=feed, metadata_prefix=metadata_prefix, http_charset=http_charset, learned_charset=learned
    )
    return msgspec.structs.replace(page, cpu_seconds=time.thread_time() - begun)


def weigh_changed(url: str, changed: Sequence[tuple[int, RawRecord]], are_mapped: bool) -> list[Weighed]:
    """`weigh`, as a child is asked for it."""
    with watching() as watch:
        return weigh(store_of(url), changed, are_mapped=are_mapped, watch=watch)


def settle_once(url: str, limit: int = BATCH, *, close: Close = without_job) -> Progress:
    """Carries out a person's decision over one batch of held records."""
    return settling.settle_batch(store_of(url), limit=limit, close=close)


@repeats_clashes
def map_once(url: str, limit: int = BATCH, *, close: Close = without_job) -> Progress:
    """Maps one batch of changed raw records; where there are none, takes leave of those of retired feeds."""
    with watching() as watch:
        return map_watched(store_of(url), limit, close, watch)


def map_watched(store: Store, limit: int, close: Close, watch: Watch | None) -> Progress:
    """The same, below a watch; slow feeds are left out of every second batch in which anything else waits."""
    # what is worked alone is what `next_to_map` names
    turns = watch.feeds.turns() if watch is not None and limit > 1 else (frozenset[str](),)
    try:
        for without in turns:
            progress = _map_once(store, limit, close, watch, without)
            if progress is not None:
                return progress
    except FeedTooSlow as slow:
        log.warning("%s: fewer of them are mapped at a time", slow)
        return Progress(done=0, behind=True)
    return _retire_once(store, limit, close)


def _map_once(store: Store, limit: int, close: Close, watch: Watch | None, without: frozenset[str]) -> Progress | None:
    """One batch; None where there is none without these feeds."""
    # read before the re-mappings: who sees a new version here sees its re-mapping too, which comes first
    mapper = FeedMapper(store, watch)
    anew = TriedHierarchy(StoredParents(store.reading), lambda raw, find: mapper.fresh(raw, find)[0])
    with store.reading() as connection:
        again = remapping.prepare(connection, mapper, anew, limit, without)
    if again is not None:
        return _remap_once(store, again, close)
    with store.reading() as connection:
        below = inheriting.prepare(connection, mapper, limit, without)
    if below:
        return _inherit_once(store, below, close)
    with store.reading() as connection:
        prepared = mapping.prepare(connection, mapper, limit, parents_first.way_of(limit), without=without)
    if prepared.is_above:
        return _inherit_once(store, prepared.results, close)
    if not prepared.results and not prepared.put_off:
        return None
    with store.transaction() as tx:
        progress = mapping.write(tx, prepared)
        close(tx, progress)
    return progress


def _remap_once(store: Store, again: remapping.Remapped, close: Close) -> Progress:
    with store.transaction() as tx:
        progress = remapping.write(tx, again)
        close(tx, progress)
    return progress


def _inherit_once(store: Store, below: Sequence[mapping.MappedRaw], close: Close) -> Progress:
    with store.transaction() as tx:
        progress = inheriting.write(tx, below)
        close(tx, progress)
    return progress


def _retire_once(store: Store, limit: int, close: Close) -> Progress:
    with store.reading() as connection:
        if not retiring.waiting(connection):
            return Progress(done=0, behind=False)
    with store.transaction() as tx:
        progress = retiring.write(tx, limit)
        close(tx, progress)
    return progress


def next_to_map(url: str) -> Subject | None:
    """The raw record that the mapping stage takes up next: of a re-mapping, below a changed one, else a changed one.

    What stands above the latter two, and is still to be mapped, comes before them.
    """
    with store_of(url).reading() as connection:
        below = inheriting.next_one(connection) or mapping.next_one(connection)
        return remapping.next_one(connection) or parents_first.next_one(connection, below)


def read(url: str, asked: Callable[[sa.Connection], T]) -> T:
    """What `asked` finds at this moment."""
    with store_of(url).reading() as connection:
        return asked(connection)


@repeats_clashes
def dry_run_once(url: str, *, close: Close = without_job) -> Progress:
    """Makes one dry run that is asked for."""
    store = store_of(url)
    found = dry_run.next_one(store)
    if found is None:
        return Progress(done=0, behind=False)
    with store.transaction() as tx:
        progress = dry_run.write(tx, found)
        close(tx, progress)
    return progress


@repeats_clashes
def key_once(url: str, limit: int = BATCH, *, close: Close = without_job) -> Progress:
    """Gives one batch of changed catalogue records their features and keys."""
    store = store_of(url)
    with store.reading() as connection:
        prepared = keying.prepare(connection, limit)
    if not prepared.results:
        return Progress(done=0, behind=False)
    with store.transaction() as tx:
        progress = keying.write(tx, prepared)
        close(tx, progress)
    return progress


@repeats_clashes
def link_once(url: str, limit: int = BATCH, *, close: Close = without_job) -> Progress:
    """Links one batch of keyed records."""
    store = store_of(url)
    with store.reading() as connection:
        prepared = linking.prepare(connection, limit)
    if not prepared.changed:
        return Progress(done=0, behind=False)
    with store.transaction() as tx:
        progress = linking.write(tx, prepared)
        close(tx, progress)
    return progress


@repeats_clashes
def publish_once(url: str, index: IndexPlace, limit: int) -> Progress:
    """Takes one batch of changes into the search index; always in the same process, which keeps the writer."""
    return publish.publish(store_of(url), index, limit)


def embed_once(url: str, settings: SemanticSettings, limit: int) -> Progress:
    """Gives one batch of changed things their vectors; the extra is imported where it is on."""
    if not settings.is_on:
        return Progress(done=0, behind=False)
    from federation.pipeline.embedding import embed

    return embed(store_of(url), settings, limit)


@repeats_clashes
def list_once(url: str, folder: str, index: IndexPlace, *, close: Close = without_job) -> Progress:
    """Takes the next list that somebody asked for one step further."""
    return write_batch(store_of(url), Path(folder), index, close)


def next_to_publish(url: str, index: IndexPlace) -> Subject | None:
    """The cluster that the search index takes in next."""
    return publish.next_one(store_of(url), index)


@repeats_clashes
def export_once(url: str, settings: ExportSettings, *, limit: int = BATCH, close: Close = without_job) -> Progress:
    """Takes one batch of changes into the rows that `/oai` serves."""
    store = store_of(url)
    return export_batch(store, Clusters(store, export.STAGE), settings, limit=limit, close=close)


@repeats_clashes
def host_once(url: str, limit: int = BATCH, *, close: Close = without_job) -> Progress:
    """Takes one batch of changes into what `/oai/hosted` serves."""
    return host_batch(store_of(url), limit=limit, close=close)


@repeats_clashes
def records_once(url: str, settings: ExportSettings, *, limit: int = BATCH, close: Close = without_job) -> Progress:
    """Takes one batch of changed records into what `/oai/records` serves."""
    return records_batch(store_of(url), settings, limit=limit, close=close)


@repeats_clashes
def enrich_once(url: str, settings: ExportSettings, *, limit: int = BATCH, close: Close = without_job) -> Progress:
    """Takes one batch of changes into what `/oai/enriched` serves."""
    return enrich_batch(store_of(url), settings, limit=limit, close=close)
