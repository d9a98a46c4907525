"""Pieces of what stands and what changed, on every database."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from federation.storage import export_history, export_sets, exports
from federation.storage.engine import Store
from federation.storage.export_history import Span, Whole
from tests.portal_api.oai_provider.exported import START, Clock, offered, put

WHOLE = Whole(before="9999")


@pytest.fixture(name="filled")
def fixture_filled(store: Store) -> Store:
    """Ten items on one day, two a second, four of them changed and one deleted in one second of the next."""
    clock = Clock()
    timed = Store(store.url, now=clock, database_now=clock)
    for start in range(0, 10, 2):
        sets = ("institution:river", "institution:hill")
        put(timed, [offered(f"c-{start + n}", "T", sets[n]) for n in range(2)])
        clock.pass_seconds(1)
    clock.pass_seconds(24 * 3600)
    put(timed, [*(offered(f"c-{n}", "T2", "institution:hill") for n in range(4)), offered("c-9", None)])
    timed.close()
    return store


def standing(store: Store, whole: Whole, size: int) -> list[list[str]]:
    with store.reading() as connection:
        spans = export_history.standing_spans(connection, whole, size=size)
        return [
            [each.item for each in export_history.standing(connection, whole, after=span.after, until=span.until)]
            for span in spans
        ]


def test_every_living_item_stands_in_one_piece(filled: Store) -> None:
    assert standing(filled, WHOLE, 4) == [["c-4", "c-5", "c-6", "c-7"], ["c-8"], ["c-0", "c-1", "c-2", "c-3"]]


def test_what_was_stamped_in_one_second_stays_together_however_much_it_is(filled: Store) -> None:
    assert standing(filled, WHOLE, 3) == [["c-4", "c-5"], ["c-6", "c-7", "c-8"], ["c-0", "c-1", "c-2", "c-3"]]
    assert standing(filled, Whole(before="2026"), 4) == []


def changed(store: Store) -> list[tuple[str, str]]:
    """Item and kind of every change that is kept, in order."""
    with store.reading() as connection:
        return [(each.item, each.kind) for each in export_history.changes(connection, WHOLE, after="", until="9999")]


def forgotten(store: Store, now: datetime) -> int:
    timed = Store(store.url, now=lambda: now, database_now=lambda: now)
    with timed.transaction() as tx:
        dropped = export_history.forget(tx)
    timed.close()
    return dropped


@pytest.fixture(name="lived")
def fixture_lived(store: Store) -> Store:
    """Over three days: `a` changes twice, `b` is deleted, `c` is deleted and comes back."""
    for day, titles in enumerate([("A", "B", "C"), ("A2", None, None), ("A3", None, "C2")]):
        clock = Clock(START + timedelta(days=day))
        timed = Store(store.url, now=clock, database_now=clock)
        put(timed, [offered(item, title) for item, title in zip("abc", titles, strict=True)])
        timed.close()
    return store


def test_changes_are_forgotten_once_they_are_listed_no_longer_but_never_how_an_item_stands(lived: Store) -> None:
    assert forgotten(lived, START + timedelta(days=401)) == 0
    every = changed(lived)
    assert forgotten(lived, START + timedelta(days=402)) == 3
    assert changed(lived) == every[3:]
    assert forgotten(lived, START + timedelta(days=9_000)) == 2
    assert changed(lived) == [("b", "deleted"), ("a", "changed"), ("c", "changed")]


def test_the_lists_that_are_kept_stay_as_they_were(lived: Store) -> None:
    now = START + timedelta(days=402)
    since = export_history.kept_since(exports.second(now))
    with lived.reading() as connection:
        before = export_history.daily_spans(connection, WHOLE, since=since, size=10)
    forgotten(lived, now)
    with lived.reading() as connection:
        assert export_history.daily_spans(connection, WHOLE, since=since, size=10) == before


def test_forgetting_is_done_once_a_day_and_in_pieces(lived: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_history, "MOST_FORGOTTEN", 2)
    now = START + timedelta(days=402)
    assert [forgotten(lived, now) for _ in range(4)] == [2, 1, 0, 0]


def test_a_set_has_pieces_of_its_own(filled: Store) -> None:
    with filled.reading() as connection:
        number = export_sets.number_of(connection, exports.LIST, "institution:river")
    assert number is not None
    assert standing(filled, Whole(before="9999", set_number=number), 2) == [["c-4", "c-6"], ["c-8"]]


def test_changes_come_in_a_piece_a_day_and_more_where_there_are_many(filled: Store) -> None:
    with filled.reading() as connection:
        spans = export_history.daily_spans(connection, WHOLE, since="", size=6)
        later = export_history.daily_spans(connection, WHOLE, since="2026-01-02", size=6)
        kinds = [[each.kind for each in _changes(filled, span)] for span in spans]
        known = [[each.sha256 is not None for each in _changes(filled, span)] for span in spans]
    assert [span.since[:10] for span in spans] == ["2026-01-01", "2026-01-01", "2026-01-02"]
    assert kinds == [["created"] * 6, ["created"] * 4, ["changed"] * 4 + ["deleted"]]
    assert known == [[False] * 4 + [True] * 2, [True] * 3 + [False], [True] * 4 + [False]]
    assert [span.until for span in later] == [spans[-1].until]


def test_the_first_piece_begins_after_what_is_older_than_is_asked_for(filled: Store) -> None:
    with filled.reading() as connection:
        before, later = export_history.daily_spans(connection, WHOLE, since="", size=6)[-2:]
        (first,) = export_history.daily_spans(connection, WHOLE, since="2026-01-02", size=6)
        newest = export_history.newest_before(connection, WHOLE, "9999")
        none = export_history.newest_before(connection, WHOLE, "2026-01-01")
    assert (first.after, newest, none) == (before.until, later.until, "")
    assert [each.kind for each in _changes(filled, first)] == ["changed"] * 4 + ["deleted"]


def _changes(store: Store, span: Span) -> list[export_history.Change]:
    with store.reading() as connection:
        return export_history.changes(connection, WHOLE, after=span.after, until=span.until)
