"""What people pinned to a query comes first and says so; it is nobody's who may not see it."""

from __future__ import annotations

import pytest

from index.best_bets import bet_key, with_bets
from index.ports import SearchBackend
from index.query.cql import parse_cql
from index.query.syntax import parse
from index.request import FacetFilter, SearchRequest
from index.results import SearchHit
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing

LETTERS = [thing(f"Letters of {name}") for name in ("Ann", "Bess", "Cath", "Dora")]
GUIDE = thing("What those who seek ancestors read", level="file")
SECRET = thing("Sealed papers", audience=HOLDER)


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """Letters, a guide, and something for its holder alone."""
    return index_of([*LETTERS, GUIDE, SECRET])


def pinned(text: str = "letters", **fields: object) -> SearchRequest:
    """A request to whose query the guide, a letter and the sealed papers are pinned."""
    return ask(text, pinned=(GUIDE.id, LETTERS[2].id, SECRET.id), **fields)  # type: ignore[arg-type]


def marked(hits: tuple[SearchHit, ...]) -> list[str]:
    """Ids of the hits that say they were pinned."""
    return [hit.id for hit in hits if hit.why and hit.why[0].how == "pinned"]


def test_pins_come_first_in_their_order_once_and_say_so(search: SearchBackend) -> None:
    answer = search.search(pinned(facets=("level",)))
    assert [hit.id for hit in answer.hits[:2]] == [GUIDE.id, LETTERS[2].id] == marked(answer.hits)
    assert answer.total == len({hit.id for hit in answer.hits}) == len(LETTERS) + 1
    assert sum(each.count for each in answer.facets["level"]) == answer.total


def test_a_pin_shows_nobody_what_they_may_not_see(search: SearchBackend) -> None:
    assert SECRET.id not in {hit.id for hit in search.search(pinned()).hits}
    assert SECRET.id in marked(search.search(pinned(visibility=INSIDE)).hits)


def test_a_pin_stands_within_the_filters_and_lifts_nothing_in_other_orders(search: SearchBackend) -> None:
    narrowed = pinned(filters=(FacetFilter(facet="level", values=("item",)),))
    assert marked(search.search(narrowed).hits) == [LETTERS[2].id]
    titles = [hit.title for hit in search.search(pinned(sort="title")).hits]
    assert titles == sorted(titles)


def test_pages_follow_on_behind_the_pins(search: SearchBackend) -> None:
    whole = [hit.id for hit in search.search(pinned()).hits]
    parts = [hit.id for page in (1, 2, 3) for hit in search.search(pinned(page=page, page_size=2)).hits]
    assert parts == whole


def test_a_query_is_known_by_what_it_asks_in_every_notation() -> None:
    bets = {bet_key(parse("Parish Régisters", "lenient").tree): ("c-1",)}
    for request in (
        ask("  parish   registers "),
        ask("ＰＡＲＩＳＨ registers"),
        ask(tree=parse_cql('cql.serverChoice all "parish registers"').tree),
    ):
        assert with_bets(request, bets).pinned == ("c-1",)
    for other in ("parish OR registers", '"parish registers"', "parish", "title:(parish registers)"):
        assert with_bets(ask(other), bets).pinned == ()
