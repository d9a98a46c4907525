"""A cluster that is away, slow or busy: what readers and writers are told, and how soon."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from index.elastic.breaker import Breaker
from index.elastic.bulk import Bulk, Write
from index.elastic.cluster import Acknowledged, Cluster, for_search, for_work
from index.elastic.settings import ElasticSettings
from index.elastic.vector_reading import ClusterReader
from index.errors import BackendUnavailable

#: request body -> status and answer
Answer = Callable[[bytes], tuple[int, object]]


@contextmanager
def answering(answer: Answer, signed: list[str] | None = None) -> Iterator[ElasticSettings]:
    """A peer on this machine that speaks as much of the protocol as one request takes.

    signed   is given what each request signs in with
    """

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, said = answer(body)
            if signed is not None:
                signed.append(self.headers.get("authorization", ""))
            coded = msgspec.json.encode(said)
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("content-type", "application/vnd.elasticsearch+json;compatible-with=8")
            self.send_header("content-length", str(len(coded)))
            self.end_headers()
            self.wfile.write(coded)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield ElasticSettings(urls=(f"http://127.0.0.1:{server.server_address[1]}",))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def nobody() -> ElasticSettings:
    """An address where nothing listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return ElasticSettings(urls=(f"http://127.0.0.1:{listening.getsockname()[1]}",))


def write(name: str, size: int = 1) -> Write:
    return Write(index="x.write", id=name, version=1, source=b'{"a":"' + b"x" * size + b'"}')


def test_a_breaker_opens_after_three_failures_and_lets_one_probe_pass() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(3):
        assert breaker.wait_seconds() == 0
        breaker.failed()
    assert breaker.wait_seconds() == 20
    now[0] = 20.0
    assert (breaker.wait_seconds(), breaker.wait_seconds()) == (0, 20)
    breaker.succeeded()
    assert breaker.wait_seconds() == 0


def test_failures_that_lie_apart_do_not_open_it() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(5):
        breaker.failed()
        now[0] += 6
    assert breaker.wait_seconds() == 0


def test_a_reader_is_told_when_to_come_back() -> None:
    cluster = for_search(nobody(), clock=lambda: 0.0)
    for _ in range(3):
        with pytest.raises(BackendUnavailable):
            cluster.ask("POST", "/x/_search", Acknowledged, body={})
    with pytest.raises(BackendUnavailable) as told:
        cluster.ask("POST", "/x/_search", Acknowledged, body={})
    assert told.value.retry_after_seconds == 20
    cluster.close()


def test_what_a_busy_cluster_did_not_take_is_sent_again_alone() -> None:
    sent: list[list[str]] = []

    def answer(body: bytes) -> tuple[int, object]:
        ids = [line["index"]["_id"] for line in map(msgspec.json.decode, body.splitlines()) if "index" in line]
        sent.append(ids)
        statuses = {name: 429 if name == "b" and len(sent) == 1 else 201 for name in ids}
        return 200, {"items": [{"index": {"status": status}} for status in statuses.values()]}

    with answering(answer) as place:
        cluster, slept = for_work(place), list[float]()
        assert Bulk(cluster, sleep=slept.append, chance=random.Random(1)).send(map(write, "abc")) == ()
        cluster.close()
    assert sent == [["a", "b", "c"], ["b"]]
    assert [0.25 <= seconds <= 0.5 for seconds in slept] == [True]


def test_a_cluster_that_stays_busy_ends_the_batch() -> None:
    with answering(lambda _: (429, {"error": {"type": "es_rejected"}})) as place:
        cluster, slept = for_work(place), list[float]()
        with pytest.raises(BackendUnavailable):
            Bulk(cluster, sleep=slept.append).send([write("a")])
        cluster.close()
    assert len(slept) == 7


def test_portions_are_cut_by_number_and_size() -> None:
    sizes: list[int] = []

    def answer(body: bytes) -> tuple[int, object]:
        count = len(body.splitlines()) // 2
        sizes.append(count)
        return 200, {"items": [{"index": {"status": 201}}] * count}

    with answering(answer) as place:
        cluster = for_work(place)
        Bulk(cluster).send([*(write(str(n)) for n in range(501)), write("large", 7_999_990)])
        cluster.close()
    assert sorted(sizes) == [1, 1, 500]


def test_a_key_is_sent_where_one_is_set() -> None:
    signed: list[str] = []
    with answering(lambda _: (200, {}), signed) as place:
        cluster = for_work(msgspec.structs.replace(place, api_key="secret"))
        cluster.ask("POST", "/_refresh", Acknowledged, body={})
        cluster.close()
    assert signed == ["ApiKey secret"]


class Watched(Cluster):
    """A cluster that says whether its connections were given up."""

    closed = False

    def close(self) -> None:
        self.closed = True
        super().close()


def test_a_reader_of_vectors_that_cannot_be_opened_keeps_no_connection() -> None:
    """Each search tries to open it while there are none: what it leaves open would add up."""
    cluster = Watched(nobody(), timeout_seconds=2)
    with pytest.raises(BackendUnavailable):
        ClusterReader(cluster, "some-model")
    assert cluster.closed
