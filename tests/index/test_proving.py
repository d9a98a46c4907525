"""A new generation answers only if it holds what its source gives; else the present one goes on answering."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from index.embedded.backend import EmbeddedSearch
from index.embedded.writer import Writer
from index.errors import GenerationUnsound, NoGeneration
from index.generations import Generation, all_generations, current, start
from index.publishing import Publisher
from index.verifying import verify
from tests.contracts.search.things import HOLDER, ask, thing, titles
from tests.index.indexed import Clusters, publish

SHIPS = [thing(f"Ships {number}", native_id=str(number)) for number in range(1, 6)]


def search(folder: Path) -> EmbeddedSearch:
    return EmbeddedSearch(folder)


def build(folder: Path, clusters: Clusters, begun: Generation | None = None) -> Publisher:
    """A writer that has taken everything in, and looks at the changes next."""
    publisher = Publisher(folder, clusters, begun=begun)
    publisher.step()
    assert publisher.place.scanned is None
    return publisher


def damage(publisher: Publisher, *cluster_ids: str) -> None:
    """Documents vanish from the generation that is built, as by a fault of the engine."""
    publisher.close()
    writer = Writer(publisher.generation.part("open"))
    writer.remove(cluster_ids)
    place = writer.place
    assert place is not None
    writer.commit(place)
    writer.close()


def test_a_generation_that_lost_documents_is_not_taken_into_use(tmp_path: Path) -> None:
    clusters = Clusters(SHIPS)
    publish(tmp_path, clusters)
    answers = current(tmp_path)
    built = build(tmp_path, clusters, start(tmp_path))
    damage(built, SHIPS[0].id)
    again = Publisher(tmp_path, clusters, begun=built.generation)
    with pytest.raises(GenerationUnsound, match="expected 5 things that everybody can find, found 4"):
        again.step()
    again.close()
    assert current(tmp_path) == answers
    assert len(titles(search(tmp_path))) == 5


def test_the_next_writer_begins_another_in_place_of_one_that_was_put_away(tmp_path: Path) -> None:
    clusters = Clusters(SHIPS)
    damage(build(tmp_path, clusters), SHIPS[0].id)
    with pytest.raises(GenerationUnsound):
        publish(tmp_path, clusters)
    with pytest.raises(NoGeneration):
        search(tmp_path).search(ask(""))
    publish(tmp_path, clusters)
    live = current(tmp_path)
    assert live is not None
    assert (len(all_generations(tmp_path)), verify(live, clusters).whole) == (1, True)


def test_a_document_of_another_state_is_found_in_the_sample(tmp_path: Path) -> None:
    clusters = Clusters(SHIPS)
    publisher = build(tmp_path, clusters)
    # behind the back of the change log
    clusters.present[SHIPS[2].id] = [msgspec.structs.replace(SHIPS[2], version=99)]
    with pytest.raises(GenerationUnsound, match=f"document {SHIPS[2].id}:public as its source gives it"):
        publisher.step()
    publisher.close()


def test_what_is_hidden_is_compared_too(tmp_path: Path) -> None:
    clusters = Clusters([*SHIPS, thing("Seals", native_id="s", audience=HOLDER)])
    publisher = build(tmp_path, clusters)
    clusters.present[thing("Seals", native_id="s").id] = []
    with pytest.raises(GenerationUnsound, match="expected no document"):
        publisher.step()
    publisher.close()


def test_what_changes_meanwhile_is_no_fault_of_the_generation(tmp_path: Path) -> None:
    clusters = Clusters(SHIPS)
    chance = random.Random(1)
    for _ in range(20):
        publisher = build(tmp_path, clusters, start(tmp_path))
        clusters.drop(chance.choice(SHIPS).id)
        clusters.put(chance.choice(SHIPS))
        while publisher.step().behind:
            pass
        assert current(tmp_path) == publisher.generation
        publisher.close()
