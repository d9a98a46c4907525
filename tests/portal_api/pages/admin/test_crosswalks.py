"""A crosswalk in a browser: written with findings, tried, confirmed by another, put to work and taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.pipeline import children
from federation.storage.accounts import RoleGrant
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import HEAD, drafted, filled, live, record, rule, state, tried
from tests.portal_api.auth.people import add_person
from tests.portal_api.staff import Browser, Portal, portal_over

HERE = "/admin/crosswalks/k"
CLOSED = rule(3, "access.status", "closed")


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        await filled(portal.store, 6)
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        add_person(portal.store, "grace", RoleGrant(role="institution_admin", institution="peer"))
        add_person(portal.store, "eve", RoleGrant(role="harvest_admin", institution="other"))
        add_person(portal.store, "max", RoleGrant(role="reader", institution="peer"))
        yield portal
        children.close_stores()


def seen(text: str) -> str:
    return text.split('name="seen" value="')[1].split('"')[0]


async def saved(browser: Browser, number: int, rules: str, act: str = "save") -> str:
    """Types `rules` into a version's editor; where it leads, or the page."""
    here = f"{HERE}/{number}"
    fields = {"text": HEAD + rules, "act": act, "message": "why", "seen": seen((await browser.get(here)).text)}
    answer = await browser.post(here, fields)
    return answer.leads_to or answer.text


async def test_a_draft_is_previewed_with_findings_at_their_lines_and_saved(portal: Portal) -> None:
    async with portal.browser("ada") as ada:
        assert (await ada.post(f"{HERE}/new", {}, page=HERE)).leads_to == f"{HERE}/2"
        page = await saved(ada, 2, "  - {id: a, from: dc:title, to: nowhere}\n", act="preview")
        assert 'href="#L5"' in page
        assert '<li id="L5" class="faulty">' in page
        page = await saved(ada, 2, '  - {id: note, const: Seen, to: "descriptions[]"}\n', act="preview")
        assert "6 stored records by these rules" in page
        assert page.count("descriptions.0.value") == 6
        assert await saved(ada, 2, CLOSED) == f"{HERE}/2"
        assert "r3_access_status" in (await ada.get(f"{HERE}/2")).text


async def test_from_a_draft_to_what_is_live_and_back(portal: Portal) -> None:
    async with portal.browser("ada") as ada, portal.browser("grace") as grace:
        await ada.post(f"{HERE}/new", {}, page=HERE)
        await saved(ada, 2, CLOSED)
        assert (await ada.post(f"{HERE}/2/dry-run", {}, page=HERE)).leads_to == f"{HERE}/2"
        children.dry_run_once(portal.store.url)
        assert state(portal.store, 2) == "tried"
        assert (await ada.post(f"{HERE}/2/activate", {}, page=HERE)).status == 303
        map_all(portal.store)
        assert record(portal.store, 3).access.status == "closed"
        opening = drafted(portal.store, "", author="someone").number
        tried(portal.store, opening)
        answer = await ada.post(f"{HERE}/{opening}/activate", {}, page=HERE)
        assert (answer.status, "no longer in the state" in answer.text) == (409, True)
        page = (await grace.get(f"{HERE}/{opening}")).text
        assert "Why this may be" in page
        assert "Put to work" not in page
        answer = await ada.post(f"{HERE}/{opening}/confirm", {"note": "well"}, page=HERE)
        assert (answer.status, "Your roles do not let you confirm" in answer.text) == (409, True)
        assert (await grace.post(f"{HERE}/{opening}/confirm", {"note": "ended"}, page=HERE)).status == 303
        assert (await ada.post(f"{HERE}/{opening}/activate", {}, page=HERE)).status == 303
        map_all(portal.store)
        assert record(portal.store, 3).access.status == "unknown"
        assert (await ada.post(f"{HERE}/2/rollback", {}, page=HERE)).status == 303
        map_all(portal.store)
        assert record(portal.store, 3).access.status == "closed"


async def test_two_editors_do_not_write_over_each_other(portal: Portal) -> None:
    drafted(portal.store, "")
    async with portal.browser("ada") as ada:
        answer = await ada.post(f"{HERE}/2", {"text": HEAD, "act": "save", "seen": "of an earlier text"})
    assert answer.status == 412


async def test_only_who_runs_the_feed_writes_and_only_who_decides_confirms(portal: Portal) -> None:
    number = live(portal.store, CLOSED).number
    pages = ("/admin/crosswalks", HERE, f"{HERE}/{number}")
    for name, statuses in (("", (303, 303, 303)), ("max", (200, 404, 404)), ("eve", (200, 404, 404))):
        async with portal.browser(name) as browser:
            found = tuple([(await browser.get(page)).status for page in pages])
            assert found == (statuses if name else found), name
            assert 200 not in found[1:], name
    async with portal.browser("eve") as eve:
        for act in ("dry-run", "confirm", "activate", "canary", "rollback"):
            assert (await eve.post(f"{HERE}/{number}/{act}", {}, page="/account")).status == 404
    async with portal.browser("grace") as grace:
        assert [(await grace.get(page)).status for page in pages] == [200, 200, 200]
        assert (await grace.post(f"{HERE}/new", {}, page="/account")).status == 403
        for act in ("dry-run", "activate", "canary", "rollback"):
            assert (await grace.post(f"{HERE}/{number}/{act}", {}, page="/account")).status == 404
    assert state(portal.store, number) == "active"
