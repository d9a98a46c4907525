"""What a search without hits costs in wider ones: a long one tries few, and words are looked for once."""

from __future__ import annotations

import gc

import pytest

from index.query.budget import afforded
from index.query.model import Words
from index.request import SearchRequest
from index.spelling import KnownSpellings, near_among
from index.understanding import Asking, understand
from index.ways_out import ways_out
from mappings.schema.access import EVERYONE


def tried(text: str) -> tuple[int, list[str]]:
    """How many wider searches are counted, and which words near ones are looked for."""
    request = SearchRequest(visibility=EVERYONE, text=text)
    counted: list[Asking] = []
    looked_for: list[str] = []

    def count(_: SearchRequest, wider: Asking) -> int:
        counted.append(wider)
        return 0

    def near(word: str) -> tuple[str, ...]:
        looked_for.append(word)
        return ()

    assert ways_out(request, understand(request), count=count, near=near) == ()
    return len(counted), looked_for


@pytest.mark.parametrize(("size", "most"), [(2, 2), (5, 5), (12, 12), (30, 5), (75, 2)])
def test_a_longer_search_tries_fewer_wider_ones(size: int, most: int) -> None:
    counted, looked_for = tried(" ".join(f"word{number}" for number in range(size)))
    assert counted == most
    assert len(looked_for) == min(size, 16)


def test_near_words_are_looked_for_once_and_only_where_they_are_wanted() -> None:
    read: list[int] = []

    def known() -> KnownSpellings:
        read.append(1)
        return KnownSpellings(("register", "letters"), 2)

    near = near_among(known)
    assert read == []
    assert near("regester") == near("regester") == ("register",)
    assert read == [1]


def test_kept_queries_are_no_work_for_the_collector_of_cycles() -> None:
    tree = Words(text="parish register")
    assert not gc.is_tracked(tree)
    assert not gc.is_tracked(afforded(tree).primitive)
