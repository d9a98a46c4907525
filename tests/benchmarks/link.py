"""Linking as records stream in: from catalogue records to clusters, in batches, on SQLite with full syncing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from federation.pipeline.children import key_once, link_once
from federation.storage.engine import Store, embedded_url
from mappings.schema.record import CatalogueRecord
from tests.benchmarks.result import Result, measured
from tests.benchmarks.words import Words
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import put

_BATCH = 2_000


def run(records: int) -> list[Result]:
    """One in ten of `records` describes what another one does."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(embedded_url(Path(folder)))
        store.create_schema()
        made = list(_records(records))
        for start in range(0, records, _BATCH):
            put(store, made[start : start + _BATCH])
        with measured() as taken:
            while key_once(store.url).behind:
                pass
            while link_once(store.url).behind:
                pass
        store.close()
    return [taken.per_cpu_second("link", "exchange", records)]


def _records(count: int) -> Iterator[CatalogueRecord]:
    words = Words()
    former = (words.title(), words.name(), words.year())
    for number in range(1, count + 1):
        if number % 10:
            former = (words.title(), words.name(), words.year())
        title, name, year = former
        yield catalogue_record(number, title, feed=f"feed-{number % 4}", authors=(name,), year=year)
