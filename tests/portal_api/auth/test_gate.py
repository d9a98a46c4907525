"""Signing in: one answer for every wrong try, limits that fire, and a first account that is made once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.errors import RequestRefused
from federation.storage import accounts
from federation.storage.api_keys import WantedKey
from federation.storage.engine import Store, embedded_url
from portal_api.auth import passwords
from portal_api.auth.api_keys import ApiKeys
from portal_api.auth.gate import MOST_WAITING, Gate, NewAccount, change_password
from portal_api.errors import KeyInvalid, OverBudget, StatePassed
from portal_api.settings import PortalSettings
from tests.portal_api.auth.people import PASSWORD, Hands, add_person

FIRST = NewAccount(sign_in="ada@riverside.example", name="Ada", password=PASSWORD)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def store(tmp_path: Path, clock: Hands) -> Iterator[Store]:
    store = Store(embedded_url(tmp_path), now=clock)
    store.create_schema()
    yield store
    store.close()


@pytest.fixture
def gate(store: Store, clock: Hands) -> Iterator[Gate]:
    gate = Gate(store, PortalSettings(), monotonic=clock.monotonic)
    yield gate
    gate.close()


async def test_the_right_password_opens_a_session(store: Store, gate: Gate) -> None:
    made = add_person(store, "ada")
    cookie = await gate.sign_in("ADA", PASSWORD, caller="192.0.2.1")
    assert cookie is not None
    assert gate.sessions.reader(cookie).account == made


async def test_wrong_unknown_and_locked_are_answered_alike(store: Store, gate: Gate) -> None:
    locked = add_person(store, "bo")
    add_person(store, "ada")
    with store.transaction() as tx:
        accounts.set_state(tx, locked, "locked")
    tries = [("ada", "not the password"), ("nobody", PASSWORD), ("bo", PASSWORD), ("", PASSWORD), ("x" * 999, PASSWORD)]
    assert [await gate.sign_in(name, word, caller="192.0.2.1") for name, word in tries] == [None] * len(tries)


async def test_an_unknown_name_is_hashed_as_a_known_one_is(
    store: Store, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_person(store, "ada")
    asked: list[bool] = []
    original = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda stored, word: (asked.append(True), original(stored, word))[1])
    await gate.sign_in("ada", "not the password", caller="192.0.2.1")
    await gate.sign_in("nobody", "not the password", caller="192.0.2.1")
    assert len(asked) == 2


async def test_the_sixth_try_of_an_account_within_a_minute_is_asked_for_patience(gate: Gate, clock: Hands) -> None:
    for number in range(5):
        assert await gate.sign_in("ada", "wrong", caller=f"192.0.{number}.1") is None
    with pytest.raises(OverBudget) as refused:
        await gate.sign_in("ADA", "wrong", caller="192.0.9.1")
    assert 0 < refused.value.retry_after_seconds <= 12
    assert gate.by_account.fired == 1
    clock.move(seconds=refused.value.retry_after_seconds)
    assert await gate.sign_in("ada", "wrong", caller="192.0.9.1") is None


async def test_the_twenty_first_try_of_a_network_within_a_minute_is_asked_for_patience(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "matches", lambda stored, word: False)
    for number in range(20):
        await gate.sign_in(f"name{number}", "wrong", caller=f"192.0.2.{number}")
    with pytest.raises(OverBudget):
        await gate.sign_in("another", "wrong", caller="192.0.2.250")
    assert await gate.sign_in("another", "wrong", caller="192.0.3.1") is None
    assert gate.by_network.fired == 1


async def test_four_passwords_at_most_are_hashed_at_once_and_a_flood_is_turned_away(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, most, go_on = 0, 0, threading.Event()
    lock = threading.Lock()

    def slow(stored: str | None, word: str) -> bool:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        go_on.wait(20)
        with lock:
            at_once -= 1
        return False

    monkeypatch.setattr(passwords, "matches", slow)
    tries = [
        asyncio.create_task(gate.sign_in(f"name{number}", "wrong", caller=f"10.0.{number}.1"))
        for number in range(MOST_WAITING)
    ]
    while gate.waiting < MOST_WAITING:  # noqa: ASYNC110 - the gate tells nobody that it is full
        await asyncio.sleep(0)
    with pytest.raises(OverBudget):
        await gate.sign_in("late", "wrong", caller="10.1.0.1")
    go_on.set()
    assert await asyncio.gather(*tries) == [None] * MOST_WAITING
    assert most <= passwords.AT_ONCE


async def test_the_printed_code_makes_the_first_account_once(store: Store, gate: Gate) -> None:
    assert gate.setup_code is not None
    code = gate.setup_code.text
    assert not gate.is_set_up
    assert await gate.set_up("0000", FIRST, caller="192.0.2.1") == ("wrong", "")
    verdict, cookie = await gate.set_up(code.lower(), FIRST, caller="192.0.2.1")
    reader = gate.sessions.reader(cookie)
    assert (verdict, reader.name, gate.is_set_up) == ("right", "Ada", True)
    assert {grant.role for grant in reader.grants} == {"exchange_admin", "harvest_admin"}
    assert reader.may_act_for("any-institution")
    with pytest.raises(StatePassed):
        await gate.set_up(code, FIRST, caller="192.0.2.1")


async def test_five_wrong_codes_spend_the_right_one(gate: Gate) -> None:
    assert gate.setup_code is not None
    for _ in range(5):
        await gate.set_up("0000", FIRST, caller="192.0.2.1")
    assert await gate.set_up(gate.setup_code.text, FIRST, caller="192.0.2.1") == ("spent", "")


async def test_a_name_that_cannot_be_costs_no_try(gate: Gate) -> None:
    assert gate.setup_code is not None
    for _ in range(6):
        with pytest.raises(RequestRefused):
            await gate.set_up("0000", NewAccount(sign_in="two words", name="", password=PASSWORD), caller="192.0.2.1")
    assert (await gate.set_up(gate.setup_code.text, FIRST, caller="192.0.2.1"))[0] == "right"


async def test_an_account_made_by_the_operator_closes_the_set_up(store: Store, gate: Gate) -> None:
    add_person(store, "ada")
    assert gate.setup_code is not None
    with pytest.raises(StatePassed):
        await gate.set_up(gate.setup_code.text, FIRST, caller="192.0.2.1")
    again = Gate(store, PortalSettings())
    assert again.setup_code is None
    again.close()


async def test_a_new_password_ends_every_session_and_the_former_password(store: Store, gate: Gate) -> None:
    made = add_person(store, "ada")
    cookie = await gate.sign_in("ada", PASSWORD, caller="192.0.2.1")
    assert cookie is not None
    _, key = ApiKeys(store, b"s" * 32).make(made, WantedKey(name="nightly", scopes=("read",)), actor="self")
    change_password(store, made, "another long password", actor="operator")
    with pytest.raises(KeyInvalid):
        ApiKeys(store, b"s" * 32).reader(key)
    assert not gate.sessions.reader(cookie).known
    assert await gate.sign_in("ada", PASSWORD, caller="192.0.2.1") is None
    assert await gate.sign_in("ada", "another long password", caller="192.0.2.1") is not None
