"""Lists of every hit: whole, each thing once, as they stood when the list was begun, and none that is cut short."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import msgspec
import pytest

from index.engine import Engine
from index.errors import BackendUnavailable, TooManyHits
from index.moments import MomentSearch
from index.ports import SearchBackend
from index.query.primitives import Primitive
from index.request import LAST_HIT, SearchRequest
from index.results import SearchHit
from index.scanning import MOST_OPEN, Scan, Scans
from mappings.schema.access import EVERYONE
from mappings.schema.unified import UnifiedRecord
from tests.contracts.search.conftest import Following, IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing
from tests.index.indexed import Clusters

#: more than two pages of an engine, so that the walk goes on twice
PUBLIC, INNER = 2_100, 40


def things() -> Iterator[UnifiedRecord]:
    """Many letters, some of them for their holder alone, and a few diaries."""
    yield from (thing(f"Letter {number}") for number in range(PUBLIC))
    yield from (thing(f"Inner letter {number}", audience=HOLDER) for number in range(INNER))
    yield from (thing(f"Diary {'leaf ' * number}") for number in range(5))


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """A search over them."""
    return index_of(list(things()))


def pages(scan: Scan) -> list[SearchHit]:
    """Every hit that is left of a scan, which is closed."""
    found: list[SearchHit] = []
    try:
        while page := scan.page():
            found += page
    finally:
        scan.close()
    return found


def scanned(search: SearchBackend, request: SearchRequest, most: int = 100_000) -> list[SearchHit]:
    """Every hit of a request."""
    scan = search.scan(request, most)
    found = pages(scan)
    assert len(found) == scan.total
    return found


def test_everything_that_matches_comes_once_in_the_order_of_ids(search: SearchBackend) -> None:
    found = [hit.id for hit in scanned(search, ask("letter", relax="auto"))]
    assert len(set(found)) == PUBLIC
    assert found[:100] == [hit.id for hit in search.search(ask("letter", sort="id", page_size=100)).hits]


def test_what_pages_can_show_comes_in_the_order_asked_for(search: SearchBackend) -> None:
    for request in (ask("diary leaf"), ask("diary", sort="title"), ask("diary", prefer="riverside")):
        plain = [
            msgspec.structs.replace(hit, title_spans=(), snippets=(), why=())
            for hit in search.search(msgspec.structs.replace(request, page_size=100)).hits
        ]
        assert scanned(search, request) == plain


def test_a_reader_gets_what_they_may_see_and_nothing_else(search: SearchBackend) -> None:
    inside = {hit.title for hit in scanned(search, ask("letter", visibility=INSIDE))}
    outside = {hit.title for hit in scanned(search, ask("letter", visibility=EVERYONE))}
    assert len(inside) == PUBLIC + INNER
    assert inside - outside == {f"Inner letter {number}" for number in range(INNER)}


def test_a_list_beyond_the_readers_limit_is_refused_with_both_numbers(search: SearchBackend) -> None:
    with pytest.raises(TooManyHits, match=f"at most {LAST_HIT:,} hits in a list, found {PUBLIC:,}"):
        search.scan(ask("letter"), LAST_HIT)
    assert len(scanned(search, ask("letter"), PUBLIC)) == PUBLIC


def test_what_is_not_to_be_found_is_an_empty_list_and_is_widened_as_a_page_is(search: SearchBackend) -> None:
    assert scanned(search, ask("zymurgy", relax="auto")) == []
    assert len(scanned(search, ask("diery", relax="auto"))) == 5
    assert scanned(search, ask("diery")) == []


def test_by_id_a_hit_is_had_by_its_number_at_any_depth(search: SearchBackend) -> None:
    order = [hit.id for hit in scanned(search, ask("letter", visibility=INSIDE))]
    last = len(order)
    for first in (1, 7, LAST_HIT - 3, LAST_HIT, LAST_HIT + 1, 1_777, last - 20, last, last + 1):
        request = ask("letter", visibility=INSIDE, sort="id", first_hit=first, page_size=20)
        answer = search.search(request)
        assert [hit.id for hit in answer.hits] == order[first - 1 : first + 19]
        assert (answer.total, answer.before) == (last, first - 1)
        assert (answer.reached is None) == (first + 19 >= last)


def test_in_other_orders_hits_end_where_pages_do(search: SearchBackend) -> None:
    for sort in ("relevance", "title", "date"):
        request = ask("letter", sort=sort, first_hit=LAST_HIT - 4, page_size=20)
        assert len(search.search(request).hits) == 5
        assert search.search(msgspec.structs.replace(request, first_hit=LAST_HIT + 1)).hits == ()


def test_a_list_stays_as_it_was_begun_while_the_index_changes(following: Following) -> None:
    clusters = Clusters(thing(f"Letter {number}") for number in range(PUBLIC))
    search, follow = following(clusters)
    scan = search.scan(ask("letter"), 100_000)
    first = scan.page()
    for number in range(0, PUBLIC, 2):
        clusters.drop(thing(f"Letter {number}").id)
    clusters.put(*(thing(f"Late letter {number}") for number in range(100)))
    follow()
    found = {hit.title for hit in (*first, *pages(scan))}
    assert found == {f"Letter {number}" for number in range(PUBLIC)}
    assert len(scanned(search, ask("letter"))) == PUBLIC // 2 + 100


class Growing:
    """An engine whose index grows behind its first count (`index.engine.Engine`)."""

    def __init__(self, engine: Engine, grow: Callable[[], None]) -> None:
        self._engine, self._grow = engine, grow

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def count(self, query: Primitive) -> int:
        """How many there were before it grew."""
        found = self._engine.count(query)
        self._grow()
        return found


def test_what_comes_after_the_count_makes_a_list_longer_or_refused_and_cuts_nothing(following: Following) -> None:
    clusters = Clusters(thing(f"Letter {number}") for number in range(LAST_HIT - 10))
    search, follow = following(clusters)
    assert isinstance(search, MomentSearch)

    def grow() -> None:
        more = len(clusters.present)
        clusters.put(*(thing(f"Late letter {number}") for number in range(more, more + 40)))
        follow()

    engine = cast(Engine, Growing(search.moment(EVERYONE), grow))
    found = pages(Scans().open(engine, ask("letter"), 100_000, ("", 0)))
    titles = {hit.title for hit in found}
    late = {title for title in titles if title.startswith("Late")}
    assert (len(titles), len(titles - late)) == (len(found), LAST_HIT - 10)
    assert len(late) in (0, 40)
    if late:  # the engine's calls see different moments
        with pytest.raises(TooManyHits, match=f"found {LAST_HIT + 70:,}"):
            Scans().open(engine, ask("letter"), LAST_HIT + 35, ("", 0))


def test_so_many_lists_are_written_at_once_and_the_next_is_asked_for_patience(search: SearchBackend) -> None:
    held = [search.scan(ask("letter"), 100_000) for _ in range(MOST_OPEN)]
    with pytest.raises(BackendUnavailable, match="as many lists as can be"):
        search.scan(ask("letter"), 100_000)
    for scan in held:
        scan.close()
        scan.close()
    assert len(scanned(search, ask("diary"))) == 5
