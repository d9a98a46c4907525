"""A search that finds nothing offers words that may have been meant, each proved to be found by the same reader."""

from __future__ import annotations

import pytest

from index.ports import SearchBackend
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """A search over common words, and hidden ones that are common too."""
    hidden = [thing(f"Zyzzogeton {number}", audience=HOLDER) for number in range(5)]
    return index_of([*hidden, *(thing(f"Parish registers of Wellington {number}") for number in range(5))])


@pytest.mark.parametrize(
    ("typed", "meant", "text"),
    [
        ("parsh", "parish", "parish"),
        ("registres welington", "registers wellington", "registers wellington"),
        ("title:parsh -bath", "parish", "title:parish -bath"),
    ],
)
def test_a_misspelt_word_is_offered_as_it_is_written(search: SearchBackend, typed: str, meant: str, text: str) -> None:
    way = search.search(ask(typed)).ways_out[0]
    assert (way.kind, way.label, way.text, way.count) == ("spelling", meant, text, 5)


def test_a_hidden_word_is_offered_to_nobody_else(search: SearchBackend) -> None:
    assert search.search(ask("zyzzogetom")).ways_out == ()
    assert search.search(ask("zyzzogetom", visibility=INSIDE)).ways_out[0].label == "zyzzogeton"


def test_a_word_with_hits_is_not_respelt(search: SearchBackend) -> None:
    assert search.search(ask("parish")).ways_out == ()


def test_a_slip_in_the_catalogue_is_not_offered_beside_a_common_word(index_of: IndexOf) -> None:
    slips = [thing("Parish regsters of Bath"), *(thing(f"Parish registers {number}") for number in range(5))]
    ways = index_of(slips).search(ask("regisers")).ways_out
    assert [way.label for way in ways if way.kind == "spelling"] == ["registers"]


def test_a_name_that_stands_once_is_offered_where_nothing_common_is_near(index_of: IndexOf) -> None:
    search = index_of([thing("Diary of Tolkachov"), *(thing(f"Letters {number}") for number in range(4))])
    (way, *_) = search.search(ask("tolkachev")).ways_out
    assert way.label == "tolkachov"
