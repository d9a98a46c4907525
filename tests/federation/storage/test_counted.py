"""What is counted before it is added: programs that ask at the same time pass no limit and lose no point."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from federation.errors import RequestRefused
from federation.storage import api_keys, list_files
from federation.storage.api_keys import WantedKey
from federation.storage.engine import Store
from federation.storage.list_files import MOST_OPEN, MOST_OPEN_OF_ANYBODY, ListFile
from tests.portal_api.auth.people import add_person

READ = WantedKey(name="nightly", scopes=("read",))


def together(times: int, act: Callable[[], None]) -> Counter[str]:
    """What became of an act that was begun by so many threads at once."""
    bar = threading.Barrier(times)

    def run(_: int) -> str:
        bar.wait()
        try:
            act()
        except RequestRefused as refused:
            return refused.reason
        return "done"

    with ThreadPoolExecutor(times) as threads:
        return Counter(threads.map(run, range(times)))


def add_key(store: Store, account: str) -> str:
    with store.transaction() as tx:
        return api_keys.add(tx, account, api_keys.fresh_id(), READ, b"d").id


def test_points_spent_at_once_are_all_counted(store: Store) -> None:
    key, day = add_key(store, add_person(store, "ada")), store.now().date()

    def spend() -> None:
        with store.transaction() as tx:
            api_keys.spend(tx, key, day, 30)

    assert together(8, spend) == {"done": 8}
    with store.reading() as connection:
        assert api_keys.spent(connection, [key], day) == {key: 240}


def test_keys_made_at_once_pass_no_limit(store: Store) -> None:
    ada = add_person(store, "ada")
    made = together(api_keys.MOST + 8, lambda: add_key(store, ada) and None)
    assert made == {"done": api_keys.MOST, "too_many_keys": 8}


@pytest.mark.parametrize(("name", "most"), [("ada", MOST_OPEN), ("", MOST_OPEN_OF_ANYBODY)])
def test_lists_asked_for_at_once_pass_no_limit(store: Store, name: str, most: int) -> None:
    account = add_person(store, name) if name else ""

    def ask() -> None:
        with store.transaction() as tx:
            list_files.add(
                tx,
                ListFile(
                    id=list_files.fresh_id(), account=account, format="csv", base="", most=1, made_at=tx.now, ids=("a",)
                ),
            )

    assert together(most + 5, ask) == {"done": most, "lists_open": 5}


def test_what_keys_spent_and_keys_that_open_nothing_are_forgotten_after_ninety_days(store: Store) -> None:
    ada, begun = add_person(store, "ada"), store.now()
    revoked, standing = add_key(store, ada), add_key(store, ada)
    with store.transaction() as tx:
        api_keys.revoke(tx, revoked)
        for key in (revoked, standing):
            api_keys.spend(tx, key, begun.date(), 5)

    def known(days: int) -> tuple[set[str], dict[str, int]]:
        store._now = lambda: begun + timedelta(days=days)
        with store.transaction() as tx:
            api_keys.tidy(tx)
        with store.reading() as connection:
            kept = {each.id for each in api_keys.of(connection, ada)}
            return kept, api_keys.spent(connection, [revoked, standing], begun.date())

    assert known(89) == ({revoked, standing}, {revoked: 5, standing: 5})
    assert known(92) == ({standing}, {})
    assert known(api_keys.LONGEST_DAYS + 92) == (set(), {})
