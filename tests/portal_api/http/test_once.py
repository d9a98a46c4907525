"""`Idempotency-Key`: one effect, told of again to its sender as things stand now, and to nobody else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from federation.pipeline import base_rise
from federation.pipeline.base_rise import Left
from federation.storage import accounts, list_files, opened, repeated_requests, saved_searches
from federation.storage.accounts import RoleGrant
from federation.storage.repeated_requests import repeated_request
from portal_api.api import crosswalks, exports
from portal_api.errors import OverBudget
from portal_api.http.once import HEADER
from tests.federation.pipeline.versions import filled
from tests.portal_api.api.test_crosswalks import HERE, sent
from tests.portal_api.api.test_exports import API, Program, keyed
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import SECRET, catalogue_portal
from tests.portal_api.staff import Portal, portal_over

SENT = {HEADER: "6f1c"}
BASE, SEARCHES = "/api/v1/bases/oai_dc", "/api/v1/saved-searches"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        add_person(portal.store, "ann")
        cataloguer = [RoleGrant(role="cataloguer", institution=each) for each in ("a", "b")]
        add_person(portal.store, "two", *cataloguer)
        yield portal


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        await filled(portal.store, 2)
        yield portal
        opened.close_stores()


def count(portal: Portal, table: sa.Table) -> int:
    with portal.store.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def breaking(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise OSError("behind the commit")

    monkeypatch.setattr(module, name, broken)


async def numbers(portal: Portal) -> list[int]:
    async with portal.browser("ada") as ada:
        found: list[dict[str, Any]] = json.loads((await ada.get(HERE)).text)["versions"]
    return [each["number"] for each in found]


async def test_an_act_whose_answer_failed_is_told_of_and_not_done_again(
    office: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office.browser("ada") as ada:
        with monkeypatch.context() as failing:
            breaking(failing, crosswalks, "_version")
            assert (await sent(ada, "POST", f"{HERE}/versions", **SENT))[0] == 500
        status, told = await sent(ada, "POST", f"{HERE}/versions", **SENT)
    assert (status, told["number"], await numbers(office)) == (200, 2, [2, 1])


async def test_a_list_whose_answer_failed_is_the_same_list(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = keyed(portal, "ann")
    with monkeypatch.context() as failing:
        breaking(failing, exports, "_told")
        assert (await ann.ask(API, {"query": "letters"}, **SENT))[0] == 500
    status, text, headers = await ann.ask(API, {"query": "letters"}, **SENT)
    assert (status, headers["Location"]) == (202, f"{API}/{json.loads(text)['id']}")
    assert count(portal, list_files.list_file) == 1


async def test_an_act_whose_key_is_its_own_no_longer_is_not_committed(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, add = keyed(portal, "ann"), list_files.add

    def slow(tx: Any, made: Any) -> None:
        tx.connection.execute(repeated_request.delete())
        add(tx, made)

    monkeypatch.setattr(list_files, "add", slow)
    assert (await ann.ask(API, {"query": "letters"}, **SENT))[0] == 409
    assert count(portal, list_files.list_file) == 0


async def test_whoever_may_read_it_no_longer_is_told_nothing_again(office: Portal) -> None:
    async with office.browser("ada") as ada:
        assert (await sent(ada, "POST", f"{HERE}/versions", **SENT))[0] == 200
        with office.store.transaction() as tx:
            tx.connection.execute(accounts.role_grant.update().values(institution="other"))
        status, told = await sent(ada, "POST", f"{HERE}/versions", **SENT)
    assert (status, "samples" in told, "text" in told) == (404, False, False)


async def test_what_was_given_up_meanwhile_is_told_as_it_is_now(portal: Portal) -> None:
    ann = keyed(portal, "ann")
    made = json.loads((await ann.ask(API, {"query": "letters"}, **SENT))[1])
    await ann.ask(f"{API}/{made['id']}", method="DELETE")
    told = json.loads((await ann.ask(API, {"query": "letters"}, **SENT))[1])
    assert (told["id"], made["state"], told["state"]) == (made["id"], "queued", "cancelled")


async def test_a_search_kept_again_is_the_same_and_one_that_was_removed_is_told_as_gone(portal: Portal) -> None:
    body = json.dumps({"search": "q=letters", "name": "Letters"}).encode()
    async with portal.browser("ann") as ann:
        first = await sent(ann, "POST", SEARCHES, body, **SENT)
        assert (first[0], await sent(ann, "POST", SEARCHES, body, **SENT)) == (201, first)
        with portal.store.transaction() as tx:
            saved_searches.remove(tx, first[1]["id"])
        assert (await sent(ann, "POST", SEARCHES, body, **SENT))[0] == 404
        assert json.loads((await ann.get(SEARCHES)).text)["searches"] == []


async def test_what_an_act_on_a_base_left_is_told_again_to_whoever_sees_the_feeds(
    office: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    left = (Left(feed="k", reason="no_rule", detail="why"), Left(feed="gone", reason="no_rule", detail="why"))
    monkeypatch.setattr(base_rise, "try_all", lambda *_: done.append("once") or left)
    async with office.browser("ada") as ada:
        answers = [await sent(ada, "POST", f"{BASE}/dry-run", **SENT) for _ in range(2)]
        assert ([status for status, _ in answers], done) == ([200, 200], ["once"])
        assert [[each["feed"] for each in told["left"]] for _, told in answers] == [["k"], ["k"]]
        with office.store.transaction() as tx:
            tx.connection.execute(accounts.role_grant.update().values(institution="other"))
        assert (await sent(ada, "POST", f"{BASE}/dry-run", **SENT))[0] == 403


async def test_two_keys_of_one_account_are_two_senders(portal: Portal) -> None:
    body = {"query": f"{SECRET} OR letters"}
    programs = [keyed(portal, "two", "a"), keyed(portal, "two", "b"), keyed(portal, "two", "b")]
    made = [json.loads((await each.ask(API, body, **SENT))[1])["id"] for each in programs]
    assert len(set(made)) == 3
    assert json.loads((await programs[1].ask(API, body, **SENT))[1])["id"] == made[1]


async def test_two_sessions_of_one_account_are_two_senders(office: Portal) -> None:
    async with office.browser("ada") as first, office.browser("ada") as other:
        assert (await sent(first, "POST", f"{HERE}/versions", **SENT))[1]["number"] == 2
        assert (await sent(other, "POST", f"{HERE}/versions", **SENT))[1]["number"] == 3


async def test_without_an_account_the_header_says_nothing(portal: Portal) -> None:
    anybody = Program(portal)
    made = [json.loads((await anybody.ask(API, {"query": "letters"}, **SENT))[1])["id"] for _ in range(2)]
    assert (len(set(made)), count(portal, repeated_request)) == (2, 0)


@pytest.mark.parametrize("name", ["", "ann"])
async def test_a_body_that_cannot_be_read_writes_nothing(portal: Portal, name: str) -> None:
    program = keyed(portal, name) if name else Program(portal)
    commits: list[float] = []
    portal.store.on_commit = commits.append
    for number in range(3):
        status, _, _ = await program.ask(API, {"nonsense": number}, **{HEADER: f"k{number}"})
        assert status == 422
    assert (len(commits), count(portal, repeated_request)) == (0, 0)


@asynccontextmanager
async def no_place(*_: object) -> AsyncIterator[None]:
    raise OverBudget(5)
    yield


async def test_whoever_asks_for_too_much_takes_no_key(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[object] = []
    monkeypatch.setattr(repeated_requests, "take", lambda _store, asked: taken.append(asked))
    monkeypatch.setattr(exports, "search_place", no_place)
    status, _, _ = await keyed(portal, "ann").ask(API, {"query": "letters"}, **SENT)
    assert (status, taken) == (429, [])
