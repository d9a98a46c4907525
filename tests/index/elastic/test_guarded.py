"""A cluster with accounts and TLS: the exchange does all its work with the least role, and nothing without it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from index.elastic.backend import ElasticSearch
from index.elastic.cluster import Acknowledged, for_search, for_work
from index.elastic.publishing import ElasticPublisher
from index.elastic.settings import ElasticSettings
from index.elastic.shelf import Shelf
from index.elastic.verifying import verify
from index.errors import BackendUnavailable
from portal_api.dev import elasticsearch as server
from tests.contracts.search.things import ask, thing, titles
from tests.index.elastic.indexed import publish
from tests.index.indexed import Clusters
from tests.peers.guarded_elasticsearch import Guarded, guarded

pytestmark = pytest.mark.elasticsearch


@pytest.fixture(scope="module", name="cluster")
def fixture_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A guarded cluster."""
    if not server.is_here():
        pytest.skip("Elasticsearch cannot be had: Java 17 and Maven are needed")
    with guarded(tmp_path_factory.mktemp("guarded")) as found:
        yield found


def settings(cluster: Guarded, **changed: str) -> ElasticSettings:
    place = ElasticSettings(
        urls=(cluster.url,),
        prefix=cluster.prefix,
        replicas=0,
        username=cluster.username,
        password=cluster.password,
        ca_certs=cluster.ca_certs,
    )
    return msgspec.structs.replace(place, **changed)


def test_the_least_role_does_all_that_an_index_needs(cluster: Guarded) -> None:
    place, clusters = settings(cluster), Clusters([thing("Ships"), thing("Maps")])
    publish(place, clusters)
    work = for_work(place)
    publisher = ElasticPublisher(for_work(place), clusters, begun=Shelf(work).start())
    while publisher.step().behind:
        pass
    publisher.close()
    assert (Shelf(work).live(), verify(work, clusters).whole) == ("000002", True)
    Shelf(work).drop("000001")
    assert sorted(titles(ElasticSearch(for_search(place)))) == ["Maps", "Ships"]
    work.close()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [({"password": "wrong"}, "401"), ({"username": "", "password": ""}, "401"), ({"prefix": "another"}, "403")],
    ids=["a wrong password", "nobody", "another's indices"],
)
def test_nobody_else_is_let_in(cluster: Guarded, changed: dict[str, str], refusal: str) -> None:
    work = for_work(settings(cluster, **changed))
    with pytest.raises(BackendUnavailable, match=refusal):
        work.ask("PUT", f"/{work.settings.prefix}-x", Acknowledged, body={})
    work.close()


def test_a_certificate_that_nobody_vouches_for_is_not_believed(cluster: Guarded) -> None:
    backend = ElasticSearch(for_search(settings(cluster, ca_certs="")))
    with pytest.raises(BackendUnavailable, match="away"):
        backend.search(ask("ships"))
