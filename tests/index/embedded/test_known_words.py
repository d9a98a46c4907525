"""Known words are read once in a while, not at every search."""

from __future__ import annotations

from pathlib import Path

from index.embedded.known_words import KnownWords
from index.embedded.schema import opened
from index.generations import live
from tests.contracts.search.things import thing
from tests.index.indexed import Clusters, publish


def test_words_are_read_again_after_some_minutes(tmp_path: Path) -> None:
    clusters = Clusters(thing(f"Ships of war {number}") for number in range(3))
    publish(tmp_path, clusters)
    now = [0.0]
    known = KnownWords(lambda: now[0])

    def words() -> tuple[str, ...]:
        generation = live(tmp_path)
        assert generation is not None
        return known.words([opened(generation.part("open")).searcher()]).words

    assert "ships" in words()
    clusters.put(*(thing(f"Poems {number}") for number in range(3)))
    publish(tmp_path, clusters)
    assert "poems" not in words()
    now[0] = 301.0
    assert "poems" in words()
