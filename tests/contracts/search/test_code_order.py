"""A reference code, or the beginning of one, brings what bears it in the order of codes."""

from __future__ import annotations

from random import Random

import pytest

from index.ports import SearchBackend
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import ask, thing, titles

#: numbers in a code count by value
CODES = ["WA/HMM", *(f"WA/HMM/{number}" for number in range(1, 13)), "WA/HMM/12/a"]
ALIKE = "Box named after WA/HMM"


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """A search over things below a code, others, and one whose title has the words of it."""
    codes = Random(1).sample([*CODES, "WA/HMX/1"], len(CODES) + 1)
    return index_of(
        [
            *(thing(code.replace("/", " to "), holding=(factories.holding(reference_code=code),)) for code in codes),
            thing(ALIKE, holding=(factories.holding(reference_code="A/1"),)),
        ]
    )


EXPECTED = [code.replace("/", " to ") for code in CODES]


@pytest.mark.parametrize("query", ["code:WA/HMM/*", "code:WA/HMM/* -zebra"])
def test_what_lies_below_a_code_comes_in_its_order(search: SearchBackend, query: str) -> None:
    found = titles(search, query, page_size=100)
    assert found == [each for each in EXPECTED if each in found]
    assert len(found) >= len(EXPECTED) - 1


def test_a_bare_code_brings_its_own_in_order_and_its_words_behind(search: SearchBackend) -> None:
    assert titles(search, "wa/hmm", page_size=100) == [*EXPECTED, ALIKE]


def test_the_order_goes_on_from_page_to_page(search: SearchBackend) -> None:
    pages = [search.search(ask("WA/HMM", page=number, page_size=4)) for number in range(1, 6)]
    assert [hit.title for page in pages for hit in page.hits] == [*EXPECTED, ALIKE]
    assert {page.total for page in pages} == {len(EXPECTED) + 1}


def test_an_order_that_was_asked_for_stays(search: SearchBackend) -> None:
    assert titles(search, "WA/HMM", sort="title", page_size=100)[0] == ALIKE


def test_an_identifier_and_what_is_pinned_stand_above_codes(index_of: IndexOf) -> None:
    search = index_of(
        [
            thing("Part 2", holding=(factories.holding(reference_code="X/7/2"),)),
            thing("Part 1", holding=(factories.holding(reference_code="X/7/1"),)),
            thing("Itself", native_id="X/7", holding=(factories.holding(reference_code="Z/9"),)),
        ]
    )
    last = search.search(ask("X/7")).hits[-1]
    assert titles(search, "X/7") == ["Itself", "Part 1", "Part 2"]
    assert titles(search, "X/7", pinned=(last.id,)) == ["Part 2", "Itself", "Part 1"]


def test_the_place_that_is_explained_is_the_place_that_is_shown(search: SearchBackend) -> None:
    hits = search.search(ask("WA/HMM")).hits
    assert [search.explain(ask("WA/HMM"), hit.id).rank for hit in hits] == list(range(1, len(hits) + 1))
