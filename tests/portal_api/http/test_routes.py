"""Role by route, from the table itself: nobody comes further than their role, and no unsafe request without a token."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.storage.accounts import RoleGrant
from portal_api.http.doors import Door
from portal_api.http.routes import ROUTES
from tests.federation.pipeline.test_harvest import add_feed
from tests.portal_api.auth.people import add_person
from tests.portal_api.staff import Answer, Browser, Portal, portal_over

#: who is tried at every door, and the roles of an address that they may pass
PEOPLE: dict[str, tuple[tuple[RoleGrant, ...] | None, frozenset[str]]] = {
    "": (None, frozenset({"public"})),
    "reader": ((), frozenset({"public", "account"})),
    "auditor": ((RoleGrant(role="auditor", institution="peer"),), frozenset({"public", "account", "staff"})),
    "harvest": (
        (RoleGrant(role="harvest_admin", institution="peer"),),
        frozenset({"public", "account", "staff", "harvest_admin"}),
    ),
    "exchange": ((RoleGrant(role="exchange_admin"),), frozenset({"public", "account", "staff", "exchange_admin"})),
}
FILLED = {
    "rule": "title",
    "field": "level",
    "suffix": "dc.xml",
    "slug": "peer",
    "key": "k",
    "act": "pause",
    "id": "1",
    "number": "1",
    "name": "forms",
    "file": "forms",
    "form": "csv",
    "page": "1",
}


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        add_feed(portal.store, "http://127.0.0.1:9/oai")
        for name, (roles, _) in PEOPLE.items():
            if roles is not None:
                add_person(portal.store, name, *roles)
        yield portal


def address(door: Door) -> str:
    return re.sub(r"{(\w+)(?::([^}]*))?}", _filled, door.path)


def _filled(found: re.Match[str]) -> str:
    """The first word of a choice, else what stands for a part of this name."""
    first, choice, _ = (found[2] or "").partition("|")
    return first if choice else FILLED[found[1]]


def turned_away(answer: Answer) -> bool:
    """Sent to sign in, or told that the role is missing; a missing token is another matter."""
    asked_in = answer.status == 303 and answer.leads_to.startswith("/sign-in")
    return answer.status == 401 or asked_in or (answer.status == 403 and "not-allowed" in answer.text)


async def tried(browser: Browser, door: Door) -> Answer:
    if door.method == "GET":
        return await browser.get(address(door))
    return await browser.post_as_it_is(address(door), method=door.method)


@pytest.mark.parametrize("name", PEOPLE)
async def test_everyone_comes_exactly_as_far_as_their_role(portal: Portal, name: str) -> None:
    deviations = []
    async with portal.browser(name) as browser:
        for door in ROUTES:
            answer = await tried(browser, door)
            assert answer.status != 500, (door.path, answer.text)
            fresh_login_only = door.path == "/sign-in"
            if not fresh_login_only and turned_away(answer) == (door.role in PEOPLE[name][1]):
                deviations.append((name, door.method, door.path, answer.status))
    assert deviations == []


@pytest.mark.parametrize("name", PEOPLE)
async def test_no_unsafe_request_passes_without_its_token(portal: Portal, name: str) -> None:
    async with portal.browser(name) as browser:
        for door in ROUTES:
            if door.method != "GET" and door.role in PEOPLE[name][1]:
                answer = await tried(browser, door)
                assert (answer.status, "form-expired" in answer.text) == (403, True), door.path


async def test_the_feeds_of_another_institution_are_not_there(portal: Portal) -> None:
    add_person(portal.store, "foreign", RoleGrant(role="harvest_admin", institution="hill"))
    async with portal.browser("foreign") as browser:
        assert "/admin/feeds/k" not in (await browser.get("/admin/feeds")).text
        for path in ("/admin/feeds/k", "/admin/feeds/k/records", "/admin/feeds/k/retire", "/admin/runs/1"):
            assert (await browser.get(path)).status == 404
        assert (await browser.post("/admin/feeds/k/pause", page="/account")).status == 404
