"""Kept searches: kept from a results page, told once of what comes in, never of what their owner may not see."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from federation.pipeline import publish
from federation.storage import accounts, saved_searches
from federation.storage.accounts import RoleGrant
from federation.storage.saved_searches import saved_search
from mappings.schema.record import CatalogueRecord
from portal_api.auth.requests import HEADER_TOKEN
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import linked
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import catalogue_portal, held_by
from tests.portal_api.staff import Answer, Browser, Portal

SEARCHES = "/account/searches"
API = "/api/v1/saved-searches"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        add_person(portal.store, "ann")
        add_person(portal.store, "bob", RoleGrant(role="cataloguer", institution="b"))
        yield portal


def come(portal: Portal, tmp_path: Path, *records: CatalogueRecord) -> None:
    """Records come in and are published."""
    linked(portal.store, list(records))
    while publish.publish(portal.store, tmp_path / "index").behind:
        pass
    publish.forget()


async def keep(browser: Browser, asked: str, name: str = "Mine") -> str:
    """Keeps a search; its id."""
    answer = await browser.post(f"{SEARCHES}/new", {"asked": asked, "name": name}, page=f"{SEARCHES}/new?{asked}")
    assert (answer.status, answer.leads_to) == (303, SEARCHES), answer.text
    return str(json.loads((await browser.get(API)).text)["searches"][0]["id"])


async def found(browser: Browser, search: str) -> list[str]:
    """Titles that a search found."""
    return [each["title"] for each in json.loads((await browser.get(f"{API}/{search}")).text)["found"]]


async def test_a_new_thing_is_told_once_and_an_old_one_never(portal: Portal, tmp_path: Path) -> None:
    old = held_by(catalogue_record(5, "Weaving in the north", feed="b", year="1851"), "b")
    new = held_by(catalogue_record(21, "Weaving in the south", feed="b"), "b")
    async with portal.browser("ann") as browser:
        search = await keep(browser, "q=weaving")
        come(portal, tmp_path, old, new, held_by(catalogue_record(22, "Spinning", feed="b"), "b"))
        assert await found(browser, search) == ["Weaving in the south"]
        assert "1 new thing<" in (await browser.get(SEARCHES)).text
        page = (await browser.get(f"{SEARCHES}/{search}")).text
        assert "Weaving in the south" in page
        assert (await browser.post(f"{SEARCHES}/{search}/seen", page=f"{SEARCHES}/{search}")).status == 303
        come(portal, tmp_path, held_by(catalogue_record(21, "Weaving in the south, again", feed="b"), "b"))
        assert "0 new things" in (await browser.get(SEARCHES)).text
        assert await found(browser, search) == ["Weaving in the south, again"]


async def test_a_body_over_its_limit_is_refused(portal: Portal) -> None:
    async with portal.browser("ann") as ann:
        headers = {"X-CSRF-Token": await ann.token("/account"), "Origin": ann.base}
        for body in (b" " * 70_000, _piecewise(b" " * 35_000)):
            async with ann._session.post(ann.base + API, data=body, headers=headers) as response:
                assert response.status == 413


async def _piecewise(half: bytes) -> AsyncIterator[bytes]:
    """A body that does not say beforehand how long it is."""
    yield half
    yield half


async def test_hidden_things_are_told_to_their_holder_alone(portal: Portal, tmp_path: Path) -> None:
    hidden = held_by(catalogue_record(23, "Weaving secrets", feed="b", line="hidden"), "b")
    async with portal.browser("ann") as ann, portal.browser("bob") as bob:
        assert (await bob.post("/account/acting-for", {"institution": "b"}, page="/account")).status == 303
        public, inside = await keep(ann, "q=weaving"), await keep(bob, "q=weaving")
        come(portal, tmp_path, hidden)
        assert await found(ann, public) == []
        assert await found(bob, inside) == ["Weaving secrets"]
        (person,) = [each for each in _accounts(portal) if each.sign_in == "bob"]
        with portal.store.transaction() as tx:
            accounts.revoke(tx, person.id, RoleGrant(role="cataloguer", institution="b"))
        come(portal, tmp_path, held_by(catalogue_record(24, "Weaving secrets II", feed="b", line="hidden"), "b"))
        assert await found(bob, inside) == []
        assert _hits(portal) == 1


async def test_what_is_hidden_since_is_not_counted_and_takes_no_place(
    portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_searches, "LISTED", 1)
    async with portal.browser("ann") as browser:
        search = await keep(browser, "q=weaving")
        come(portal, tmp_path, held_by(catalogue_record(31, "Weaving songs", feed="b"), "b"))
        come(portal, tmp_path, held_by(catalogue_record(32, "Weaving secrets", feed="b"), "b"))
        assert await found(browser, search) == ["Weaving secrets"]
        come(portal, tmp_path, held_by(catalogue_record(32, "Weaving secrets", feed="b", line="hidden"), "b"))
        assert await found(browser, search) == ["Weaving songs"]
        assert await counts(browser, search) == (1, 1)
        come(portal, tmp_path, held_by(catalogue_record(31, "Weaving songs", feed="b", line="hidden"), "b"))
        assert await counts(browser, search) == (0, 0)


async def test_things_that_are_joined_are_one_under_its_name_and_no_news(portal: Portal, tmp_path: Path) -> None:
    song = {"authors": ("Winer, Delsa",), "year": "2001"}
    first = held_by(catalogue_record(31, "Songs of weaving: a choice", feed="a", **song), "a")  # type: ignore[arg-type]
    other = held_by(catalogue_record(32, "Weaving patterns", feed="b"), "b")
    same = held_by(catalogue_record(32, "Songs of weaving : a choice", feed="b", **song), "b")  # type: ignore[arg-type]
    async with portal.browser("ann") as browser:
        search = await keep(browser, "q=weaving")
        come(portal, tmp_path, first)
        assert (await seen(browser, search)).status == 204
        come(portal, tmp_path, other)
        assert await counts(browser, search) == (1, 1)
        assert len(await found(browser, search)) == 2
        come(portal, tmp_path, same)
        (thing,) = json.loads((await browser.get(f"{API}/{search}")).text)["found"]
        assert (await browser.get(f"/r/{thing['id']}")).status == 200
        assert await counts(browser, search) == (0, 0)
        hits = _hits(portal)
    assert hits == 2


async def test_a_program_sets_what_is_new_back(portal: Portal, tmp_path: Path) -> None:
    async with portal.browser("ann") as ann, portal.browser("bob") as bob:
        search = await keep(ann, "q=weaving")
        come(portal, tmp_path, held_by(catalogue_record(31, "Weaving songs", feed="b"), "b"))
        assert await counts(ann, search) == (1, 1)
        assert (await seen(bob, search)).status == 404
        assert (await ann.post_as_it_is(f"{API}/{search}/seen")).status == 403
        assert await counts(ann, search) == (1, 1)
        assert (await seen(ann, search)).status == 204
        assert await counts(ann, search) == (0, 0)


async def seen(browser: Browser, search: str) -> Answer:
    """Says as a program does that what a search found was looked at."""
    return await browser.post_as_it_is(f"{API}/{search}/seen", **{HEADER_TOKEN: await browser.token("/account")})


async def counts(browser: Browser, search: str) -> tuple[int, int]:
    """How many things are new, by the list of searches and by what the search shows."""
    (listed,) = [each for each in json.loads((await browser.get(API)).text)["searches"] if each["id"] == search]
    shown = json.loads((await browser.get(f"{API}/{search}")).text)
    assert shown["search"]["new"] == listed["new"]
    return listed["new"], sum(each["new"] for each in shown["found"])


def _accounts(portal: Portal) -> list[accounts.Account]:
    with portal.store.reading() as connection:
        return accounts.everyone(connection)


def _hits(portal: Portal) -> int:
    with portal.store.reading() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM saved_hit")).scalar_one()


async def test_searches_are_their_owners_alone(portal: Portal) -> None:
    async with portal.browser("ann") as ann, portal.browser("bob") as bob, portal.browser() as nobody:
        search = await keep(ann, "q=weaving&level=item")
        assert "/search?q=weaving&amp;level=item" in (await ann.get(f"{SEARCHES}/{search}")).text
        for address in (f"{SEARCHES}/{search}", f"{API}/{search}"):
            assert (await bob.get(address)).status == 404
            assert (await nobody.get(address)).status in (303, 401)
        assert (await bob.post(f"{SEARCHES}/{search}/delete", page="/account")).status == 404
        assert (await ann.post(f"{SEARCHES}/{search}/delete", page=f"{SEARCHES}/{search}")).status == 303
        assert json.loads((await ann.get(API)).text)["searches"] == []


async def test_a_search_that_cannot_be_read_any_more_is_broken_and_says_so(portal: Portal, tmp_path: Path) -> None:
    async with portal.browser("ann") as browser:
        await keep(browser, "q=weaving")
        with portal.store.transaction() as tx:
            tx.connection.execute(saved_search.update().values(query='{"tree":{"node":"nosuch"}}'))
        come(portal, tmp_path, held_by(catalogue_record(25, "Weaving", feed="b"), "b"))
        assert "It can no longer be read" in (await browser.get(SEARCHES)).text


async def test_what_is_no_search_is_refused(portal: Portal) -> None:
    async with portal.browser("ann") as browser:
        for asked in ("nosuch=1", "page=-1"):
            answer = await browser.post(f"{SEARCHES}/new", {"asked": asked}, page=f"{SEARCHES}/new?q=x")
            assert answer.status == 400
        assert (await browser.post(f"{SEARCHES}/none/paint", page="/account")).status == 404


async def test_the_results_page_leads_there_and_to_the_feed(portal: Portal) -> None:
    async with portal.browser() as browser:
        page = (await browser.get("/search?q=weaving&level=item")).text
        assert "/account/searches/new?q=weaving&amp;level=item" in page
        assert "/search.atom?q=weaving&amp;level=item" in page
        asked = await browser.get("/account/searches/new?q=" + quote("weaving"))
        assert asked.status == 303
        assert "sign-in" in asked.leads_to


async def test_what_would_have_to_be_guessed_is_refused_and_offered_as_it_was_read(portal: Portal) -> None:
    async with portal.browser("ann") as ann:
        asked = "q=" + quote('weaving "in the north')
        answer = await ann.post(f"{SEARCHES}/new", {"asked": asked, "name": "x"}, page=f"{SEARCHES}/new?{asked}")
        assert answer.status == 422
        assert "so nothing of it may have to be guessed" in answer.text
        (otherwise,) = re.findall(r'href="(/account/searches/new\?[^"]+)">this search', answer.text)
        read = unescape(otherwise).partition("?")[2]
        assert await keep(ann, read)
        headers = {"X-CSRF-Token": await ann.token("/account"), "Origin": ann.base}
        body = json.dumps({"search": asked})
        async with ann._session.post(ann.base + API, data=body, headers=headers) as refused:
            assert (refused.status, (await refused.json())["type"]) == (400, "/about/problems#query-invalid")
