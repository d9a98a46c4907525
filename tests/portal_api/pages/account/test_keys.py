"""`/account/keys`: a key is shown once, listed without its secret, and revoked by its own person alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.pipeline.ledger_check import verify
from federation.storage import api_keys
from federation.storage.accounts import RoleGrant
from portal_api.auth.api_keys import PREFIX
from portal_api.errors import KeyInvalid
from tests.portal_api.auth.people import Hands, add_person
from tests.portal_api.pages.admin.test_recorded import entries
from tests.portal_api.staff import Browser, Portal, portal_over

PAGE = "/account/keys"
FORM = {"name": "Nightly list", "scope_read": "1", "scope_export": "1", "days": "30"}
_KEY = re.compile(rf"{PREFIX}_[0-9a-f]{{16}}_[\w-]{{43}}")


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def portal(tmp_path: Path, clock: Hands) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path, now=clock) as portal:
        add_person(portal.store, "ann")
        add_person(portal.store, "eve", RoleGrant(role="exchange_admin"))
        yield portal


async def make(browser: Browser, **fields: str) -> str:
    """A new key as the page shows it."""
    answer = await browser.post(PAGE, FORM | fields)
    assert answer.status == 200, answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    found = _KEY.search(answer.text)
    assert found is not None
    return found[0]


async def test_a_key_is_shown_once_and_works(portal: Portal) -> None:
    async with portal.browser("ann") as ann:
        key = await make(ann)
        page = (await ann.get(PAGE)).text
        assert "Nightly list" in page
        assert "_".join(key.split("_")[:2]) in page
        assert _KEY.search(page) is None
        assert "read, export" in page
    assert portal.exchange.keys.reader(key).scopes == ("read", "export")
    (entry,) = entries(portal, "key.made", "key.revoked")
    assert (entry.actor, entry.object) == ("self", f"api_key:{key.split('_')[1]}")
    assert verify(portal.store).whole


async def test_a_key_needs_a_password_given_a_moment_ago(portal: Portal, clock: Hands) -> None:
    async with portal.browser("ann") as ann:
        clock.move(minutes=20)
        answer = await ann.post(PAGE, FORM)
        assert (answer.status, answer.leads_to.startswith("/sign-in")) == (303, True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "Give it a name"),
        ({"scope_read": "", "scope_export": ""}, "Choose at least one."),
        ({"days": "366"}, "Choose 1 to 365 days."),
        ({"days": "a"}, "Choose 1 to 365 days."),
    ],
)
async def test_a_form_that_cannot_be_is_shown_again_with_why(portal: Portal, fields: dict[str, str], said: str) -> None:
    async with portal.browser("ann") as ann:
        answer = await ann.post(PAGE, FORM | fields)
        assert (answer.status, said in answer.text) == (422, True)


async def test_a_revoked_key_opens_nothing_and_nobody_elses_can_be_revoked(portal: Portal) -> None:
    async with portal.browser("ann") as ann, portal.browser("eve") as eve:
        key = await make(ann)
        number = key.split("_")[1]
        assert (await eve.post(f"{PAGE}/{number}/revoke", page=PAGE)).status == 404
        assert portal.exchange.keys.reader(key).key == number
        assert (await ann.post(f"{PAGE}/{number}/revoke", page=PAGE)).status == 303
        assert "revoked" in (await ann.get(PAGE)).text
    with portal.store.reading() as connection:
        held = api_keys.get(connection, number)
    assert held is not None
    assert held.revoked_at is not None


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/account/end-sessions", {}),
        ("/account/password", {"password": "a new long password", "again": "a new long password"}),
    ],
)
async def test_who_ends_every_session_or_changes_the_password_revokes_their_keys(
    portal: Portal, path: str, form: dict[str, str]
) -> None:
    async with portal.browser("ann") as ann, portal.browser("eve") as eve:
        key, others = await make(ann), await make(eve)
        assert "revokes your keys of programs" in (await ann.get("/account")).text
        assert (await ann.post(path, form, page="/account")).status == 303
    with pytest.raises(KeyInvalid):
        portal.exchange.keys.reader(key)
    assert portal.exchange.keys.reader(others).known


async def test_only_administrators_of_the_exchange_make_a_projects_key(portal: Portal) -> None:
    async with portal.browser("ann") as ann, portal.browser("eve") as eve:
        assert portal.exchange.keys.reader(await make(ann, project="1")).points == 100_000
        assert portal.exchange.keys.reader(await make(eve, project="1")).points == 1_000_000
