"""Doors and keys: a key opens what its scopes say, asks without cookie or form, and is told what it has left."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from federation.storage import accounts
from federation.storage.accounts import RoleGrant
from federation.storage.api_keys import SCOPES, Scope, WantedKey
from portal_api.http.routes import ROUTES
from portal_api.http.staff_routes import STAFF_ROUTES
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import SECRET, catalogue_portal
from tests.portal_api.staff import Answer, Browser, Portal


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        add_person(portal.store, "ann")
        bob = RoleGrant(role="harvest_admin", institution="b")
        add_person(portal.store, "bob", bob, RoleGrant(role="cataloguer", institution="b"))
        yield portal


async def keyed(portal: Portal, path: str, key: str, method: str = "GET", **headers: str) -> Answer:
    """What a program with a key is answered."""
    async with ClientSession() as session:
        browser = Browser(session, portal.base)
        sent = {"Authorization": f"Bearer {key}", **headers}
        if method == "GET":
            return await browser.get(path, **sent)
        return await browser.post_as_it_is(path, method=method, **sent)


def key_of(portal: Portal, name: str, *scopes: Scope, acting_for: str = "") -> str:
    with portal.store.reading() as connection:
        account = accounts.find(connection, name)
    assert account is not None
    wanted = WantedKey(name="program", scopes=scopes, acting_for=acting_for)
    return portal.exchange.keys.make(account.id, wanted, actor="self")[1]


async def test_a_key_is_told_what_it_has_left(portal: Portal) -> None:
    key = key_of(portal, "ann", "read")
    answer = await keyed(portal, "/api/v1/search?q=weaving", key)
    assert (answer.status, json.loads(answer.text)["total"]) == (200, 1)
    assert answer.headers["RateLimit-Policy"] == '"day";q=100000;w=86400'
    assert answer.headers["RateLimit"].startswith('"day";r=99970;t=')
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = await keyed(portal, "/api/v1/institutions", key)
    assert again.headers["RateLimit"].startswith('"day";r=99969;t=')


@pytest.mark.parametrize("path", ["/api/v1/search?q=a", "/search?q=a", "/search.csv?q=a", "/account", "/api/v1/jobs"])
async def test_a_bad_key_is_told_so_even_where_none_is_needed(portal: Portal, path: str) -> None:
    answer = await keyed(portal, path, "axk_0000000000000000_x", Accept="application/json")
    assert answer.status == 401
    assert json.loads(answer.text)["type"] == "/about/problems#key-invalid"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert (await keyed(portal, path, "axk_0_x", Accept="text/html")).status == 401


async def test_a_scope_opens_its_doors_alone(portal: Portal) -> None:
    read, export, feed = (key_of(portal, "bob", scope) for scope in ("read", "export", "feed"))
    paths = {"/api/v1/search?q=a": read, "/search.csv?q=a": export, "/api/v1/feeds": feed}
    for path, own in paths.items():
        for key in (read, export, feed):
            answer = await keyed(portal, path, key, Accept="application/json")
            assert answer.status == (200 if key == own else 403), (path, answer.text)
    message = json.loads((await keyed(portal, "/search.csv?q=a", read, Accept="application/json")).text)["detail"]
    assert message == "a key with the scope export is needed"


async def test_a_scope_gives_no_role(portal: Portal) -> None:
    key = key_of(portal, "ann", *SCOPES)
    assert (await keyed(portal, "/api/v1/feeds", key)).status == 403
    assert (await keyed(portal, "/api/v1/jobs", key)).status == 403
    assert (await keyed(portal, "/api/v1/saved-searches", key)).status == 200


def test_pages_of_accounts_and_of_the_admin_area_open_by_no_key() -> None:
    pages = [door for door in STAFF_ROUTES if not door.path.startswith("/api/") and door.role != "public"]
    forms = [door for door in ROUTES if door.method != "GET" and not door.path.startswith(("/api/", "/sru"))]
    assert all(door.scope is None for door in (*pages, *forms))


async def test_a_key_makes_no_key(portal: Portal) -> None:
    key = key_of(portal, "ann", *SCOPES)
    assert (await keyed(portal, "/account/keys", key, "POST")).status == 403
    assert (await keyed(portal, "/account", key, Accept="application/json")).status == 403


async def test_where_no_key_opens_nobody_is_told_to_make_one(portal: Portal) -> None:
    answer = await keyed(portal, "/account", key_of(portal, "ann", "read"), Accept="text/html")
    assert (answer.status, "No key opens this address" in answer.text) == (403, True)
    assert "Open it in a browser, without a key." in answer.text
    assert "scope" not in answer.text
    answer = await keyed(portal, "/search.csv?q=a", key_of(portal, "ann", "read"), Accept="text/html")
    assert "Make a key with the scope that the message names." in answer.text
    assert "export" in answer.text


async def test_a_key_sees_what_everybody_sees_and_its_institutions_own_where_it_acts_for_it(portal: Portal) -> None:
    plain = key_of(portal, "bob", "read", "export")
    own = key_of(portal, "bob", "read", "export", acting_for="b")
    for path in ("/api/v1/search?q=*&page_size=100", "/search.jsonl?q=*"):
        assert SECRET not in (await keyed(portal, path, plain)).text
        assert f"The {SECRET} ledger" in (await keyed(portal, path, own)).text


async def test_a_key_that_has_spent_its_day_waits_for_the_next(portal: Portal) -> None:
    key = key_of(portal, "ann", "read")
    reader = portal.exchange.keys.reader(key)
    portal.exchange.keys.charge(reader, 100_000)
    answer = await keyed(portal, "/api/v1/institutions", key)
    assert (answer.status, json.loads(answer.text)["type"]) == (429, "/about/problems#slow-down")
    assert 0 < int(answer.headers["Retry-After"]) <= 86_400
