"""Keys of requests: taken once, noted with the act, forgotten when their time or their account is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from federation.storage import accounts, repeated_requests
from federation.storage.engine import Store
from federation.storage.repeated_requests import KEPT, LONGEST_ACT, Asked, Taken, asker, repeated_request
from tests.federation.pipeline.runners import runner_over
from tests.portal_api.auth.people import Hands


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def timed(store: Store, clock: Hands) -> Iterator[Store]:
    """A store whose clock is `clock`."""
    timed = Store(store.url, now=clock)
    yield timed
    timed.close()


def asked(account: str = "a", key: str = "k") -> Asked:
    return Asked(asker=asker(account, "program", ""), key=key, sha256="1")


def askers(store: Store) -> set[str]:
    with store.reading() as connection:
        return set(connection.execute(sa.select(repeated_request.c.asker)).scalars())


def test_a_key_is_kept_for_a_day_and_taken_again_where_its_act_broke_off(timed: Store, clock: Hands) -> None:
    assert repeated_requests.take(timed, asked()) is None
    assert repeated_requests.take(timed, asked()) == Taken(sha256="1", made=None)
    clock.move(seconds=(LONGEST_ACT + timedelta(minutes=1)).total_seconds())
    assert repeated_requests.take(timed, asked()) is None
    repeated_requests.keep(timed, asked(), "12")
    clock.move(seconds=(KEPT - timedelta(hours=1)).total_seconds())
    assert repeated_requests.take(timed, asked()) == Taken(sha256="1", made="12")
    clock.move(hours=2)
    assert repeated_requests.take(timed, asked()) is None


def test_an_act_that_is_noted_is_not_given_back(timed: Store) -> None:
    repeated_requests.take(timed, asked())
    with timed.transaction() as tx:
        assert repeated_requests.note(tx, asked(), "12") is True
        assert repeated_requests.note(tx, asked(), "13") is False
    repeated_requests.give_back(timed, asked())
    assert repeated_requests.take(timed, asked()) == Taken(sha256="1", made="12")


def test_an_act_that_is_rolled_back_is_not_noted(timed: Store) -> None:
    repeated_requests.take(timed, asked())
    with suppress(OSError), timed.transaction() as tx:
        repeated_requests.note(tx, asked(), "12")
        raise OSError
    assert repeated_requests.take(timed, asked()) == Taken(sha256="1", made=None)


def test_keys_whose_time_is_over_go_though_nobody_sends_another(timed: Store, clock: Hands) -> None:
    repeated_requests.take(timed, asked("a"))
    clock.move(seconds=(KEPT - timedelta(minutes=1)).total_seconds())
    repeated_requests.take(timed, asked("b"))
    clock.move(minutes=2)
    with timed.transaction() as tx:
        repeated_requests.tidy(tx)
    assert askers(timed) == {asked("b").asker}


def test_what_runs_the_jobs_forgets_them(timed: Store, clock: Hands, tmp_path: Path) -> None:
    repeated_requests.take(timed, asked())
    clock.move(hours=25)
    runner_over(timed, tmp_path)._heartbeat([])
    assert askers(timed) == set()


def test_an_account_that_is_locked_leaves_no_keys(timed: Store) -> None:
    with timed.transaction() as tx:
        ada = accounts.add(tx, "ada", "Ada", "hash").id
    for account in (ada, f"{ada}1", "a_b", "aXb"):
        repeated_requests.take(timed, asked(account))
    with timed.transaction() as tx:
        accounts.set_state(tx, ada, "locked")
        repeated_requests.forget_of(tx, "a_b")
    assert askers(timed) == {asked(f"{ada}1").asker, asked("aXb").asker}
