"""Export rows: one number and one datestamp a change, in the order of commits."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from federation.storage import export_lists, exports
from federation.storage.engine import Store
from federation.storage.export_lists import Stretch
from tests.portal_api.oai_provider.exported import Clock, offered, open_store, put


@pytest.fixture(name="clock")
def fixture_clock() -> Clock:
    """A clock that is set."""
    return Clock()


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path, clock: Clock) -> Store:
    """An empty store."""
    return open_store(tmp_path, clock)


def listed(store: Store, since: str = "", before: str = "9999") -> list[tuple[str, str, bool]]:
    with store.reading() as connection:
        rows = export_lists.rows(connection, Stretch(format="oai_dc", since=since, before=before), after=0, limit=1000)
    return [(row.item, row.datestamp, row.deleted) for row in rows]


def test_an_item_that_did_not_change_keeps_number_and_datestamp(store: Store, clock: Clock) -> None:
    assert put(store, [offered("a", "A"), offered("b", "B")]) == 2
    clock.pass_seconds()
    assert put(store, [offered("a", "A"), offered("b", "B2")]) == 1
    assert listed(store) == [("a", "2026-01-01T00:00:00Z", False), ("b", "2026-01-01T00:00:02Z", False)]


def test_a_tombstone_stands_in_the_lists_of_its_item_and_only_for_what_was_given_out(store: Store) -> None:
    put(store, [offered("a", "A")])
    assert put(store, [offered("a", None), offered("never", None)]) == 1
    assert listed(store) == [("a", "2026-01-01T00:00:00Z", True)]
    assert put(store, [offered("a", None)]) == 0
    put(store, [offered("a", "A")])
    assert listed(store) == [("a", "2026-01-01T00:00:00Z", False)]


def test_datestamps_never_fall_though_the_clock_does(store: Store, clock: Clock) -> None:
    clock.pass_seconds(3600)
    put(store, [offered("a", "A")])
    clock.pass_seconds(-3000)
    put(store, [offered("b", "B")])
    assert [stamp for _, stamp, _ in listed(store)] == ["2026-01-01T01:00:00Z"] * 2


def test_a_window_holds_what_is_stamped_in_it(store: Store, clock: Clock) -> None:
    for name in "abc":
        put(store, [offered(name, name)])
        clock.pass_seconds()
    assert [item for item, _, _ in listed(store, since="2026-01-01T00:00:02Z")] == ["b", "c"]
    assert [item for item, _, _ in listed(store, before="2026-01-01T00:00:02Z")] == ["a"]
    assert listed(store, since="2027") == []


def test_the_clock_is_read_only_while_no_sequencer_is_at_work(store: Store, clock: Clock) -> None:
    """A slow commit cannot bring a row into a second that a list has already called whole."""
    reached: list[str] = []
    with exports.sequencing(store) as tx:
        stamp = exports.second(tx.now)
        asking = threading.Thread(target=lambda: reached.append(exports.horizon(store)))
        asking.start()
        clock.pass_seconds(10)
        exports.put(tx, [offered("a", "A")])
        asking.join(timeout=0.2)
        assert reached == []
    asking.join()
    assert reached == ["2026-01-01T00:00:10Z"]
    assert listed(store, before=reached[0]) == [("a", stamp, False)]


def test_the_authority_is_frozen_once(store: Store) -> None:
    with exports.sequencing(store) as tx:
        exports.freeze_authority(tx, "one.example")
        exports.freeze_authority(tx, "two.example")
    with store.reading() as connection:
        assert exports.frozen_authority(connection) == "one.example"
