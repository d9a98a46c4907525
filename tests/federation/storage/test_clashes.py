"""A transaction that the database ended for another's sake is run again whole, and no more often than it may."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from federation.storage import institutions
from federation.storage.clashes import MOST_TRIES, repeats_clashes, wait_seconds
from federation.storage.engine import DATABASE, Store
from federation.storage.institutions import StoredInstitution
from tests.peers.postgresql import Server

SECONDS = 30


@pytest.fixture
def served(postgresql: Server) -> Iterator[Store]:
    name = postgresql.create(postgresql.template)
    store = Store(postgresql.url(name))
    with store.transaction() as tx:
        for slug in ("a", "b"):
            institutions.put(tx, StoredInstitution(slug=slug, name="0"))
    yield store
    store.close()
    postgresql.drop(name)


class Both:
    """Two threads that meet once, and never again."""

    def __init__(self) -> None:
        self._barrier = threading.Barrier(2)
        self._met: set[int] = set()
        self.tries = 0

    def meet(self) -> None:
        """Waits for the other at the first try."""
        self.tries += 1
        if threading.get_ident() not in self._met:
            self._met.add(threading.get_ident())
            self._barrier.wait(SECONDS)

    def run(self, *works: Callable[[], None]) -> None:
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(work) for work in works]:
                done.result(SECONDS)


def add_one(connection: sa.Connection, slug: str) -> None:
    table = institutions.institution
    more = sa.cast(sa.cast(table.c.name, sa.Integer) + 1, sa.Text)
    connection.execute(table.update().where(table.c.slug == slug).values(name=more))


def numbers(store: Store) -> dict[str, str]:
    with store.reading() as connection:
        return {line.slug: line.name for line in institutions.everyone(connection)}


@pytest.mark.postgres
def test_of_two_transactions_that_wait_for_each_other_both_are_done(served: Store) -> None:
    both = Both()

    @repeats_clashes
    def work(first: str, second: str) -> None:
        with served.transaction() as tx:
            add_one(tx.connection, first)
            both.meet()
            add_one(tx.connection, second)

    both.run(lambda: work("a", "b"), lambda: work("b", "a"))
    assert (numbers(served), both.tries) == ({"a": "2", "b": "2"}, 3)


@pytest.mark.postgres
def test_of_two_transactions_that_cannot_be_put_in_order_both_are_done(served: Store) -> None:
    both = Both()

    @repeats_clashes
    def work() -> None:
        with served.transaction() as tx:
            tx.connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
            tx.connection.execute(sa.select(institutions.institution.c.name)).all()
            both.meet()
            add_one(tx.connection, "a")

    both.run(work, work)
    assert (numbers(served), both.tries) == ({"a": "2", "b": "0"}, 3)


def test_a_database_that_somebody_else_writes_is_asked_again(embedded: Store, tmp_path: Path) -> None:
    with embedded.transaction() as tx:
        tx.connection.exec_driver_sql("PRAGMA busy_timeout=1")
    tried = []
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")

        @repeats_clashes
        def work() -> None:
            tried.append(1)
            if len(tried) == 3:
                other.execute("ROLLBACK")
            with embedded.transaction() as tx:
                institutions.put(tx, StoredInstitution(slug="a", name="A"))

        work()
    assert (len(tried), numbers(embedded)) == (3, {"a": "A"})


def test_what_goes_on_clashing_is_given_up(embedded: Store, tmp_path: Path) -> None:
    with embedded.transaction() as tx:
        tx.connection.exec_driver_sql("PRAGMA busy_timeout=1")
    tried = []
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        @repeats_clashes
        def work() -> None:
            tried.append(1)
            with embedded.transaction():
                pass

        with pytest.raises(OperationalError, match="locked"):
            work()
    assert len(tried) == MOST_TRIES


def test_any_other_error_is_not_tried_again(store: Store) -> None:
    tried = []

    @repeats_clashes
    def work() -> None:
        tried.append(1)
        with store.transaction() as tx:
            tx.connection.exec_driver_sql("SELECT * FROM nothing")

    with pytest.raises(sa.exc.DBAPIError):
        work()
    assert len(tried) == 1


def test_waits_grow_and_are_jittered() -> None:
    assert [wait_seconds(tried, 1.0) for tried in (1, 2, 3)] == [0.02, 0.04, 0.08]
    assert wait_seconds(3, 0.0) == wait_seconds(3, 1.0) / 2
