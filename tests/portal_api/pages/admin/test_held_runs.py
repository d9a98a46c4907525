"""A held run in the admin area: what it would do is shown, and a person releases or discards it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from federation.pipeline import children
from federation.storage import opened
from federation.storage.accounts import RoleGrant
from tests.federation.pipeline.test_harvest import add_feed, harvest, last_run
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.test_settling import titles, with_changed, with_deleted
from tests.federation.pipeline.test_weighing import catalogue, closed, later
from tests.peers.courteous.repository import Repository, items, serving
from tests.portal_api.auth.people import add_person
from tests.portal_api.staff import Browser, Portal, portal_over

HERE = "/admin/runs/2"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """A feed of 80 records, of which its second run changes 65 and deletes 5."""
    async with portal_over(tmp_path) as portal:
        repository = Repository(items(80, deleted_every=1_000))
        async with serving(repository) as url:
            feed = add_feed(portal.store, url)
            await harvest(portal.store, feed)
            map_all(portal.store, 100)
            repository.records = [*with_changed(repository.records, 65), *with_deleted(repository.records[65:], 5)]
            await harvest(portal.store, feed)
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        add_person(portal.store, "bo", RoleGrant(role="harvest_admin", institution="hill"))
        yield portal
        opened.close_stores()


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser("ada") as browser:
        yield browser


def settled(portal: Portal) -> dict[str, str]:
    while children.settle_once(portal.store.url, 100).behind:
        pass
    map_all(portal.store, 100)
    return titles(portal.store)


async def test_the_run_says_what_it_would_do(browser: Browser) -> None:
    text = (await browser.get(HERE)).text
    assert "held: waits for a person" in text
    assert "More than three in ten of the feed&#39;s records would be changed." in text
    assert "Of 80 live records the run deletes 5 and changes 65." in text
    assert "<code>oai:peer:41</code>" in text
    assert 'href="/admin/feeds/k/records?standing=held"' in text


async def test_the_feed_and_the_overview_point_at_it(browser: Browser) -> None:
    text = (await browser.get("/admin/feeds/k")).text
    assert f'href="{HERE}#held"' in text
    assert "Harvest now" not in text
    assert (await browser.post("/admin/feeds/k/run", page="/admin/feeds/k")).status == 409
    assert f'href="{HERE}"' in (await browser.get("/admin")).text


async def test_json_says_the_same(browser: Browser) -> None:
    found = json.loads((await browser.get("/api/v1/feeds/k/runs/2")).text)
    assert (found["run"]["state"], found["hold"]["causes"], found["hold"]["page"]) == ("held", ["changes"], 3)
    assert found["held"] == {"new": 0, "changed": 25, "deleted": 5}
    assert found["sums"]["held"] == 30
    assert len(found["held_examples"]) == 20 + 5


@pytest.mark.parametrize(
    ("act", "shown", "changed"), [("release", 75, 65), ("release-without-deletions", 80, 65), ("discard", 80, 0)]
)
async def test_a_person_decides(portal: Portal, browser: Browser, act: str, shown: int, changed: int) -> None:
    assert (await browser.post(f"{HERE}/{act}", page=HERE)).leads_to == HERE
    assert "being carried out" in (await browser.get(HERE)).text
    found = settled(portal)
    assert (len(found), sum(title.startswith("Other") for title in found.values())) == (shown, changed)
    assert last_run(portal.store).state == "ended"
    assert (await browser.post(f"{HERE}/{act}", page="/account")).status == 409


async def test_others_see_and_decide_nothing(portal: Portal, browser: Browser) -> None:
    assert (await browser.post(f"{HERE}/eat", page="/account")).status == 409
    async with portal.browser("bo") as other:
        assert (await other.get(HERE)).status == 404
        assert (await other.post(f"{HERE}/release", page="/account")).status == 404
    assert last_run(portal.store).state == "held"


async def test_records_that_their_source_opens_and_descriptions_that_are_lost_are_told(tmp_path: Path) -> None:
    known = catalogue()
    lost = {place: replace(known[place], title="") for place in range(55)}
    async with portal_over(tmp_path) as portal:
        repository = Repository(known)
        async with serving(repository) as url:
            feed = add_feed(portal.store, url)
            await harvest(portal.store, feed)
            map_all(portal.store, 100)
            repository.records = later(known, lost | {60: closed(known[60], 2030)})
            await harvest(portal.store, feed)
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        async with portal.browser("ada") as browser:
            text = (await browser.get(HERE)).text
            told = json.loads((await browser.get("/api/v1/feeds/k/runs/2")).text)
        opened.close_stores()
    assert "The source opens records that were closed; those alone are held." in text
    assert "From page" not in text
    assert "55 of 200 descriptions fewer." in text
    assert "half of what is held" in text
    assert (told["run"]["units_lost"], told["run"]["opened"], told["warnings"]) == (
        55,
        1,
        ["output_falls", "rejects_rise"],
    )
