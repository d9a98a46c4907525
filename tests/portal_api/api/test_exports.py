"""Lists written to a file, through their doors: asked for, followed, taken in parts, and nobody else's."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession

from federation.pipeline.children import list_once
from federation.pipeline.list_forms import FORMS
from federation.storage import accounts, list_files
from federation.storage.accounts import RoleGrant
from federation.storage.api_keys import WantedKey
from federation.storage.list_files import MOST_OPEN
from portal_api.http.costs import SEARCH
from portal_api.wiring import LISTS_AN_HOUR
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import SECRET, catalogue_portal
from tests.portal_api.staff import Browser, Portal

API = "/api/v1/exports"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        add_person(portal.store, "ann")
        add_person(portal.store, "bob", RoleGrant(role="cataloguer", institution="b"))
        yield portal


def work(portal: Portal) -> None:
    """Writes whatever is asked for."""
    folder = portal.exchange.list_folder
    while list_once(portal.store.url, str(folder), folder.parent / "index").behind:
        pass


class Program:
    """A program, with a key or without."""

    def __init__(self, portal: Portal, key: str = "") -> None:
        self._base, self._headers = portal.base, {"Authorization": f"Bearer {key}"} if key else {}

    async def ask(
        self, path: str, body: object = None, method: str = "", **headers: str
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Status, body and headers of an answer."""
        sent = json.dumps(body) if body is not None else None
        chosen = method or ("POST" if body is not None else "GET")
        async with (
            ClientSession() as session,
            session.request(chosen, self._base + path, data=sent, headers={**self._headers, **headers}) as answer,
        ):
            return answer.status, await answer.read(), answer.headers

    async def made(self, **body: object) -> dict[str, Any]:
        """A list that is asked for."""
        status, text, headers = await self.ask(API, body)
        assert status == 202, text
        view: dict[str, Any] = json.loads(text)
        assert headers["Location"] == f"{API}/{view['id']}"
        return view

    async def view(self, name: str) -> dict[str, Any]:
        status, text, _ = await self.ask(f"{API}/{name}")
        assert status == 200, text
        found: dict[str, Any] = json.loads(text)
        return found


def keyed(portal: Portal, name: str, acting_for: str = "") -> Program:
    with portal.store.reading() as connection:
        account = accounts.find(connection, name)
    assert account is not None
    wanted = WantedKey(name="program", scopes=("export",), acting_for=acting_for)
    return Program(portal, portal.exchange.keys.make(account.id, wanted, actor="self")[1])


async def test_a_list_is_asked_for_followed_and_taken(portal: Portal) -> None:
    ann = keyed(portal, "ann")
    made = await ann.made(search="q=*", format="jsonl")
    assert (made["state"], made["file"], made["search"]) == ("queued", None, "/search?q=%2A")
    assert (await ann.ask(f"{API}/{made['id']}/file"))[0] == 409
    work(portal)
    ready = await ann.view(made["id"])
    assert (ready["state"], ready["done"], ready["left_out"]) == ("ready", ready["total"], {})
    status, body, headers = await ann.ask(ready["file"])
    assert (status, headers["Content-Type"]) == (200, "application/jsonl")
    assert headers["Content-Disposition"] == f'attachment; filename="{made["id"]}.jsonl"'
    assert hashlib.sha256(body).hexdigest() == ready["sha256"]
    listed = [json.loads(line)["address"] for line in body.splitlines()]
    _, streamed, _ = await ann.ask("/search.jsonl?q=*")
    assert sorted(listed) == sorted(json.loads(line)["address"] for line in streamed.splitlines())
    _, manifest, _ = await ann.ask(ready["manifest"])
    assert json.loads(manifest)["records"] == len(listed)
    assert [each["id"] for each in json.loads((await ann.ask(API))[1])["exports"]] == [made["id"]]


async def test_a_list_is_of_a_query_in_words_or_in_parameters(portal: Portal) -> None:
    ann = keyed(portal, "ann")
    assert (await ann.made(query="weaving"))["search"] == "/search?q=weaving"
    asked = (await ann.made(query={"q": "weaving", "level": ["item"], "not.institution": "a"}))["search"]
    assert asked == "/search?q=weaving&level=item&not.institution=a"
    refused = ({"query": "weaving", "search": "q=weaving"}, {"query": {"nosuch": "a"}}, {"query": {"q": {}}})
    for body in refused:
        assert (await ann.ask(API, body))[0] in (400, 422), body


async def test_a_file_is_given_in_parts(portal: Portal) -> None:
    ann = keyed(portal, "ann")
    made = await ann.made(search="q=*")
    work(portal)
    _, whole, _ = await ann.ask(f"{API}/{made['id']}/file")
    status, part, headers = await ann.ask(f"{API}/{made['id']}/file", Range="bytes=10-19")
    assert (status, part) == (206, whole[10:20])
    assert headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert (await ann.ask(f"{API}/{made['id']}/file", Range=f"bytes={len(whole)}-"))[0] == 416


async def test_nobody_reads_anothers_list(portal: Portal) -> None:
    ann, bob, anybody = keyed(portal, "ann"), keyed(portal, "bob"), Program(portal)
    made = await ann.made(search="q=*")
    work(portal)
    for other in (bob, anybody):
        for path in ("", "/file", "/manifest", "/skipped"):
            assert (await other.ask(f"{API}/{made['id']}{path}"))[0] == 404
        assert (await other.ask(f"{API}/{made['id']}", method="DELETE"))[0] == 404
    assert json.loads((await bob.ask(API))[1])["exports"] == []
    assert (await anybody.ask(API))[0] == 401


async def test_somebody_without_an_account_finds_a_list_by_its_id_alone(portal: Portal) -> None:
    anybody = Program(portal)
    made = await anybody.made(search="q=weaving", format="mods.xml")
    assert len(made["id"]) == 34
    work(portal)
    assert b"Weaving in the north" in (await anybody.ask(f"{API}/{made['id']}/file"))[1]


async def test_what_only_an_institution_may_see_is_read_by_who_acts_for_it(portal: Portal) -> None:
    own, plain = keyed(portal, "bob", "b"), keyed(portal, "bob")
    made = await own.made(search=f"q={SECRET}")
    work(portal)
    assert SECRET.encode() in (await own.ask(f"{API}/{made['id']}/file"))[1]
    # a key that sees what everybody sees reads nothing that another one was given
    assert (await plain.ask(f"{API}/{made['id']}/file"))[0] == 404
    with portal.store.transaction() as tx:
        bob = accounts.find(tx.connection, "bob")
        assert bob is not None
        accounts.revoke(tx, bob.id, RoleGrant(role="cataloguer", institution="b"))
    assert (await own.ask(f"{API}/{made['id']}/file"))[0] == 404


async def test_a_key_that_acts_for_one_institution_reads_nothing_that_was_written_for_another(portal: Portal) -> None:
    with portal.store.transaction() as tx:
        bob = accounts.find(tx.connection, "bob")
        assert bob is not None
        accounts.grant(tx, bob.id, RoleGrant(role="cataloguer", institution="a"), granted_by="x")
    own, other, plain = keyed(portal, "bob", "b"), keyed(portal, "bob", "a"), keyed(portal, "bob")
    made, public = await own.made(search=f"q={SECRET}"), await own.made(search="q=weaving")
    assert public["id"] in (await own.ask(API))[1].decode()
    work(portal)
    for key in (other, plain):
        for path in ("", "/file", "/manifest", "/skipped"):
            assert (await key.ask(f"{API}/{made['id']}{path}"))[0] == 404
        assert (await key.ask(f"{API}/{made['id']}", method="DELETE"))[0] == 404
        assert json.loads((await key.ask(API))[1])["exports"] == []
    assert made["id"] in (await own.ask(API))[1].decode()
    assert (await own.ask(f"{API}/{made['id']}/file"))[0] == 200


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"search": "q=*", "format": "docx"}, 400, "format: expected one of csv, jsonl"),
        ({}, 400, "search: expected a search or ids, and not both"),
        ({"search": "q=*", "ids": ["c-r1"]}, 400, "and not both"),
        ({"search": "nosuch=1"}, 400, "nosuch is not known"),
        ({"search": "q=*&to=soon"}, 400, "to: expected a year"),
        ({"search": "q=*", "of": "pages"}, 422, "of"),
        ({"search": "q=*", "speed": 1}, 422, "speed"),
        ({"ids": ["x" * 201]}, 400, "ids: expected names of at most 200 characters"),
        ({"ids": [f"c-r{number}" for number in range(10_001)]}, 422, "at most 10,000 hits in a list, found 10,001"),
        ([], 422, "object"),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_words(portal: Portal, body: Any, status: int, said: str) -> None:
    found, text, _ = await keyed(portal, "ann").ask(API, body)
    assert (found, said in text.decode()) == (status, True), text


async def test_a_list_that_is_too_long_is_refused_with_both_numbers(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = msgspec.structs.replace(portal.exchange.settings, export_anonymous=2, export_key=3)
    msgspec.structs.force_setattr(portal.exchange, "settings", small)
    status, text, _ = await Program(portal).ask(API, {"search": "q=*"})
    assert (status, json.loads(text)["type"]) == (422, "/about/problems#export-too-large")
    assert "at most 2 hits in a list, found 5" in text.decode()
    assert "at most 3 hits" in (await keyed(portal, "ann").ask(API, {"search": "q=*"}))[1].decode()


async def test_a_person_has_so_many_lists_under_way_and_giving_one_up_makes_room(portal: Portal) -> None:
    ann = keyed(portal, "ann")
    names = [(await ann.made(search="q=*"))["id"] for _ in range(MOST_OPEN)]
    status, text, _ = await ann.ask(API, {"search": "q=*"})
    assert (status, "lists_open" in text.decode()) == (409, True)
    assert (await ann.ask(f"{API}/{names[0]}", method="DELETE"))[0] == 204
    await ann.made(search="q=*")
    work(portal)
    assert (await ann.view(names[0]))["state"] == "cancelled"


async def test_a_network_without_accounts_has_so_many_an_hour(portal: Portal) -> None:
    anybody = Program(portal)
    for _ in range(LISTS_AN_HOUR):
        made = await anybody.made(search="q=weaving")
        await anybody.ask(f"{API}/{made['id']}", method="DELETE")
    assert (await anybody.ask(API, {"search": "q=weaving"}))[0] == 429
    await keyed(portal, "ann").made(search="q=weaving")


async def test_a_list_that_finds_no_place_is_none_of_those_of_the_hour(portal: Portal) -> None:
    anybody, slots = Program(portal), portal.exchange.search_slots
    async with AsyncExitStack() as full:
        for number in range(slots.places):
            await full.enter_async_context(slots.place(f"reader {number}", SEARCH, known=True))
        refused = await asyncio.gather(*(anybody.ask(API, {"search": "q=weaving"}) for _ in range(LISTS_AN_HOUR)))
    assert {status for status, _, _ in refused} <= {429, 503}
    assert (await anybody.made(search="q=weaving"))["state"] == "queued"


async def test_another_sites_page_has_no_list_written(portal: Portal) -> None:
    assert (await Program(portal).ask(API, {"search": "q=*"}, Origin="https://elsewhere.example"))[0] == 403


async def test_a_key_without_the_scope_takes_nothing_away(portal: Portal) -> None:
    with portal.store.reading() as connection:
        account = accounts.find(connection, "ann")
    assert account is not None
    key = portal.exchange.keys.make(account.id, WantedKey(name="r", scopes=("read",)), actor="self")[1]
    assert (await Program(portal, key).ask(API, {"search": "q=*"}))[0] == 403
    assert (await Program(portal, key).ask(API))[0] == 403


async def link(browser: Browser, path: str) -> str:
    answer = await browser.post(path, {"format": "marc.xml", "of": "clusters", "asked": "q=strangers"}, page=path)
    assert answer.status == 303, answer.text
    return answer.leads_to


@pytest.mark.parametrize("name", ["", "ann"])
async def test_a_page_has_a_search_written_and_says_how_far_it_is(portal: Portal, name: str) -> None:
    async with portal.browser(name) as browser:
        assert 'href="/exports/new?q=strangers"' in (await browser.get("/search?q=strangers")).text
        page = await link(browser, "/exports/new?q=strangers")
        waiting = await browser.get(page)
        assert ("waiting for its turn" in waiting.text, waiting.headers["Refresh"]) == (True, "5")
        work(portal)
        ready = await browser.get(page)
        assert "Refresh" not in ready.headers
        assert "Fields that this format cannot say" in ready.text
        assert "/file" in ready.text
        assert "已就绪" in (await browser.get(f"{page}?ui=zh-Hans")).text
        if name:
            assert page in (await browser.get("/account/exports")).text
        assert (await browser.post(f"{page}/remove", page=page)).status == 303
        work(portal)
        assert "given up" in (await browser.get(f"{page}?ui=en")).text


async def test_a_page_says_in_its_own_language_why_no_list_is_written(portal: Portal) -> None:
    form = {"format": "csv", "of": "clusters", "asked": "q=*"}
    async with portal.browser("ann") as ann:
        for _ in range(MOST_OPEN):
            assert (await ann.post("/exports/new", form, page="/exports/new?q=*")).status == 303
        for language, said in (
            ("en", "As many lists as can be are being written"),
            ("zh-Hans", "正在写入的列表已达上限"),
        ):
            refused = await ann.post(f"/exports/new?ui={language}", form, page="/exports/new?q=*")
            assert (refused.status, said in refused.text, "[lists_open]" in refused.text) == (422, True, False)
    small = msgspec.structs.replace(portal.exchange.settings, export_anonymous=2)
    msgspec.structs.force_setattr(portal.exchange, "settings", small)
    async with portal.browser() as anybody:
        refused = await anybody.post("/exports/new?ui=zh-Hans", form, page="/exports/new?q=*")
        assert (refused.status, "找到 5 项；您的列表最多可有 2 项。" in refused.text) == (422, True), refused.text


async def test_every_format_is_offered_on_the_form(portal: Portal) -> None:
    async with portal.browser() as browser:
        page = (await browser.get("/exports/new?q=*")).text
    assert all(f'value="{each.suffix}"' in page for each in FORMS.values())


async def test_what_is_written_is_removed_and_what_is_not_is_given_up(portal: Portal) -> None:
    async with portal.browser() as browser:
        made = await Program(portal).made(search="q=*")
        page = f"/exports/{made['id']}"
        assert "Give it up" in (await browser.get(page)).text
        work(portal)
        assert "Remove it" in (await browser.get(page)).text
        with portal.store.transaction() as tx:
            list_files.withdraw(tx, "a")
        checked = await browser.get(page)
        assert ("being looked through" in checked.text, "Refresh" in checked.headers) == (True, True)
        assert ("Remove it" in checked.text, "Give it up" in checked.text) == (True, False)


async def test_a_list_asked_for_again_with_its_key_is_the_same_list(portal: Portal) -> None:
    program, body = keyed(portal, "ann"), {"query": "SECRET OR letters"}
    sent = {"Idempotency-Key": "6f1c"}
    first = await program.ask(API, body, **sent)
    again = await program.ask(API, body, **sent)
    assert (again[:2], again[2]["Location"]) == (first[:2], first[2]["Location"])
    assert first[0] == 202
    assert (await program.ask(API, {"query": "other"}, **sent))[0] == 422
