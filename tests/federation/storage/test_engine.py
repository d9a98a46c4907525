"""The store: what is committed is there, in one order, and readers cannot write."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
import sqlalchemy as sa

from federation.errors import StoreRefused
from federation.storage import institutions, sequence
from federation.storage.engine import Store, embedded_url
from federation.storage.institutions import StoredInstitution


def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        _put_and_fail(store)
    with store.reading() as connection:
        assert institutions.everyone(connection) == []
        assert sequence.last_seq(connection) == 0


def _put_and_fail(store: Store) -> None:
    with store.transaction() as tx:
        institutions.put(tx, StoredInstitution(slug="a", name="A"))
        tx.next_seq()
        raise ZeroDivisionError


def test_readers_cannot_write(store: Store) -> None:
    refused = (sa.exc.OperationalError, sa.exc.InternalError)
    with store.reading() as connection, pytest.raises(refused, match=r"read-?only"):
        connection.execute(institutions.institution.delete())


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    store = Store(embedded_url(tmp_path / "50% of #1?"))
    store.create_schema()
    assert (tmp_path / "50% of #1?" / "exchange.db").exists()
    store.close()


def test_what_is_acknowledged_is_synced(embedded: Store) -> None:
    with embedded.transaction() as tx:
        assert tx.connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert tx.connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_callbacks_run_after_the_commit_alone(store: Store) -> None:
    seen: list[str] = []
    with store.transaction() as tx:
        institutions.put(tx, StoredInstitution(slug="a", name="A"))
        tx.after_commit(lambda: seen.append(_name(store, "a")))
        assert seen == []
    assert seen == ["A"]


def _name(store: Store, slug: str) -> str:
    with store.reading() as connection:
        found = institutions.get(connection, slug)
    assert found is not None
    return found.name


def test_an_unknown_database_is_refused() -> None:
    with pytest.raises(StoreRefused, match="expected sqlite or postgresql"):
        Store("mysql://localhost/x")


def _take_numbers(url: str, count: int) -> list[int]:
    store = Store(url)
    taken = []
    for _ in range(count):
        with store.transaction() as tx:
            taken.append(tx.next_seq())
    return taken


def test_writers_of_several_processes_take_each_number_once(store: Store) -> None:
    url = store.url
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        taken = pool.starmap(_take_numbers, [(url, 20), (url, 20)])
    assert sorted(taken[0] + taken[1]) == list(range(1, 41))
    assert taken[0] == sorted(taken[0])
