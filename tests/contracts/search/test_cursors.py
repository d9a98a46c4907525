"""Walking through hits: every one once, in the order of the pages, whatever changes meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from index.orders import Reached
from index.ports import SearchBackend
from index.request import SearchRequest, Sort
from index.results import SearchHit
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing, titles

#: of which many fall on the same day, or on none
THINGS = 57
WALKED: tuple[Sort, ...] = ("date", "date_desc", "added", "changed", "id")


def things() -> Iterator[UnifiedRecord]:
    """Things of a few years, some undated, a third of them for their holder alone."""
    for number in range(THINGS):
        year = 1800 + number % 5
        dates = (factories.date(str(year)),) if number % 4 else ()
        audience = HOLDER if number % 3 == 0 else "public"
        yield thing(f"Letter {number}", audience=audience, dates=dates)


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """A search over them."""
    return index_of(list(things()))


def walked(search: SearchBackend, request: SearchRequest) -> list[SearchHit]:
    """Every hit, from one place reached to the next."""
    found: list[SearchHit] = []
    while True:
        answer = search.search(request)
        assert answer.before == len(found)
        found += answer.hits
        if answer.reached is None:
            assert len(found) == answer.total
            return found
        request = msgspec.structs.replace(request, after=answer.reached)


def test_what_came_last_is_first_and_what_changed_last_is_last(index_of: IndexOf) -> None:
    came = ("2026-03-01T00:00:00.000000Z", "2026-01-01T00:00:00.000000Z", "2026-02-01T00:00:00.000000Z")
    made = [
        msgspec.structs.replace(
            each, members=tuple(msgspec.structs.replace(one, first_seen=when, seq=seq) for one in each.members)
        )
        for each, when, seq in zip(map(thing, ("A", "B", "C")), came, (7, 9, 8), strict=True)
    ]
    search = index_of(made)
    assert titles(search, sort="added") == ["A", "C", "B"]
    assert titles(search, sort="changed") == ["A", "C", "B"]


@pytest.mark.parametrize("sort", WALKED)
def test_a_walk_gives_what_one_long_page_gives(search: SearchBackend, sort: Sort) -> None:
    request = ask("letter", visibility=INSIDE, sort=sort, page_size=7)
    whole = search.search(msgspec.structs.replace(request, page_size=100)).hits
    assert len(whole) == THINGS
    assert walked(search, request) == list(whole)


@pytest.mark.parametrize("sort", WALKED)
def test_a_walk_goes_back_over_the_same_hits(search: SearchBackend, sort: Sort) -> None:
    request = ask("letter", visibility=INSIDE, sort=sort, page_size=7)
    whole = list(search.search(msgspec.structs.replace(request, page_size=100)).hits)
    answer = search.search(request)
    while answer.reached is not None:
        answer = search.search(msgspec.structs.replace(request, after=answer.reached))
    found = list(answer.hits)
    while answer.begun is not None:
        answer = search.search(msgspec.structs.replace(request, after=answer.begun))
        assert answer.before + len(answer.hits) + len(found) == THINGS
        found = [*answer.hits, *found]
    assert found == whole
    again = search.search(msgspec.structs.replace(request, after=answer.reached))
    assert again.hits == tuple(whole[len(answer.hits) : len(answer.hits) + 7])


def test_what_is_asked_without_words_is_walked_too(search: SearchBackend) -> None:
    assert len({hit.id for hit in walked(search, ask("*", page_size=5))}) == THINGS - THINGS // 3


def test_the_whole_is_counted_and_facets_with_it_wherever_the_walk_stands(search: SearchBackend) -> None:
    request = ask("letter", sort="id", page_size=10, facets=("level",))
    first = search.search(request)
    later = search.search(msgspec.structs.replace(request, after=first.reached))
    assert (later.total, later.facets, later.before) == (first.total, first.facets, 10)


def test_an_order_that_ends_with_its_pages_reaches_nothing(search: SearchBackend) -> None:
    assert search.search(ask("letter", page_size=5)).reached is None
    assert search.search(ask("letter", sort="title", page_size=5)).reached is None


def test_a_walk_beyond_the_last_hit_is_empty(search: SearchBackend) -> None:
    beyond = Reached(value=2**60, order_key=0, given=THINGS)
    answer = search.search(ask("letter", sort="id", after=beyond))
    assert (answer.hits, answer.reached) == ((), None)
