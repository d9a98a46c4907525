"""Programs bring files by their key: checked, told as JSON, applied or set aside, and nobody else's."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientSession

from federation.storage import accounts, uploads
from federation.storage.accounts import RoleGrant
from federation.storage.api_keys import WantedKey
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.admin.test_files import file, fixture_portal, held, work  # noqa: F401
from tests.portal_api.staff import Portal

FILES = "/api/v1/feeds/k/uploads"


def key_of(portal: Portal, name: str) -> str:
    with portal.store.reading() as connection:
        person = accounts.find(connection, name)
    assert person is not None
    wanted = WantedKey(name="program", scopes=("feed",))
    return portal.exchange.keys.make(person.id, wanted, actor="self")[1]


async def ask(
    portal: Portal, method: str, path: str, key: str, body: bytes = b"", *, again: str = ""
) -> tuple[int, Any]:
    """`again`: an `Idempotency-Key`."""
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    headers |= {"Idempotency-Key": again} if again else {}
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


@pytest.mark.parametrize("feed", ["k", "nosuch"])
async def test_nobody_brings_to_anothers_feed_or_to_one_that_is_not_there(portal: Portal, feed: str) -> None:
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


async def test_a_request_sent_again_with_its_key_is_told_as_it_stands_now_and_has_one_effect(portal: Portal) -> None:
    key = key_of(portal, "ada")
    first = await ask(portal, "POST", FILES, key, file("Bees"), again="one")
    one = f"/api/v1/uploads/{first[1]['upload']['id']}"
    work(portal)
    approved = await ask(portal, "POST", f"{one}/approve", key, again='"two"')
    work(portal)
    status, told = await ask(portal, "POST", FILES, key, file("Bees"), again="one")
    assert (status, told["upload"]["id"], told["upload"]["state"]) == (202, first[1]["upload"]["id"], "applied")
    assert (approved[0], approved[1]["upload"]["state"]) == (200, "approved")
    assert await ask(portal, "POST", f"{one}/approve", key, again="two") == (200, told)
    assert len((await ask(portal, "GET", FILES, key))[1]["uploads"]) == 1


async def test_the_same_key_with_another_request_is_refused_and_does_nothing(portal: Portal) -> None:
    key = key_of(portal, "ada")
    await ask(portal, "POST", FILES, key, file("Bees"), again="one")
    for path, body in ((FILES, file("Bells")), (f"{FILES}?mode=replace", file("Bees"))):
        status, problem = await ask(portal, "POST", path, key, body, again="one")
        assert (status, problem["type"]) == (422, "/about/problems#body-differs")
        assert "found another address, other parameters or another body" in problem["detail"]
    assert len((await ask(portal, "GET", FILES, key))[1]["uploads"]) == 1


async def test_keys_are_of_whoever_sends_them(portal: Portal) -> None:
    add_person(portal.store, "eve", RoleGrant(role="harvest_admin", institution="peer"))
    mine, hers = key_of(portal, "ada"), key_of(portal, "eve")
    first = await ask(portal, "POST", FILES, mine, file("Bees"), again="one")
    other = await ask(portal, "POST", FILES, hers, file("Bells"), again="one")
    assert (other[0], other[1]["upload"]["id"] != first[1]["upload"]["id"]) == (202, True)


async def test_of_many_at_once_with_one_key_one_acts(portal: Portal) -> None:
    key = key_of(portal, "ada")
    asked = [ask(portal, "POST", FILES, key, file("Bees"), again="one") for _ in range(50)]
    told = await asyncio.gather(*asked)
    assert {status for status, _ in told} <= {202, 409, 429}
    assert {problem["type"] for status, problem in told if status == 409} <= {"/about/problems#already-running"}
    assert len({answer["upload"]["id"] for status, answer in told if status == 202}) == 1
    with portal.store.reading() as connection:
        assert len(uploads.of_feed(connection, "k")) == 1


async def test_what_was_refused_may_be_sent_again_with_its_key(portal: Portal) -> None:
    key = key_of(portal, "ada")
    _, told = await ask(portal, "POST", FILES, key, file("Bees"))
    one = f"/api/v1/uploads/{told['upload']['id']}"
    assert (await ask(portal, "POST", f"{one}/approve", key, again="one"))[0] == 409
    work(portal)
    assert (await ask(portal, "POST", f"{one}/approve", key, again="one"))[0] == 200


async def test_a_key_that_is_none_is_refused(portal: Portal) -> None:
    key = key_of(portal, "ada")
    status, problem = await ask(portal, "POST", FILES, key, file("Bees"), again="x" * 256)
    assert (status, problem["errors"][0]["parameter"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    ("act", "states"), [("approve", ("received", "approved", "applied")), ("set-aside", ("approved", "applied"))]
)
async def test_a_decision_that_comes_too_late_or_too_early_says_where_the_file_stands(
    portal: Portal, act: str, states: tuple[str, ...]
) -> None:
    key = key_of(portal, "ada")
    _, told = await ask(portal, "POST", FILES, key, file("Bees"))
    one = f"/api/v1/uploads/{told['upload']['id']}"
    for state in ("received", "checked", "approved", "applied"):
        if state in states:
            status, problem = await ask(portal, "POST", f"{one}/{act}", key)
            assert (status, problem["type"]) == (409, "/about/problems#state-passed")
            assert f"found {state}. " in problem["detail"]
            assert "expects the state" in problem["detail"]
        if state == "checked":
            await ask(portal, "POST", f"{one}/approve", key)
        else:
            work(portal)


async def test_a_feed_that_takes_no_files_says_so_to_its_administrators(portal: Portal) -> None:
    key = key_of(portal, "ada")
    status, problem = await ask(portal, "POST", "/api/v1/feeds/asked/uploads", key, file("Bees"))
    assert status == 409
    assert "found one that is harvested by OAI-PMH; bring the file to a feed of files" in problem["detail"]
    status, listed = await ask(portal, "GET", "/api/v1/feeds/asked/uploads", key)
    assert (status, listed["uploads"]) == (200, [])
