"""What people do in the admin area stands in the ledger, under a pseudonym, and nothing else has changed the rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from federation.ledger.entry import Written, decoded
from federation.pipeline.ledger_check import verify
from federation.storage.accounts import RoleGrant
from federation.storage.ledger import ledger_entry
from tests.portal_api.auth.people import PASSWORD, add_person
from tests.portal_api.staff import Portal, portal_over

ROLES = (RoleGrant(role="exchange_admin"), RoleGrant(role="harvest_admin"))


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        yield portal


def entries(portal: Portal, *acts: str) -> list[Written]:
    query = sa.select(ledger_entry.c.body).order_by(ledger_entry.c.index)
    with portal.store.reading() as connection:
        found = [decoded(body) for body in connection.execute(query).scalars()]
    return [entry for entry in found if not acts or entry.act in acts]


async def test_sessions_are_recorded_under_a_pseudonym_that_names_nobody(portal: Portal) -> None:
    account = add_person(portal.store, "ada", *ROLES)
    async with portal.browser() as browser:
        await browser.sign_in("ada", "wrong password")
        await browser.sign_in("nobody", "wrong password")
        await browser.sign_in("ada")
        await browser.post("/account/acting-for", {"institution": ""}, page="/account")
        await browser.post("/sign-out", page="/account")
    refused = entries(portal, "session.refused")
    assert [(entry.object, entry.outcome) for entry in refused] == [
        (f"sign_in:{account}", "refused"),
        ("sign_in:unknown", "refused"),
    ]
    own = entries(portal, "session.opened", "acting.chosen", "session.ended")
    assert [entry.act for entry in own] == ["session.opened", "acting.chosen", "session.ended"]
    assert len({entry.actor for entry in own}) == 1
    assert all(account not in str(entry) and "ada" not in str(entry) for entry in own)
    assert verify(portal.store).whole


async def test_what_an_administrator_changes_names_their_pseudonym(portal: Portal) -> None:
    add_person(portal.store, "ada", *ROLES)
    async with portal.browser("ada") as browser:
        await browser.post("/admin/institutions/new", {"name": "Peer", "slug": "peer", "isil": "", "url": ""})
        fields = {"name": "Peer", "address": "http://peer.example/oai", "institution": "peer", "prefix": "oai_dc"}
        here = (await browser.post("/admin/feeds/new", fields | {"act": "add"})).leads_to
        await browser.post(f"{here}/pause", page=here)
        await browser.post(f"{here}/retire", page=f"{here}/retire")
    acts = entries(portal, "institution.put", "feed.added", "feed.changed", "feed.retired")
    assert [entry.act for entry in acts] == ["institution.put", "feed.added", "feed.changed", "feed.retired"]
    (opened,) = entries(portal, "session.opened")
    assert {entry.actor for entry in acts} == {opened.actor}
    assert {entry.institution for entry in acts} == {"peer"}
    assert verify(portal.store).whole


async def test_a_persons_own_password_does_not_tie_account_and_pseudonym(portal: Portal) -> None:
    account = add_person(portal.store, "ada")
    async with portal.browser("ada") as browser:
        wanted = {"password": PASSWORD + "!", "again": PASSWORD + "!"}
        assert (await browser.post("/account/password", wanted, page="/account")).status == 303
    changed = entries(portal, "account.changed")
    assert [(entry.object, entry.actor) for entry in changed] == [(f"account:{account}", "self")]
    assert verify(portal.store).whole
