"""Keys as JSON: a person makes and ends their own, a key lists them, and none of it is another's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from federation.pipeline.ledger_check import verify
from federation.storage.accounts import RoleGrant
from portal_api.errors import KeyInvalid
from tests.portal_api.auth.people import Hands, add_person
from tests.portal_api.staff import Browser, Portal, portal_over

API = "/api/v1/keys"
WANTED: dict[str, Any] = {"name": "Nightly list", "scopes": ["export", "read"], "days": 30}


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def portal(tmp_path: Path, clock: Hands) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path, now=clock) as portal:
        add_person(portal.store, "ann")
        add_person(portal.store, "eve", RoleGrant(role="exchange_admin"))
        yield portal


async def sent(browser: Browser, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
    """A request of a page's script: with the session's token."""
    kept = {"X-CSRF-Token": await browser.token("/account"), "Origin": browser.base} | headers
    data = json.dumps(body) if body is not None else None
    async with browser._session.request(method, browser.base + path, data=data, headers=kept) as answer:
        text = await answer.text()
        return answer.status, json.loads(text) if text else None


async def test_a_person_makes_lists_and_ends_their_keys(portal: Portal) -> None:
    async with portal.browser("ann") as ann:
        status, made = await sent(ann, "POST", API, WANTED)
        assert (status, made["key"]["scopes"], made["key"]["points"]) == (201, ["read", "export"], 100_000)
        assert made["whole"].startswith(f"{made['key']['begins_with']}_")
        assert portal.exchange.keys.reader(made["whole"]).scopes == ("read", "export")
        _, listed = await sent(ann, "GET", API)
        assert listed["keys"] == [made["key"]]
        assert made["whole"] not in json.dumps(listed)
        assert "Nightly list" in (await ann.get("/account/keys")).text
        assert (await sent(ann, "DELETE", f"{API}/{made['key']['id']}"))[0] == 204
        with pytest.raises(KeyInvalid):
            portal.exchange.keys.reader(made["whole"])
        assert (await sent(ann, "GET", API))[1]["keys"][0]["opens"] is False
    assert verify(portal.store).whole


async def test_a_key_that_acts_is_refused_to_who_acts_for_nobody(portal: Portal) -> None:
    async with portal.browser("ann") as ann:
        status, problem = await sent(ann, "POST", API, WANTED | {"acting": True})
        assert (status, [(each["parameter"], each["code"]) for each in problem["errors"]]) == (
            422, [("acting", "key-acting")],
        )  # fmt: skip
        assert "acts for none" in problem["errors"][0]["detail"]
        assert (await sent(ann, "GET", API))[1] == {"keys": []}


async def test_nobody_sees_or_ends_anothers(portal: Portal) -> None:
    async with portal.browser("ann") as ann, portal.browser("eve") as eve, portal.browser() as anybody:
        _, made = await sent(ann, "POST", API, WANTED)
        assert (await sent(eve, "GET", API))[1] == {"keys": []}
        assert (await sent(eve, "DELETE", f"{API}/{made['key']['id']}"))[0] == 404
        assert (await anybody.get(API)).status == 401
        assert portal.exchange.keys.reader(made["whole"]).known


async def test_a_key_lists_and_neither_makes_nor_ends_any(portal: Portal) -> None:
    async with portal.browser("ann") as ann:
        _, made = await sent(ann, "POST", API, WANTED)
    shown = {"Authorization": f"Bearer {made['whole']}"}
    async with ClientSession(headers=shown) as program:
        async with program.get(portal.base + API) as answer:
            assert [each["id"] for each in (await answer.json())["keys"]] == [made["key"]["id"]]
        for method, path in (("POST", API), ("DELETE", f"{API}/{made['key']['id']}")):
            async with program.request(method, portal.base + path, data=json.dumps(WANTED)) as answer:
                assert answer.status == 403


@pytest.mark.parametrize(("method", "path"), [("GET", API), ("POST", API), ("GET", "/api/v1/search?q=a"), ("GET", "/")])
async def test_a_key_and_a_sessions_cookie_together_are_refused(portal: Portal, method: str, path: str) -> None:
    async with portal.browser("ann") as ann:
        _, made = await sent(ann, "POST", API, WANTED)
        kept = {"Authorization": f"Bearer {made['whole']}", "Accept": "application/json"}
        async with ann._session.request(method, portal.base + path, headers=kept) as answer:
            assert (answer.status, "key and a session" in await answer.text()) == (400, True)
        assert (await ann.get(API)).status == 200


async def test_a_key_needs_a_password_given_a_moment_ago_and_the_sessions_token(portal: Portal, clock: Hands) -> None:
    async with portal.browser("ann") as ann:
        assert (await sent(ann, "POST", API, WANTED, **{"X-CSRF-Token": "x"}))[0] == 403
        clock.move(minutes=20)
        assert (await sent(ann, "POST", API, WANTED))[0] == 401


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"name": " "}, 422, "name: expected 1 to 100 characters"),
        ({"scopes": []}, 422, "scopes: expected one at least"),
        ({"scopes": ["root"]}, 422, "root"),
        ({"days": 366}, 422, "days: expected 1 to 365"),
        ({"speed": 1}, 422, "speed"),
        ({"kind": "project"}, 403, "exchange_admin"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(portal: Portal, body: dict[str, Any], status: int, said: str) -> None:
    async with portal.browser("ann") as ann, portal.browser("eve") as eve:
        found, problem = await sent(ann, "POST", API, WANTED | body)
        assert (found, said in json.dumps(problem)) == (status, True), problem
        assert (await sent(eve, "POST", API, WANTED | {"kind": "project"}))[1]["key"]["points"] == 1_000_000
