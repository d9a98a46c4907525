"""Across languages the search by meaning finds what words cannot, and known items stay where they were."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.index.indexed import indexed
from tests.model import model
from tests.relevance.collection import Collection
from tests.relevance.cross_lingual import cross_lingual
from tests.relevance.judging import judge
from tests.relevance.meaning import near_to

#: of each direction: enough to tell, few enough for every change
PAIRS = 20


def some() -> Collection:
    """The first pairs of each direction, among their own things."""
    whole = cross_lingual()
    sets = tuple(msgspec.structs.replace(each, queries=each.queries[:PAIRS]) for each in whole.sets)
    wanted = {name for each in sets for query in each.queries for name in query.grades}
    documents = tuple(each for each in whole.documents if each.id in wanted)
    return Collection(name=whole.name, documents=documents, sets=sets)


def test_there_are_sixty_pairs_in_each_direction() -> None:
    assert [(each.name, len({query.text for query in each.queries})) for each in cross_lingual().sets] == [
        ("zh_to_en", 60),
        ("en_to_zh", 60),
    ]


@pytest.mark.semantic
def test_what_no_word_finds_is_found_by_meaning_in_both_directions(tmp_path: Path) -> None:
    model()
    pairs = some()
    search = indexed(tmp_path, pairs.documents)
    by_words = {each.set: each.measures.hit_at_10 for each in judge(search, pairs, "words")}
    with near_to(pairs.documents) as search.nearness:
        fused = {each.set: each.measures.hit_at_10 for each in judge(search, pairs, "both", "auto")}
    # other names of concepts lead some of them from one language into the other
    assert max(by_words.values()) <= 0.35
    assert min(fused.values()) >= 0.85
