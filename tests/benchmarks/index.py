"""Unified records into documents, and documents into an embedded index that answers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from index.documents import documents
from index.elastic.bulk import Bulk, Write
from index.elastic.cluster import Acknowledged, for_work
from index.elastic.documents import engine_document, engine_id
from index.elastic.mapping import index_body
from tests.benchmarks.backends import backend, cluster
from tests.benchmarks.catalogue import records
from tests.benchmarks.packed import Packed
from tests.benchmarks.raw_client import SUBJECT, Sent, send
from tests.benchmarks.result import Measured, Result, measured
from tests.index import indexed
from tests.index.elastic.indexed import drop, publish, settings

#: records of which documents are made apart from any engine, and that are sent by the engine's own client too
_SAMPLE, _SENT = 20_000, 50_000
_BATCH = 2_000


def run(count: int) -> list[Result]:
    """Documents made and records indexed per CPU second, and the index's size on disk."""
    made = Packed(records(count))
    sample = list(records(min(count, _SAMPLE)))
    with measured() as making:
        for _ in documents(sample):
            pass
    if backend() != "tantivy":
        with cluster() as url:
            place = settings(url)
            try:
                with measured() as indexing:
                    publish(place, made)
            finally:
                drop(place)
            sent = _sent(made)
            beside = _beside_its_client(url, sent)
        return [
            making.per_cpu_second("index_documents", "exchange", len(sample)),
            indexing.per_wall_second("index_elasticsearch", "exchange", count),
            *beside,
        ]
    with tempfile.TemporaryDirectory() as folder:
        with measured() as indexing:
            indexed.publish(Path(folder), made)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    return [
        making.per_cpu_second("index_documents", "exchange", len(sample)),
        indexing.per_cpu_second("index", "exchange", count),
        indexing.told("index_size", round(size / 2**20, 1), "MiB", count),
    ]


def _sent(made: Packed) -> list[Sent]:
    """Documents as they go to the engine."""
    found: list[Sent] = []
    for start in range(0, min(len(made), _SENT), _BATCH):
        unified = made.unified(made.ids[start : min(start + _BATCH, _SENT)])
        found += [
            Sent(engine_id(each.doc_id), msgspec.json.encode(engine_document(each))) for each in documents(unified)
        ]
    return found


def _beside_its_client(url: str, sent: Sequence[Sent]) -> list[Result]:
    """The same documents by the exchange's bulk and by the client's, twice each, in turns that favour neither."""
    taken: dict[str, list[Measured]] = {SUBJECT: [], "exchange": []}
    for subject in (SUBJECT, "exchange", "exchange", SUBJECT):
        place = settings(url)
        name = f"{place.prefix}-sent"
        working = for_work(place)
        working.ask("PUT", f"/{name}", Acknowledged, body=index_body(place, (f"{name}.write",)))
        with measured() as sending:
            if subject == SUBJECT:
                send(url, name, sent)
            else:
                alias = f"{name}.write"
                writes = (Write(index=alias, id=id_, version=1, source=source) for id_, source in sent)
                assert not Bulk(working).send(writes)
        taken[subject].append(sending)
        working.close()
        drop(place)
    whole = {subject: _joined(each) for subject, each in taken.items()}
    ratio = whole[SUBJECT].wall_seconds / whole["exchange"].wall_seconds
    return [
        *(each.per_wall_second("bulk_elasticsearch", subject, 2 * len(sent)) for subject, each in whole.items()),
        whole["exchange"].per_cpu_second("bulk_client_side", "exchange", 2 * len(sent)),
        whole["exchange"].told("bulk_to_its_client", round(ratio, 3), "times", 2 * len(sent)),
    ]


def _joined(parts: Sequence[Measured]) -> Measured:
    found = Measured()
    found.cpu_seconds = sum(each.cpu_seconds for each in parts)
    found.wall_seconds = sum(each.wall_seconds for each in parts)
    return found
