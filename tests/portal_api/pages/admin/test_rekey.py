"""A rekey by form and by command: the page offers it where identifiers change, and old addresses lead on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.storage import opened
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store, embedded_url
from portal_api.commands.entry import app
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.test_rekeying import drafted, filled
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import hashes, state, tried
from tests.portal_api.auth.people import add_person
from tests.portal_api.staff import Portal, portal_over


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        await filled(portal.store)
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        yield portal
        opened.close_stores()


async def test_old_addresses_lead_on_after_a_rekey_by_form(portal: Portal) -> None:
    before = set(hashes(portal.store))
    number = drafted(portal.store).number
    tried(portal.store, number)
    here = f"/admin/crosswalks/k/{number}"
    async with portal.browser("ada") as ada:
        page = (await ada.get(here)).text
        assert "Give new identifiers and put to work" in page
        assert f'action="{here}/activate"' not in page
        answer = await ada.post(f"{here}/activate", {}, page=here)
        assert (answer.status, "give them by a rekey" in answer.text) == (409, True)
        assert (await ada.post(f"{here}/rekey", {}, page=here)).leads_to == here
    map_all(portal.store)
    link_all(portal.store)
    old = next(iter(before - set(hashes(portal.store))))
    async with portal.browser() as reader:
        answer = await reader.get(f"/m/{old}")
        assert answer.status == 301
        assert (await reader.get(answer.leads_to)).status == 200
        assert (await reader.get(f"/api/v1/records/{old}")).status == 200
        assert (await reader.get(f"/api/v1/records/{old}/raw")).status == 200
        assert (await reader.get(f"/api/v1/records/{old}/trace")).status == 200


async def test_the_command_says_how_many_identifiers_changed(tmp_path: Path) -> None:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    await filled(store)
    number = drafted(store).number
    tried(store, number)
    wanted = ["crosswalk", "rekey", "k", str(number), "--data", str(tmp_path)]
    result = CliRunner().invoke(app, wanted, catch_exceptions=False)
    assert "4 identifiers changed" in result.stdout
    assert state(store, number) == "active"
    opened.close_stores()
    store.close()
