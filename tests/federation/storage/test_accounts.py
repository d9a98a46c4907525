"""Accounts, their roles and their sessions, as the store keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.storage import accounts, institutions, sessions
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store
from federation.storage.sessions import Session
from tests.factories import NOON
from tests.portal_api.auth.people import Hands


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def people(store: Store, clock: Hands) -> Iterator[Store]:
    """A store whose clock is `clock`."""
    timed = Store(store.url, now=clock)
    with timed.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="riverside", name="Riverside Library"))
    yield timed
    timed.close()


def add(people: Store, sign_in: str = "ada@riverside.example") -> str:
    with people.transaction() as tx:
        return accounts.add(tx, sign_in, "Ada", "hash").id


def test_a_sign_in_name_is_found_however_it_is_typed(people: Store) -> None:
    made = add(people, " Ada@Riverside.example ")
    with people.reading() as connection:
        found = accounts.find(connection, "ＡＤＡ@riverside.EXAMPLE")
    assert found is not None
    assert (found.id, found.sign_in) == (made, "ada@riverside.example")


def test_a_sign_in_name_is_given_once(people: Store) -> None:
    add(people)
    with pytest.raises(RequestRefused, match="name_taken"):
        add(people, "ADA@riverside.example")


@pytest.mark.parametrize("name", ["", "  ", "two words", "x" * 201, "bell\x07"])
def test_what_cannot_be_typed_is_no_sign_in_name(people: Store, name: str) -> None:
    with pytest.raises(RequestRefused, match="sign_in_invalid"):
        add(people, name)


def test_a_role_counts_until_it_is_ended_and_is_remembered(people: Store, clock: Hands) -> None:
    made, role = add(people), RoleGrant(role="harvest_admin", institution="riverside")
    with people.transaction() as tx:
        accounts.grant(tx, made, role, granted_by="operator")
        accounts.grant(tx, made, role, granted_by="operator")
    clock.now += timedelta(days=1)
    with people.transaction() as tx:
        accounts.revoke(tx, made, role)
    with people.reading() as connection:
        assert accounts.grants_of(connection, made, clock.now) == ()
        assert accounts.grants_of(connection, made, NOON) == (role,)
        assert connection.execute(sa.select(sa.func.count()).select_from(accounts.role_grant)).scalar() == 1


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        (RoleGrant(role="harvest_admin", institution="nowhere"), "no_such_institution"),
        (RoleGrant(role="exchange_admin", institution="riverside"), "role_invalid"),
    ],
)
def test_a_role_that_means_nothing_is_refused(people: Store, role: RoleGrant, reason: str) -> None:
    made = add(people)
    with pytest.raises(RequestRefused, match=reason), people.transaction() as tx:
        accounts.grant(tx, made, role, granted_by="operator")


def test_every_person_has_a_key_of_their_own(people: Store) -> None:
    first, second = add(people, "ada"), add(people, "bo")
    with people.reading() as connection:
        keys = {accounts.key_of(connection, first), accounts.key_of(connection, second)}
    assert len(keys) == 2
    assert all(key is not None and len(key) == 32 for key in keys)


def test_a_session_is_kept_by_the_hash_of_its_cookie_alone(people: Store) -> None:
    made = add(people)
    with people.transaction() as tx:
        sessions.start(tx, "a cookie", Session(account=made, signed_in_at=tx.now, seen_at=tx.now))
    with people.reading() as connection:
        stored = str(connection.execute(sa.select(sessions.session)).all())
        found = sessions.get(connection, "a cookie")
    assert "a cookie" not in stored
    assert found is not None
    assert found.account == made


def test_moving_a_session_leaves_nothing_under_the_former_cookie(people: Store) -> None:
    made = add(people)
    with people.transaction() as tx:
        sessions.start(tx, "former", Session(account=made, signed_in_at=tx.now, seen_at=tx.now))
        sessions.move(tx, "former", "new", acting_for="riverside")
    with people.reading() as connection:
        assert sessions.get(connection, "former") is None
        moved = sessions.get(connection, "new")
    assert moved is not None
    assert moved.acting_for == "riverside"


def test_all_sessions_of_an_account_end_in_one_step(people: Store) -> None:
    first, second = add(people, "ada"), add(people, "bo")
    with people.transaction() as tx:
        for cookie, made in (("one", first), ("two", first), ("three", second)):
            sessions.start(tx, cookie, Session(account=made, signed_in_at=tx.now, seen_at=tx.now))
    with people.transaction() as tx:
        assert sessions.end_all(tx, first) == 2
    with people.reading() as connection:
        assert [sessions.get(connection, cookie) is None for cookie in ("one", "two", "three")] == [True, True, False]
