"""Where an index lies, a folder or a cluster, and what is done with either: the one place that chooses an engine.

The cluster's client is an extra: its modules are imported where a cluster is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from index import generations
from index.best_bets import BestBets, no_bets
from index.elastic.settings import ElasticSettings
from index.embedded.backend import EmbeddedSearch
from index.errors import DocumentRejected, GenerationRefused, NoGeneration
from index.holders import OtherNames, no_other_names
from index.moments import MomentSearch
from index.nearness import Nearness
from index.ports import ChangeSource
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

    def repair(self, ids: Sequence[str]) -> tuple[DocumentRejected, ...]:
        """Makes the documents of these clusters anew; raises BackendUnavailable."""

    def close(self) -> None:
        """Gives the index up."""


def search_at(
    place: IndexPlace,
    bets: BestBets = no_bets,
    nearness: Nearness | None = None,
    *,
    names: OtherNames = no_other_names,
) -> MomentSearch:
    """The search of an index; with `nearness` it finds by meaning too.

    bets    what people pinned to queries
    names   what institutions are called besides
    """
    found = _search_at(place, bets, names)
    found.nearness = nearness
    return found


def _search_at(place: IndexPlace, bets: BestBets, names: OtherNames) -> MomentSearch:
    if isinstance(place, Path):
        return EmbeddedSearch(place, bets=bets, names=names)
    from index.elastic.backend import ElasticSearch
    from index.elastic.cluster import for_search

    return ElasticSearch(for_search(place), bets=bets, names=names)


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


def next_at(place: IndexPlace, source: ChangeSource) -> AnyPublisher:
    """The writer of a generation beside the live one, which goes on answering; raises BackendUnavailable.

    A next one that was begun before is gone on with.
    """
    if isinstance(place, Path):
        begun = generations.next_one(place) or generations.start(place)
        return Publisher(place, source, begun=begun, goes_live=False)
    from index.elastic.cluster import for_work
    from index.elastic.publishing import ElasticPublisher
    from index.elastic.shelf import Shelf

    cluster = for_work(place)
    shelf = Shelf(cluster)
    return ElasticPublisher(cluster, source, begun=shelf.next_one() or shelf.start(), goes_live=False)


def standing_at(place: IndexPlace) -> Sequence[generations.Standing]:
    """Every generation and how it stands, oldest first."""
    if isinstance(place, Path):
        return generations.standing(place)
    from index.elastic.cluster import for_work
    from index.elastic.shelf import Shelf

    return Shelf(for_work(place)).standing()


def returner_to(place: IndexPlace, name: str, source: ChangeSource) -> AnyPublisher:
    """The writer that brings a generation that does not answer up to its source and makes it live then.

    raises  GenerationRefused where there is none of this name, or another version made it; BackendUnavailable
    """
    if isinstance(place, Path):
        generation = _found(place, name)
        if not generations.is_up_to_date(generation):
            raise GenerationRefused(name, _OTHER_VERSION)
        return Publisher(place, source, begun=generation)
    from index.elastic.cluster import for_work
    from index.elastic.publishing import ElasticPublisher
    from index.elastic.shelf import Shelf, up_to_date

    cluster = for_work(place)
    _known(name, Shelf(cluster).all())
    if not up_to_date(Shelf(cluster).kept(name)):
        raise GenerationRefused(name, _OTHER_VERSION)
    return ElasticPublisher(cluster, source, begun=name)


_OTHER_VERSION = "another version of the program made it; rebuild the index instead"


def _known(name: str, names: Sequence[str]) -> None:
    if name not in names:
        raise GenerationRefused(name, f"there is none of this name, there are: {', '.join(names) or 'none'}")


def _found(folder: Path, name: str) -> generations.Generation:
    known = {each.name: each for each in generations.all_generations(folder)}
    _known(name, list(known))
    return known[name]


def live_at(place: IndexPlace) -> str | None:
    """The generation that answers; None where there is none."""
    if isinstance(place, Path):
        generation = generations.current(place)
        return generation.name if generation else None
    from index.elastic.cluster import for_work
    from index.elastic.shelf import Shelf

    return Shelf(for_work(place)).live()


def drop_at(place: IndexPlace, name: str) -> None:
    """Takes a generation away; raises GenerationRefused for the one that answers, or a name that none has."""
    if name == live_at(place):
        raise GenerationRefused(name, "it answers; make another one live first")
    if isinstance(place, Path):
        generations.drop(place, _found(place, name))
        return
    from index.elastic.cluster import for_work
    from index.elastic.shelf import Shelf

    shelf = Shelf(for_work(place))
    _known(name, shelf.all())
    shelf.drop(name)


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
