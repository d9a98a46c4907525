"""Programs bring files by their key: checked, told as JSON, applied or set aside, and nobody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import ClientSession

from federation.storage import accounts
from federation.storage.api_keys import WantedKey
from tests.portal_api.pages.admin.test_files import file, fixture_portal, held, work  # noqa: F401
from tests.portal_api.staff import Portal

FILES = "/api/v1/feeds/k/uploads"


def key_of(portal: Portal, name: str) -> str:
    with portal.store.reading() as connection:
        person = accounts.find(connection, name)
    assert person is not None
    wanted = WantedKey(name="program", scopes=("feed",))
    return portal.exchange.keys.make(person.id, wanted, actor="self")[1]


async def ask(portal: Portal, method: str, path: str, key: str, body: bytes = b"") -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    async with (
        ClientSession(headers=headers) as session,
        session.request(method, portal.base + path, data=body or None) as answer,
    ):
        return answer.status, json.loads(await answer.text())


async def test_a_file_is_brought_checked_and_applied(portal: Portal) -> None:
    key = key_of(portal, "ada")
    status, told = await ask(portal, "POST", f"{FILES}?mode=replace&name=letters.xml", key, file("Bees", "Bells"))
    assert (status, told["upload"]["state"], told["check"]) == (202, "received", None)
    one = f"/api/v1/uploads/{told['upload']['id']}"
    work(portal)
    status, told = await ask(portal, "GET", one, key)
    assert (told["upload"]["state"], told["upload"]["name"], told["upload"]["mode"]) == (
        "checked", "letters.xml", "replace"
    )  # fmt: skip
    assert (told["check"]["units"], told["check"]["new"], told["brakes"]) == (2, 2, [])
    assert held(portal) == []
    status, told = await ask(portal, "POST", f"{one}/approve", key)
    assert (status, told["upload"]["state"]) == (200, "approved")
    work(portal)
    _, told = await ask(portal, "GET", one, key)
    assert (told["upload"]["state"], held(portal)) == ("applied", ["n0", "n1"])
    _, run = await ask(portal, "GET", f"/api/v1/runs/{told['upload']['run']}", key)
    assert run["run"]["verdict"] == "complete"
    _, listed = await ask(portal, "GET", FILES, key)
    assert [each["id"] for each in listed["uploads"]] == [told["upload"]["id"]]


async def test_the_same_file_again_is_the_same_upload(portal: Portal) -> None:
    key = key_of(portal, "ada")
    first = await ask(portal, "POST", FILES, key, file("Bees"))
    assert await ask(portal, "POST", FILES, key, file("Bees")) == first


async def test_deletions_over_the_brake_are_released_by_name(portal: Portal) -> None:
    key = key_of(portal, "ada")
    for titles, query in ((["x"] * 100, ""), (["x"], "?release=true")):
        _, told = await ask(portal, "POST", f"{FILES}?mode=replace", key, file(*titles))
        work(portal)
        one = f"/api/v1/uploads/{told['upload']['id']}"
        if query:
            _, told = await ask(portal, "GET", one, key)
            assert told["brakes"] == ["deletions"]
            status, problem = await ask(portal, "POST", f"{one}/approve", key)
            assert (status, problem["type"].rpartition("#")[2]) == (409, "request-refused")
        assert (await ask(portal, "POST", f"{one}/approve{query}", key))[0] == 200
        work(portal)
    _, told = await ask(portal, "GET", one, key)
    assert told["upload"]["state"] == "applied"


async def test_a_file_that_cannot_be_read_says_why(portal: Portal) -> None:
    key = key_of(portal, "ada")
    _, told = await ask(portal, "POST", FILES, key, b"<html><body>404</body></html>")
    work(portal)
    _, told = await ask(portal, "GET", f"/api/v1/uploads/{told['upload']['id']}", key)
    assert (told["upload"]["state"], told["upload"]["reason"]) == ("refused", "not_the_format")


@pytest.mark.parametrize("feed", ["k", "asked", "nosuch"])
async def test_nobody_brings_to_anothers_feed_or_to_one_that_takes_none(portal: Portal, feed: str) -> None:
    key = key_of(portal, "bob" if feed == "k" else "ada")
    assert (await ask(portal, "POST", f"/api/v1/feeds/{feed}/uploads", key, file("Bees")))[0] == 404
    assert (await ask(portal, "GET", f"/api/v1/feeds/{feed}/uploads", key))[0] == 404


async def test_an_empty_body_and_an_unknown_word_are_refused(portal: Portal) -> None:
    key = key_of(portal, "ada")
    assert (await ask(portal, "POST", FILES, key))[0] == 409
    assert (await ask(portal, "POST", f"{FILES}?mode=delete", key, file("Bees")))[0] == 400
    _, told = await ask(portal, "POST", FILES, key, file("Bees"))
    work(portal)
    assert (await ask(portal, "POST", f"/api/v1/uploads/{told['upload']['id']}/burn", key))[0] == 409
