"""Where an index lies, a folder or a cluster, and what is done with either: the one place that chooses an engine.

The cluster's client is an extra: its modules are imported where a cluster is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from index import generations
from index.elastic.settings import ElasticSettings
from index.embedded.backend import EmbeddedSearch
from index.errors import NoGeneration
from index.ports import ChangeSource, SearchBackend
from index.publishing import BATCH, Batch, Published, Publisher
from index.verifying import Verified, verify

#: a folder of the embedded engine, or an exchange's indices in a cluster
IndexPlace = Path | ElasticSettings


class AnyPublisher(Protocol):
    """The one writer of an index."""

    @property
    def is_lost(self) -> bool:
        """Whether somebody took away what it has open."""

    def upcoming(self, limit: int = BATCH) -> Batch:
        """What the next step takes in; raises BackendUnavailable."""

    def step(self, limit: int = BATCH) -> Published:
        """Takes in the next clusters; raises BackendUnavailable."""

    def close(self) -> None:
        """Gives the index up."""


def search_at(place: IndexPlace) -> SearchBackend:
    """The search of an index."""
    if isinstance(place, Path):
        return EmbeddedSearch(place)
    from index.elastic.backend import ElasticSearch
    from index.elastic.cluster import for_search

    return ElasticSearch(for_search(place))


def publisher_at(place: IndexPlace, source: ChangeSource) -> AnyPublisher:
    """The writer that goes on with an index; raises BackendUnavailable."""
    if isinstance(place, Path):
        return Publisher(place, source)
    from index.elastic.cluster import for_work
    from index.elastic.publishing import ElasticPublisher

    return ElasticPublisher(for_work(place), source)


def rebuilder_at(place: IndexPlace, source: ChangeSource) -> AnyPublisher:
    """The writer of a new generation, which answers once it is whole; raises BackendUnavailable."""
    if isinstance(place, Path):
        return Publisher(place, source, begun=generations.start(place))
    from index.elastic.cluster import for_work
    from index.elastic.publishing import ElasticPublisher
    from index.elastic.shelf import Shelf

    cluster = for_work(place)
    return ElasticPublisher(cluster, source, begun=Shelf(cluster).start())


def generations_at(place: IndexPlace) -> Sequence[str]:
    """Every generation, oldest first."""
    if isinstance(place, Path):
        return [each.name for each in generations.all_generations(place)]
    from index.elastic.cluster import for_work
    from index.elastic.shelf import Shelf

    return Shelf(for_work(place)).all()


def verified_at(place: IndexPlace, source: ChangeSource) -> Verified:
    """The live generation held against its source; raises NoGeneration."""
    if isinstance(place, Path):
        generation = generations.current(place)
        if generation is None:
            raise NoGeneration
        return verify(generation, source)
    from index.elastic.cluster import for_work
    from index.elastic.verifying import verify as verify_cluster

    return verify_cluster(for_work(place), source)
