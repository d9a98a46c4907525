"""The page of withheld records: whoever administers the feed withholds and releases; nobody else, nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.pipeline.children import map_once
from federation.storage import catalogue_records, feeds, institutions
from federation.storage.accounts import RoleGrant
from federation.storage.linkage import clusters
from mappings.schema.ids import record_id
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.test_uploads import apply, file, record
from tests.portal_api.auth.people import add_person
from tests.portal_api.staff import Portal, portal_over

FIRST = record_id("k", "n1")
PAGE = "/admin/feeds/k/withheld"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        with portal.store.transaction() as tx:
            for slug in ("peer", "hill"):
                institutions.put(tx, institutions.StoredInstitution(slug=slug, name=slug.title()))
            feeds.add(tx, feeds.StoredFeed(key="k", name="Letters", institution="peer", source="upload"))
            feeds.add(tx, feeds.StoredFeed(key="other", name="Other", institution="peer", source="upload"))
        apply(portal.store, file(record(1), record(2)))
        map_once(portal.store.url)
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        add_person(portal.store, "bob", RoleGrant(role="harvest_admin", institution="hill"))
        yield portal


def is_held(portal: Portal) -> bool:
    """Whether the record lives."""
    with portal.store.reading() as connection:
        found = catalogue_records.get(connection, FIRST)
    return found is not None and found.alive


async def test_a_record_is_withheld_with_its_reason_and_released(portal: Portal) -> None:
    async with portal.browser("ada") as browser:
        wanted = {"record": FIRST, "reason": "A person asked <for> it"}
        assert (await browser.post(f"{PAGE}/withhold", wanted, page=PAGE)).leads_to == PAGE
        assert not is_held(portal)
        shown = (await browser.get(PAGE)).text
        assert "A person asked &lt;for&gt; it" in shown
        assert (await browser.post(f"{PAGE}/release", {"record": FIRST}, page=PAGE)).leads_to == PAGE
    assert is_held(portal)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"record": "m-nothing", "reason": "x"}, "This feed has no such record."),
        ({"record": FIRST, "reason": " "}, "This is needed."),
        ({"record": FIRST, "reason": "x" * 501}, "This is too long."),
    ],
)
async def test_what_cannot_be_withheld_is_said_beside_its_field(
    portal: Portal, typed: dict[str, str], message: str
) -> None:
    async with portal.browser("ada") as browser:
        answer = await browser.post(f"{PAGE}/withhold", typed, page=PAGE)
    assert (answer.status, message in answer.text) == (422, True)
    assert is_held(portal)


async def test_a_thing_is_withheld_by_the_address_of_its_page_and_what_was_done_is_named(portal: Portal) -> None:
    link_all(portal.store)
    thing = clusters.name_of(FIRST)
    async with portal.browser("ada") as browser:
        wanted = {"record": f"{portal.base}/r/{thing}", "reason": "A letter"}
        shown = await browser.post(f"{PAGE}/withhold", wanted, page=PAGE)
        assert (shown.status, f"Withheld: <code>{FIRST}</code>" in shown.text) == (200, True)
        assert not is_held(portal)
        other = "/admin/feeds/other/withheld"
        assert (await browser.post(f"{other}/release", {"record": thing}, page=other)).status == 422
        assert not is_held(portal)
        shown = await browser.post(f"{PAGE}/release", {"record": thing}, page=PAGE)
        assert (shown.status, f"Released: <code>{FIRST}</code>" in shown.text) == (200, True)
    assert is_held(portal)


async def test_nobody_else_and_no_other_feed_withholds_it(portal: Portal) -> None:
    wanted = {"record": FIRST, "reason": "x"}
    async with portal.browser("bob") as browser:
        assert (await browser.get(PAGE)).status == 404
        assert (await browser.post(f"{PAGE}/withhold", wanted, page="/account")).status == 404
    async with portal.browser("ada") as browser:
        other = "/admin/feeds/other/withheld"
        assert (await browser.post(f"{other}/withhold", wanted, page=other)).status == 422
    assert is_held(portal)
