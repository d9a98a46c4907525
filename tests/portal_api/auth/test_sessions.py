"""A session ends by idleness, by age, by signing out, and with the account's roles; its cookie never stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.storage import accounts
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store, embedded_url
from portal_api.auth.sessions import Sessions, require_fresh
from portal_api.errors import NotAllowed, NotSignedIn
from portal_api.reader import ANYBODY
from tests.portal_api.auth.people import Hands, add_person

RIVERSIDE = RoleGrant(role="harvest_admin", institution="riverside")


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def store(tmp_path: Path, clock: Hands) -> Iterator[Store]:
    store = Store(embedded_url(tmp_path), now=clock)
    store.create_schema()
    yield store
    store.close()


def test_no_cookie_and_a_forged_one_are_nobody_in_particular(store: Store) -> None:
    kept = Sessions(store)
    assert kept.reader("") == ANYBODY
    assert kept.reader("forged") == ANYBODY


@pytest.mark.parametrize(("roles", "hours"), [((), 12), ((RIVERSIDE,), 2)])
def test_idleness_ends_a_session_sooner_for_people_with_a_role(
    store: Store, clock: Hands, roles: tuple[RoleGrant, ...], hours: int
) -> None:
    kept = Sessions(store)
    cookie = kept.start(add_person(store, "ada", *roles))
    clock.move(hours=hours, seconds=-1)
    assert kept.reader(cookie).known
    clock.move(hours=hours, seconds=-1)
    assert kept.reader(cookie).known
    clock.move(hours=hours)
    assert not kept.reader(cookie).known


def test_a_session_in_constant_use_ends_after_seven_days(store: Store, clock: Hands) -> None:
    kept = Sessions(store)
    cookie = kept.start(add_person(store, "ada"))
    for _ in range(14):
        assert kept.reader(cookie).known
        clock.move(hours=12, seconds=-1)
    clock.move(minutes=1)
    assert not kept.reader(cookie).known


def test_signing_in_again_gives_a_new_cookie_and_ends_the_former(store: Store) -> None:
    kept, made = Sessions(store), add_person(store, "ada", RIVERSIDE)
    former = kept.start(made)
    former = kept.act_for(former, kept.reader(former), "riverside")
    cookie = kept.start(made, former)
    assert cookie != former
    assert not kept.reader(former).known
    assert kept.reader(cookie).acting_for == "riverside"


def test_another_person_in_the_same_browser_acts_for_nobody(store: Store) -> None:
    kept = Sessions(store)
    former = kept.start(add_person(store, "ada", RIVERSIDE))
    former = kept.act_for(former, kept.reader(former), "riverside")
    assert kept.reader(kept.start(add_person(store, "bo", RIVERSIDE), former)).acting_for == ""


def test_acting_for_an_institution_needs_a_role_there_and_a_new_cookie(store: Store) -> None:
    kept = Sessions(store)
    cookie = kept.start(add_person(store, "ada", RIVERSIDE))
    with pytest.raises(NotAllowed):
        kept.act_for(cookie, kept.reader(cookie), "hill")
    moved = kept.act_for(cookie, kept.reader(cookie), "riverside")
    assert kept.reader(moved).visibility.tokens == ("public", "institution:riverside")
    assert not kept.reader(cookie).known


def test_a_role_that_ended_is_acted_for_no_longer(store: Store) -> None:
    kept, made = Sessions(store), add_person(store, "ada", RIVERSIDE)
    cookie = kept.start(made)
    cookie = kept.act_for(cookie, kept.reader(cookie), "riverside")
    with store.transaction() as tx:
        accounts.revoke(tx, made, RIVERSIDE)
    assert kept.reader(cookie).visibility.tokens == ("public",)


def test_a_locked_account_has_no_reader(store: Store) -> None:
    kept, made = Sessions(store), add_person(store, "ada")
    cookie = kept.start(made)
    with store.transaction() as tx:
        accounts.set_state(tx, made, "locked")
    assert not kept.reader(cookie).known


def test_what_cannot_be_undone_needs_a_password_of_the_last_quarter_of_an_hour(store: Store, clock: Hands) -> None:
    kept = Sessions(store)
    cookie = kept.start(add_person(store, "ada"))
    clock.move(minutes=14)
    require_fresh(kept.reader(cookie), "/admin")
    clock.move(minutes=1)
    with pytest.raises(NotSignedIn):
        require_fresh(kept.reader(cookie), "/admin")


def test_signing_out_ends_one_session_and_ending_all_ends_the_rest(store: Store) -> None:
    kept, made = Sessions(store), add_person(store, "ada")
    cookies = [kept.start(made) for _ in range(3)]
    kept.end(cookies[0])
    assert [kept.reader(cookie).known for cookie in cookies] == [False, True, True]
    assert kept.end_all(made) == 2
    assert not any(kept.reader(cookie).known for cookie in cookies)
