"""What keeps an index right: held against its source, faults mended, a rebuild and the way back while readers ask."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec

from federation.pipeline.unifying import Clusters
from federation.storage.engine import Store, embedded_url
from federation.storage.opened import close_stores
from index.document_keys import document_keys
from index.embedded.writer import Writer
from index.errors import SearchError
from index.generations import current
from index.places import (
    AnyPublisher,
    IndexPlace,
    live_at,
    publisher_at,
    rebuilder_at,
    returner_to,
    search_at,
    verified_at,
)
from index.ports import ChangeSource, SearchBackend
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from mappings.schema.record import Title
from mappings.schema.unified import UnifiedRecord
from tests.benchmarks.backends import backend, cluster, cluster_index
from tests.benchmarks.catalogue import Words, queries, records
from tests.benchmarks.packed import Packed
from tests.benchmarks.result import Result, measured
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, put
from tests.index import indexed
from tests.index.indexed import Clusters as Made

FAULTS, A_SECOND = 100, 20
#: of an index of so many things so many change at a time
_THINGS, _CHANGED, _ROUNDS = 20_000, 1_000, 10
#: records of a store whose documents are named; no more than are asked for at a time
_STORED = 5_000


def run(count: int) -> list[Result]:
    """Reconciling by part, faults mended, and what readers met while the index was made anew and swapped."""
    made = Packed(records(count))
    with _placed(made) as place:
        with measured() as naming:
            keys = sum(1 for shape in made.shapes(made.ids) for _ in document_keys(shape))
        with measured() as holding:
            whole = verified_at(place, made)
        assert whole.whole, whole
        found = [
            naming.per_cpu_second("reconcile_source_keys", "exchange", keys),
            holding.told("reconcile_whole", round(holding.cpu_seconds, 2), "cpu s", count),
        ]
        if isinstance(place, Path):
            found += _faults(place, made)
        found += _swapped(place, made)
    return [*found, _stored(), _visible()]


@contextmanager
def _placed(made: ChangeSource) -> Iterator[IndexPlace]:
    if backend() == "tantivy":
        with tempfile.TemporaryDirectory() as folder:
            indexed.publish(Path(folder), made)
            yield Path(folder)
        return
    with cluster() as url, cluster_index(url, made) as place:
        yield place


def _faults(place: Path, made: Packed) -> list[Result]:
    """Documents that are taken out by hand are named and made again."""
    generation = current(place)
    assert generation is not None
    chosen = random.Random(5).sample(list(made.ids), FAULTS)
    writer = Writer(generation.part("open"))
    kept = writer.place
    assert kept is not None
    writer.remove(chosen)
    writer.commit(kept)
    writer.close()
    with measured() as mending:
        odd = verified_at(place, made).clusters
        publisher = publisher_at(place, made)
        publisher.repair(odd)
        publisher.close()
        mended = FAULTS - len(verified_at(place, made).clusters)
    assert set(odd) == set(chosen)
    return [mending.told("faults_mended", mended, f"of {FAULTS}", len(made))]


def _stored() -> Result:
    """How fast a store names its documents and their states."""
    chance, words = random.Random(1), Words(random.Random(1))
    held = [
        catalogue_record(number, words.some(5), authors=(f"{words.some(1)}, {chance.choice('ABC')}",))
        for number in range(_STORED)
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(embedded_url(Path(folder)))
        store.create_schema()
        put(store, held)
        link_all(store, limit=500)
        source = Clusters(store)
        with measured() as naming:
            names = source.all_clusters("", _STORED)
            keys = sum(1 for shape in source.shapes(names) for _ in document_keys(shape))
        close_stores()
        store.close()
    return naming.per_cpu_second("reconcile_store_keys", "exchange", keys)


def _visible() -> Result:
    """How long a thousand changes take until readers find the last of them; the slowest of some rounds."""
    things = list(records(_THINGS))
    source, taken = Made(things), []
    with _placed(source) as place:
        publisher, search = publisher_at(place, source), search_at(place)
        with measured() as changing:
            for number in range(_ROUNDS):
                word = f"visible{number}"
                changed = [_retitled(each, word, number) for each in things[:_CHANGED]]
                began = time.perf_counter()
                source.put(*changed)
                while publisher.step().behind:
                    pass
                while search.search(SearchRequest(visibility=EVERYONE, text=word, relax="off")).total < _CHANGED:
                    time.sleep(0.01)
                taken.append(time.perf_counter() - began)
        publisher.close()
    return changing.told("visible_of_1000", round(max(taken), 2), "s", _THINGS)


def _retitled(thing: UnifiedRecord, word: str, number: int) -> UnifiedRecord:
    title = msgspec.structs.replace(thing.title, value=Title(value=f"{word} {thing.title.value.value}"))
    return msgspec.structs.replace(thing, title=title, version=thing.version + number + 1)


def _swapped(place: IndexPlace, made: Packed) -> list[Result]:
    """Readers ask twenty times a second while another generation is made, takes over, and the one before comes back."""
    search, before = search_at(place), live_at(place)
    assert before is not None
    with measured() as building, _asking(search) as told:
        _taken_over(rebuilder_at(place, made))
        time.sleep(2)
        with measured() as returning:
            _taken_over(returner_to(place, before, made))
        time.sleep(2)
    assert live_at(place) == before
    asked, failed = told()
    return [
        building.told("rebuild_asked", asked, "searches", len(made)),
        building.told("rebuild_failed", failed, "searches", len(made)),
        returning.told("rollback", round(returning.wall_seconds, 2), "s", len(made)),
    ]


def _taken_over(publisher: AnyPublisher) -> None:
    """Works a writer to the end of its source, where what it writes becomes what answers."""
    while publisher.step().behind:
        pass
    publisher.close()


@contextmanager
def _asking(search: SearchBackend) -> Iterator[Callable[[], tuple[int, int]]]:
    ended, counts = threading.Event(), [0, 0]

    def ask() -> None:
        texts = queries(500)
        while not ended.wait(1 / A_SECOND):
            counts[0] += 1
            try:
                search.search(SearchRequest(visibility=EVERYONE, text=texts[counts[0] % len(texts)]))
            except SearchError:
                counts[1] += 1

    with ThreadPoolExecutor(max_workers=1) as readers:
        reading = readers.submit(ask)
        try:
            yield lambda: (counts[0], counts[1])
        finally:
            ended.set()
            # what no search may raise ends the benchmark
            reading.result()
