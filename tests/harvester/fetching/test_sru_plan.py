"""How the searches of an SRU feed are split, and how each answer moves the fetch."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from harvester.fetching.sru_plan import Refusal, Search, SruPlace, Step, Told, advanced, cql, split

TODAY = date(2026, 11, 26)
INDEX = "rec.identifier"


def told(size: int = 0, total: int | None = None, diagnostic: int = 0, digest: str = "") -> Told:
    return Told(size=size, total=total, diagnostic=diagnostic, digest=digest)


def step(place: SruPlace, answer: Told) -> Step:
    found = advanced(place, answer, INDEX, TODAY)
    assert isinstance(found, Step)
    return found


def test_the_feeds_own_query_stays_in_every_part() -> None:
    assert cql("dc.title any x", Search(), INDEX) == "dc.title any x"
    assert cql("a or b", Search(prefix="9"), INDEX) == '(a or b) and rec.identifier = "9*"'
    days = Search(since="2026-01-01", until="2026-02-01")
    assert cql("a or b", days, "dc.date") == '(a or b) and dc.date >= "2026-01-01" and dc.date < "2026-02-01"'


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(2, 40_000))
def test_parts_of_a_span_of_days_meet_edge_to_edge(since: date, days: int) -> None:
    until = since + timedelta(days=days)
    parts = split(Search(since=since.isoformat(), until=until.isoformat()), "dc.date", TODAY)
    assert [parts[0].since, parts[-1].until] == [since.isoformat(), until.isoformat()]
    assert parts[0].until == parts[1].since
    assert all(part.since < part.until for part in parts)


def test_one_day_and_a_long_prefix_are_not_split_any_more() -> None:
    assert split(Search(since="2026-01-01", until="2026-01-02"), "dc.date", TODAY) == ()
    assert split(Search(prefix="abcdefghijkl"), INDEX, TODAY) == ()


def test_a_page_moves_on_by_what_it_held_and_the_last_ends_the_search() -> None:
    first = step(SruPlace(version="1.2"), told(size=10, total=15, digest="a"))
    assert (first.keeps, first.place.position, first.place.claim) == (True, 11, 15)
    assert step(first.place, told(size=5, total=15, digest="b")).place.searches == ()


def test_a_total_of_nothing_is_an_end() -> None:
    assert step(SruPlace(version="1.2"), told(total=0)).place.searches == ()


def test_a_search_that_is_known_to_be_too_large_is_split_before_it_is_fetched() -> None:
    found = step(SruPlace(version="1.2", most=100, claim=500), told(size=10, total=500, digest="a"))
    assert not found.keeps
    assert found.place.searches[0] == Search(prefix="0")
    assert found.place.claim == 500


def test_the_next_version_is_tried_until_one_is_spoken() -> None:
    second = step(SruPlace(version="1.2"), told(diagnostic=5)).place
    third = step(second, told(diagnostic=5)).place
    assert (second.version, third.version) == ("1.1", "2.0")
    assert advanced(third, told(diagnostic=5), INDEX, TODAY) == Refusal(reason="refused")


def test_a_query_that_is_not_accepted_ends_the_fetch_by_name() -> None:
    assert advanced(SruPlace(version="1.2"), told(diagnostic=10), INDEX, TODAY) == Refusal(reason="query_refused")
    assert advanced(SruPlace(version="1.2"), told(diagnostic=66), INDEX, TODAY) == Refusal(reason="schema_refused")
    assert advanced(SruPlace(version="1.2"), told(diagnostic=2), INDEX, TODAY) == Refusal(reason="busy")


def test_a_server_that_is_busy_is_waited_for_wherever_the_fetch_stands() -> None:
    behind = SruPlace(version="1.2", position=101)
    part = SruPlace(version="1.2", searches=(Search(prefix="a"),))
    assert all(advanced(place, told(diagnostic=2), INDEX, TODAY) == Refusal(reason="busy") for place in (behind, part))


def test_an_index_that_is_not_searched_ends_all_parts_and_one_odd_part_only_itself() -> None:
    parts = SruPlace(version="1.2", searches=(Search(prefix="a"), Search(prefix="b")), most=10)
    assert step(parts, told(diagnostic=16)).place.searches == ()
    assert step(parts, told(diagnostic=36)).place.searches == (Search(prefix="b"),)
