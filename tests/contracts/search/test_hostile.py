"""What nobody types in earnest is answered or refused by name, read strictly or not, on every engine."""

from __future__ import annotations

import pytest

from index.errors import QueryInvalid
from index.ports import SearchBackend
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import ask, thing
from tests.hostile import strings

STRINGS, LETTERS = 250, 20


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """A search over some letters."""
    return index_of([thing(f"Letter {number} from Peking") for number in range(20)])


def refusal(search: SearchBackend, request: SearchRequest) -> QueryInvalid | None:
    """How a request is refused; None where it is answered."""
    try:
        assert search.search(request).total <= LETTERS
    except QueryInvalid as refused:
        return refused
    return None


def test_each_is_answered_by_the_box_or_costs_too_much(search: SearchBackend) -> None:
    for text in strings(STRINGS):
        refused = refusal(search, ask(text, facets=("level",), histogram=True, relax="auto"))
        assert refused is None or refused.code == "too_dear", (text, refused)


def test_each_is_answered_or_refused_with_its_place_by_strict_reading(search: SearchBackend) -> None:
    refusals = [(text, refusal(search, ask(text, syntax="strict"))) for text in strings(STRINGS)]
    assert 10 < sum(refused is None for _, refused in refusals) < STRINGS - 10
    assert [text for text, refused in refusals if refused and not 0 <= refused.position <= len(text)] == []


def test_each_is_suggested_for_without_a_fault(search: SearchBackend) -> None:
    for text in strings(STRINGS // 5, seed=1):
        assert len(search.suggest(text, EVERYONE)) <= 10
