"""Three processes are one cluster: one of them is killed under load, nothing is missing and reading goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from index.elastic.backend import ElasticSearch
from index.elastic.cluster import Acknowledged, for_search, for_work
from index.elastic.publishing import ElasticPublisher
from index.elastic.settings import ElasticSettings
from index.elastic.verifying import verify
from index.errors import BackendUnavailable
from portal_api.dev import elasticsearch as server
from portal_api.dev.elasticsearch import Node
from tests.contracts.search.things import ask, thing
from tests.index.indexed import Clusters

pytestmark = pytest.mark.elasticsearch

THINGS, BATCH = 300, 20
#: until the two that are left have noticed and taken over
SETTLING_SECONDS = 120.0


@pytest.fixture(name="nodes")
def fixture_nodes() -> Iterator[Sequence[Node]]:
    """The nodes of a cluster."""
    if not server.is_here():
        pytest.skip("Elasticsearch cannot be had: Java 17 and Maven are needed")
    with server.running(3) as started:
        yield started


class Reader(threading.Thread):
    """Somebody who searches again and again."""

    def __init__(self, place: ElasticSettings) -> None:
        super().__init__(daemon=True)
        self._place, self.stopped = place, threading.Event()
        self.answered = self.away = 0
        self.odd: list[BaseException] = []

    def run(self) -> None:
        backend = ElasticSearch(for_search(self._place))
        while not self.stopped.wait(0.05):
            try:
                backend.search(ask("ships"))
                self.answered += 1
            except BackendUnavailable:
                self.away += 1
            except Exception as odd:
                self.odd.append(odd)

    def until(self, answered: int) -> None:
        """Waits for so many answers."""
        end = time.monotonic() + SETTLING_SECONDS
        while self.answered < answered:
            assert time.monotonic() < end, "nobody is answered any more"
            time.sleep(0.1)


def test_a_node_is_lost_under_load_and_no_document_is(nodes: Sequence[Node]) -> None:
    place = ElasticSettings(urls=tuple(node.url for node in nodes), prefix="three", shards=3, replicas=1)
    clusters = Clusters([thing(f"Ships of fleet {number}", native_id=f"n{number}") for number in range(THINGS)])
    work = for_work(place)
    publisher = ElasticPublisher(work, clusters)
    publish(publisher)
    work.ask("GET", "/_cluster/health/three-*", Acknowledged, params={"wait_for_status": "green", "timeout": "60s"})
    for number in range(THINGS, 2 * THINGS):
        clusters.put(thing(f"Ships of fleet {number}", native_id=f"n{number}"))
    reader = Reader(place)
    reader.start()
    for _ in range(5):
        publisher.step(BATCH)
    nodes[1].kill()
    publish(publisher)
    before = reader.answered
    reader.until(before + 20)
    reader.stopped.set()
    reader.join()
    found = verify(work, clusters)
    publisher.close()
    assert not reader.odd
    assert (found.whole, found.documents) == (True, 2 * THINGS)


def publish(publisher: ElasticPublisher) -> None:
    """Goes on to the end; what the cluster does not take while it settles is sent again."""
    until, behind = time.monotonic() + SETTLING_SECONDS, True
    while behind:
        try:
            behind = publisher.step(BATCH).behind
        except BackendUnavailable:
            assert time.monotonic() < until, "the cluster did not come back"
            time.sleep(0.5)
