"""What runs in the worker processes: parsing a page, and one batch of each stage.

`close` is called last in the transaction that writes a batch, so that its job ends in the same commit. Each child opens
the store by its address, once. A child dies with its parent, so that a killed exchange leaves nobody writing.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from federation.errors import StepOverdue
from federation.pipeline import dry_run, export, keying, linking, publish, remapping, retiring, settling
from federation.pipeline import map as mapping
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.enriching import enrich_batch
from federation.pipeline.export import export_batch
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.hosting import host_batch
from federation.pipeline.progress import Close, Progress, without_job
from federation.pipeline.record_export import records_batch
from federation.pipeline.unifying import Clusters
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.set_aside import Subject
from harvester.oaipmh.page import Page, parse_page
from index.places import IndexPlace
from index.semantic.settings import SemanticSettings

T = TypeVar("T")

#: PR_SET_PDEATHSIG of prctl(2)
_SET_PARENT_DEATH_SIGNAL = 1

#: new objects before the collector looks for circles: a batch makes hundreds of thousands of records that have none
_COLLECT_AFTER = 100_000

MAP_BATCH = 500
LINK_BATCH = 500


def start_child() -> None:
    """Ties this child's life to its parent; interrupts are the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_COLLECT_AFTER)
    die_with_parent()
    exchange = multiprocessing.parent_process()
    if exchange is not None and not exchange.is_alive():
        # killed while this child was starting: nobody will ever ask it for anything
        os._exit(1)


def die_with_parent() -> None:
    """Lets the system kill this process when the one that started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


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


#: address -> the store that this process opened there
_stores: dict[str, Store] = {}


def store_of(url: str) -> Store:
    """The store at `url`, opened once a process."""
    if url not in _stores:
        _stores[url] = Store(url)
    return _stores[url]


def close_stores() -> None:
    """Closes what `store_of` opened here."""
    while _stores:
        _stores.popitem()[1].close()


def parse(body: bytes, feed: str, metadata_prefix: str, http_charset: str | None, learned: str | None) -> Page:
    """`parse_page`, as a child is asked for it."""
    return parse_page(
        body, feed=feed, metadata_prefix=metadata_prefix, http_charset=http_charset, learned_charset=learned
    )


def settle_once(url: str, limit: int = MAP_BATCH, *, close: Close = without_job) -> Progress:
    """Carries out a person's decision over one batch of held records."""
    return settling.settle_batch(store_of(url), limit=limit, close=close)


@repeats_clashes
def map_once(url: str, limit: int = MAP_BATCH, *, close: Close = without_job) -> Progress:
    """Maps one batch of changed raw records; where there are none, takes leave of those of retired feeds."""
    store = store_of(url)
    # read before the re-mappings: who sees a new version here sees its re-mapping too, which comes first
    mapper = FeedMapper(store)
    with store.reading() as connection:
        again = remapping.prepare(connection, mapper, limit)
    if again is not None:
        return _remap_once(store, again, close)
    with store.reading() as connection:
        prepared = mapping.prepare(connection, mapper, limit)
    if not prepared.results:
        return _retire_once(store, limit, close)
    with store.transaction() as tx:
        progress = mapping.write(tx, prepared)
        close(tx, progress)
    return progress


def _remap_once(store: Store, again: remapping.Remapped, close: Close) -> Progress:
    with store.transaction() as tx:
        progress = remapping.write(tx, again)
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
    """The raw record that the mapping stage takes up next: of a re-mapping, else a changed one."""
    with store_of(url).reading() as connection:
        return remapping.next_one(connection) or mapping.next_one(connection)


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
def key_once(url: str, limit: int = LINK_BATCH, *, close: Close = without_job) -> Progress:
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
def link_once(url: str, limit: int = LINK_BATCH, *, close: Close = without_job) -> Progress:
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


def next_to_publish(url: str, index: IndexPlace) -> Subject | None:
    """The cluster that the search index takes in next."""
    return publish.next_one(store_of(url), index)


@repeats_clashes
def export_once(url: str, settings: ExportSettings, *, limit: int = LINK_BATCH, close: Close = without_job) -> Progress:
    """Takes one batch of changes into the rows that `/oai` serves."""
    store = store_of(url)
    return export_batch(store, Clusters(store, export.STAGE), settings, limit=limit, close=close)


@repeats_clashes
def host_once(url: str, limit: int = LINK_BATCH, *, close: Close = without_job) -> Progress:
    """Takes one batch of changes into what `/oai/hosted` serves."""
    return host_batch(store_of(url), limit=limit, close=close)


@repeats_clashes
def records_once(
    url: str, settings: ExportSettings, *, limit: int = LINK_BATCH, close: Close = without_job
) -> Progress:
    """Takes one batch of changed records into what `/oai/records` serves."""
    return records_batch(store_of(url), settings, limit=limit, close=close)


@repeats_clashes
def enrich_once(url: str, settings: ExportSettings, *, limit: int = LINK_BATCH, close: Close = without_job) -> Progress:
    """Takes one batch of changes into what `/oai/enriched` serves."""
    return enrich_batch(store_of(url), settings, limit=limit, close=close)
