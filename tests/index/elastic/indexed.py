"""A search of a real cluster over given records, under a prefix of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from index.elastic.backend import ElasticSearch
from index.elastic.cluster import for_search, for_work
from index.elastic.publishing import ElasticPublisher
from index.elastic.settings import ElasticSettings
from index.ports import ChangeSource
from mappings.schema.unified import UnifiedRecord
from tests.index.indexed import Clusters


def settings(url: str, *, shards: int = 1) -> ElasticSettings:
    """An exchange's place in a cluster that nobody else has."""
    return ElasticSettings(urls=(url,), prefix=f"test-{secrets.token_hex(6)}", shards=shards, replicas=0)


def publish(place: ElasticSettings, clusters: ChangeSource) -> None:
    """Brings the index up to its clusters."""
    publisher = ElasticPublisher(for_work(place), clusters)
    try:
        while publisher.step().behind:
            pass
    finally:
        publisher.close()


def indexed(place: ElasticSettings, records: Iterable[UnifiedRecord]) -> ElasticSearch:
    """A search over these records."""
    publish(place, Clusters(records))
    return searching(place)


def searching(place: ElasticSettings) -> ElasticSearch:
    """A search of what was published there."""
    return ElasticSearch(for_search(place))


def drop(place: ElasticSettings) -> None:
    """Takes away whatever was made under a prefix."""
    cluster = for_work(place)
    for index in cluster.ask("GET", f"/{place.prefix}-*/_alias", dict[str, object]):
        cluster.ask("DELETE", f"/{index}", dict[str, object])
    cluster.close()
