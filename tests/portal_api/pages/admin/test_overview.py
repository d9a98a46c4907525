"""The landing page of the administration lists what waits for its reader, by their roles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from federation.storage import feeds
from tests.federation.pipeline.versions import drafted, live, rule, state, tried
from tests.portal_api.pages.admin.test_files import bring, file, work
from tests.portal_api.staff import Portal, office_over

PAGE = "/admin"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with office_over(tmp_path, neighbour="institution_admin") as portal:
        yield portal


async def test_a_version_that_waits_is_listed_for_who_may_sign_it_and_for_who_wrote_it(portal: Portal) -> None:
    waits = 'href="/admin/crosswalks/k/3"'
    async with portal.browser("ada") as ada, portal.browser("grace") as grace, portal.browser("eve") as eve:
        assert "Nothing waits for you." in (await grace.get(PAGE)).text
        live(portal.store, rule(3, "access.status", "closed"))
        tried(portal.store, drafted(portal.store, rule(3, "access.status", "open")).number)
        assert state(portal.store, 3) == "awaiting"
        mine = (await grace.get(PAGE)).text
        assert waits in mine
        assert "waits for your signature" in mine
        own = (await ada.get(PAGE)).text
        assert waits in own
        assert "waits for a second person" in own
        assert "waits for your signature" not in own
        assert waits not in (await eve.get(PAGE)).text
        assert "等待您签署" in (await grace.get(PAGE, **{"Accept-Language": "zh-Hans"})).text


async def test_a_feed_that_others_run_is_told_to_who_decides_for_its_institution(portal: Portal) -> None:
    with portal.store.transaction() as tx:
        feeds.add(tx, feeds.StoredFeed(key="late", name="Late letters", institution="peer", base_url="http://x/oai"))
    async with portal.browser("grace") as grace, portal.browser("eve") as eve:
        page = (await grace.get(PAGE)).text
        assert "Late letters" in page
        assert "never harvested" in page
        assert "Nothing waits for you." not in page
        assert "Late letters" not in (await eve.get(PAGE)).text


async def test_a_file_that_was_checked_waits_for_who_runs_its_feed(portal: Portal) -> None:
    with portal.store.transaction() as tx:
        feeds.add(tx, feeds.StoredFeed(key="f", name="Files", institution="peer", source="upload"))
    async with portal.browser("ada") as ada, portal.browser("grace") as grace:
        here = "/admin/feeds/f/files"
        brought = await bring(ada, file("A letter"), page=here, token=await ada.token(here))
        work(portal)
        assert f'href="{brought.leads_to}"' in (await ada.get(PAGE)).text
        assert brought.leads_to not in (await grace.get(PAGE)).text
