"""All processes of a store see whose turn it is at an origin, and how it is to be spared."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import sqlalchemy as sa

from federation.storage.engine import Store
from federation.storage.origins import StoredOrigins, of, release_all, release_embedded
from harvester.load import Load
from harvester.turns import LEASE, Pace

ORIGIN = "https://library.example"
BUSY = Pace(load=Load(taken=(0.5, 1.25), factor=4.0, good=7), pause_seconds=30.0)


class Moving(Store):
    """A store whose clock the test sets."""

    moment: datetime

    def __init__(self, url: str, moment: datetime) -> None:
        self.moment = moment
        super().__init__(url, database_now=lambda: self.moment)


@pytest.fixture
def other(store: Store) -> Iterator[Moving]:
    """The same store as another process has it."""
    other = Moving(store.url, store.now())
    yield other
    other.close()


def test_one_of_two_processes_has_the_turn(store: Store, other: Store) -> None:
    here, there = StoredOrigins(store), StoredOrigins(other)
    assert here.come(ORIGIN, Pace()).is_ours
    assert not there.come(ORIGIN, Pace()).is_ours
    assert there.come("https://archive.example", Pace()).is_ours, "another origin is another matter"
    here.go(ORIGIN, Pace())
    assert there.come(ORIGIN, Pace()).is_ours


def test_what_one_has_learned_the_next_one_knows(store: Store, other: Store) -> None:
    here, there = StoredOrigins(store), StoredOrigins(other)
    assert here.come(ORIGIN, Pace()).is_new
    here.go(ORIGIN, BUSY)
    found = there.come(ORIGIN, Pace())
    assert (found.is_new, found.pace.load) == (True, BUSY.load)
    assert found.pace.pause_seconds == pytest.approx(30, abs=5)
    again = there.come(ORIGIN, Pace())
    assert (again.is_ours, again.is_new, again.pace) == (True, False, Pace())


def test_one_that_died_holds_nobody_up_longer_than_its_lease(store: Store, other: Moving) -> None:
    dead, there, began = StoredOrigins(store), StoredOrigins(other), store.now()
    dead.come(ORIGIN, Pace())
    other.moment = began + LEASE * 0.9
    assert not there.come(ORIGIN, Pace()).is_ours
    other.moment = store.now() + LEASE
    assert there.come(ORIGIN, Pace()).is_ours
    dead.stay(ORIGIN, BUSY)
    dead.go(ORIGIN, BUSY)
    with store.reading() as connection:
        assert (of(connection, ORIGIN).holder != "", of(connection, ORIGIN).load) == (True, Load())


def test_of_many_that_come_at_once_one_has_it(store: Store) -> None:
    many = [StoredOrigins(store) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda each: each.come(ORIGIN, Pace()), many))
    assert sum(turn.is_ours for turn in found) == 1


def test_a_process_that_ends_gives_back_its_own(store: Store) -> None:
    for name in ("a", "b"):
        StoredOrigins(store, name).come(f"https://{name}.example", BUSY)
    with store.transaction() as tx:
        release_all(tx, "a")
    with store.reading() as connection:
        assert [of(connection, f"https://{name}.example").holder for name in ("a", "b")] == ["", "b"]


def test_whoever_holds_an_embedded_store_is_the_only_one_that_asks(embedded: Store) -> None:
    StoredOrigins(embedded).come(ORIGIN, Pace())
    release_embedded(embedded)
    assert StoredOrigins(embedded).come(ORIGIN, Pace()).is_ours


def test_a_turn_that_cannot_be_given_back_runs_out(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    origins = StoredOrigins(store)
    origins.come(ORIGIN, Pace())
    with store.altering() as connection:
        connection.execute(sa.text("DROP TABLE origin_turn"))
    origins.go(ORIGIN, Pace())
    assert "could not be written" in caplog.text


def test_no_commit_of_a_turn_waits_for_the_disk_and_every_other_does(store: Store) -> None:
    asked = "SHOW synchronous_commit" if store.dialect == "postgresql" else "PRAGMA synchronous"
    waits, not_now = ("on", "off") if store.dialect == "postgresql" else (2, 1)
    with store.fleeting() as tx:
        assert tx.connection.exec_driver_sql(asked).scalar() == not_now
    with store.transaction() as tx:
        assert tx.connection.exec_driver_sql(asked).scalar() == waits
