"""Institutions in a browser: listed, added, changed; a short name stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.storage import institutions
from federation.storage.accounts import RoleGrant
from tests.portal_api.auth.people import add_person
from tests.portal_api.staff import Browser, Portal, portal_over

NEW = {"name": "Riverside & Hill Library", "slug": "riverside", "isil": "DE-1", "url": "https://riverside.example/"}


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        add_person(portal.store, "ada", RoleGrant(role="exchange_admin"))
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser("ada") as browser:
        yield browser


def stored(portal: Portal) -> list[institutions.StoredInstitution]:
    with portal.store.reading() as connection:
        return institutions.everyone(connection)


async def test_an_institution_is_added_and_changed(portal: Portal, browser: Browser) -> None:
    assert (await browser.post("/admin/institutions/new", NEW)).leads_to == "/admin/institutions"
    assert "Riverside &amp; Hill Library" in (await browser.get("/admin/institutions")).text
    here = "/admin/institutions/riverside"
    assert 'value="DE-1"' in (await browser.get(here)).text
    assert (await browser.post(here, NEW | {"name": "Riverside", "isil": "", "slug": "other"})).status == 303
    assert stored(portal) == [
        institutions.StoredInstitution(slug="riverside", name="Riverside", url="https://riverside.example/")
    ]


async def test_an_institution_has_other_names(portal: Portal, browser: Browser) -> None:
    await browser.post("/admin/institutions/new", NEW | {"other_names": "The Hill;  Old  Library ;; The Hill"})
    assert stored(portal)[0].other_names == ("The Hill", "Old Library")
    assert 'value="The Hill; Old Library"' in (await browser.get("/admin/institutions/riverside")).text
    await browser.post("/admin/institutions/riverside", NEW | {"other_names": ""})
    assert stored(portal)[0].other_names == ()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": " "}, "This is needed."),
        ({"slug": "River Side"}, "Use a to z, 0 to 9 and inner hyphens only."),
        ({"slug": "new"}, "This short name is one of the exchange"),
        ({"isil": "nothing"}, "An ISIL has letters"),
        ({"url": "javascript:alert(1)"}, "Give a whole http or https address"),
        ({"name": "x" * 2001}, "This is too long."),
    ],
)
async def test_a_faulty_institution_names_the_field(
    portal: Portal, browser: Browser, changed: dict[str, str], message: str
) -> None:
    answer = await browser.post("/admin/institutions/new", NEW | changed)
    assert (answer.status, message in answer.text) == (422, True)
    assert stored(portal) == []


async def test_a_short_name_is_given_once(portal: Portal, browser: Browser) -> None:
    await browser.post("/admin/institutions/new", NEW)
    answer = await browser.post("/admin/institutions/new", NEW | {"name": "Another"})
    assert (answer.status, "Another institution has this short name." in answer.text) == (422, True)
    assert stored(portal)[0].name == NEW["name"]


async def test_an_institution_that_is_not_there_cannot_be_changed(browser: Browser) -> None:
    assert (await browser.get("/admin/institutions/nowhere")).status == 404
